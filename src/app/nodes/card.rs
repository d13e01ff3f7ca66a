//! One node.

use super::head::Head;
use super::slot::SlotView;
use super::taints::Chips;
use crate::app::screen::use_screen;
use crate::k8s::Str;
use crate::view::{NodeCard, PodState, Slot};
use leptos::prelude::*;

/// The card of a node.
#[component]
pub fn Card(name: Str, card: ArcRwSignal<NodeCard>) -> impl IntoView {
    let screen = use_screen();
    let card = RwSignal::from(card);
    let (mine, node) = (name.clone(), name.clone());
    let selected = Memo::new(move |_| screen.selection.with(|s| s.node == mine));
    let lit = Memo::new(move |_| {
        screen.lit.get().is_none_or(|counter| {
            let front = screen.set.get();
            card.with(|card| {
                card.slots
                    .iter()
                    .any(|s| s.set_uid == front && counts(counter, s))
            })
        })
    });
    let sets = Memo::new(move |_| {
        card.with(|card| {
            card.slots
                .iter()
                .map(|slot| slot.set_uid.clone())
                .collect::<Vec<_>>()
        })
    });
    let others = Memo::new(move |_| card.with(|card| card.others));
    view! {
        <article
            class="node"
            role="listitem"
            data-testid="node"
            data-name=name.to_string()
            data-ready=move || card.with(|card| card.ready.to_string())
            data-cordoned=move || card.with(|card| card.cordoned.to_string())
            data-selected=move || selected.get().to_string()
            data-lit=move || lit.get().to_string()
        >
            <Head name=name.clone() card />
            <Chips name=name.clone() card />
            <For
                each=move || sets.get()
                key=Clone::clone
                children=move |set| view! { <SlotView node=node.clone() set card /> }
            />
            <Show when=move || { others.get() > 0 }>
                <span class="others">{move || format!("+ {} other pods", others.get())}</span>
            </Show>
        </article>
    }
}

/// A counter of the DaemonSet counts what is in this slot.
fn counts(counter: &str, slot: &Slot) -> bool {
    let live = slot
        .pods
        .iter()
        .filter(|pod| pod.state != PodState::Terminating);
    let ready = |state| matches!(state, PodState::Ready | PodState::Available);
    let newest = slot.pods.iter().map(|pod| pod.revision).max();
    match counter {
        "Ready" => live.map(|pod| pod.state).any(ready),
        "Available" => live.map(|pod| pod.state).any(|s| s == PodState::Available),
        "Up-to-date" => live.map(|pod| Some(pod.revision)).any(|r| r == newest),
        _ => !slot.pods.is_empty(),
    }
}
