//! One node.

use super::chips::{Chips, Editing};
use super::head::Head;
use super::room::{Gauges, Others};
use super::slot::SlotView;
use crate::app::screen::use_screen;
use crate::k8s::Str;
use crate::view::NodeCard;
use leptos::prelude::*;

/// The card of a node.
#[component]
pub fn Card(name: Str, card: ArcRwSignal<NodeCard>) -> impl IntoView {
    let screen = use_screen();
    let card = RwSignal::from(card);
    let editing = RwSignal::new(Editing::Nothing);
    // Only who joins while one looks on slides in.
    let fresh = screen.grid.moving.get_value();
    let (mine, node) = (name.clone(), name.clone());
    let selected = Memo::new(move |_| screen.selection.with(|s| s.node == mine));
    let lit = Memo::new(move |_| {
        screen.lit.get().is_none_or(|counter| {
            let front = screen.set.get();
            card.with(|card| {
                card.slots
                    .iter()
                    .any(|s| s.set_uid == front && s.counted.has(counter))
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
    view! {
        <article
            class="node"
            role="listitem"
            data-testid="node"
            data-name=name.to_string()
            data-ready=move || card.with(|card| card.ready.to_string())
            data-cordoned=move || card.with(|card| card.cordoned.to_string())
            data-selected=move || selected.get().to_string()
            data-fresh=fresh.to_string()
            data-lit=move || lit.get().to_string()
        >
            <Head name=name.clone() card editing />
            <Chips name=name.clone() card editing />
            <For
                each=move || sets.get()
                key=Clone::clone
                children=move |set| view! { <SlotView node=node.clone() set card /> }
            />
            <Others card />
            <Gauges card />
        </article>
    }
}
