//! Everything that is selected explains itself.

use super::checks::Checks;
use super::doings::{Doings, HeldBack};
use super::facts::FactsOf;
use super::fixes::Fixes;
use super::place::places;
use super::story::Story;
use crate::app::screen::{Selection, heed, use_screen};
use crate::app::session::use_dispatch;
use crate::app::ui::beat;
use crate::app::words::{t, tell};
use crate::view::{PodToken, SetRow, Slot};
use leptos::prelude::*;

/// The pane of reasons.
#[component]
pub fn Pane() -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    // The slot in question; it changes only when the node's card does.
    let slot = Memo::new(move |_| {
        let (node, front) = (screen.selection.with(|s| s.node.clone()), screen.set.get());
        screen.names.track();
        let find = |slots: &[Slot]| slots.iter().find(|slot| slot.set_uid == front).cloned();
        screen
            .card(&node)
            .and_then(|card| card.with(|card| find(&card.slots)))
    });
    let card = Memo::new(move |_| {
        let node = screen.selection.with(|s| s.node.clone());
        screen.names.track();
        screen
            .card(&node)
            .map(|card| card.with(|c| (c.taints.clone(), c.labels.clone(), c.cordoned)))
    });
    let pod = Memo::new(move |_| {
        let wanted = screen.selection.with(|s| s.pod.clone());
        let pick = |slot: Slot| {
            let mut pods: Vec<PodToken> = slot.pods;
            let at = pods
                .iter()
                .position(|pod| Some(&pod.uid) == wanted.as_ref())
                .unwrap_or(0);
            (at < pods.len()).then(|| pods.swap_remove(at))
        };
        slot.get().and_then(pick)
    });
    let revisions = revisions();
    let verdict = Memo::new(move |_| {
        heed(card);
        heed(revisions);
        let empty = slot.with(|slot| slot.as_ref().map(|slot| slot.pods.is_empty()));
        let node = screen.selection.get().node;
        empty.and_then(|_| dispatch.verdict(&screen.set.get(), &node))
    });
    let name = move || screen.selection.with(|s| s.node.to_string());
    let beat = beat();
    let places = places(verdict);
    let node = Memo::new(move |_| Selection {
        node: screen.selection.with(|s| s.node.clone()),
        pod: None,
    });
    let uid = Memo::new(move |_| pod.with(|pod| pod.as_ref().map(|pod| pod.uid.clone())));
    let own = Memo::new(move |_| Selection {
        node: node.get().node,
        pod: uid.get(),
    });
    let title = move || verdict.with(|v| v.as_ref().map(|v| tell(&v.title)));
    view! {
        <aside class="why" tabindex="-1" aria-label=t("Why")>
            <h2>{name}</h2>
            <p class="lead" data-testid="why-title">{title}</p>
            <Checks verdict places />
            <Fixes verdict />
            <Story pod beat />
            <Show when=move || uid.with(Option::is_some)>
                <FactsOf what=own beat />
            </Show>
            <HeldBack beat />
            <Doings />
            <h3>{t("The node")}</h3>
            <FactsOf what=node beat node=true />
        </aside>
    }
}

/// How many revisions there are of all DaemonSets: a new one is another template.
fn revisions() -> Memo<usize> {
    let screen = use_screen();
    Memo::new(move |_| {
        let count = |set: &SetRow| set.revisions.len();
        screen.sets.with(|sets| sets.iter().map(count).sum())
    })
}
