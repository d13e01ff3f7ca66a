//! An object's facts in sections: conditions, events, owners, origins, YAML.

use super::tables::{conditions, holds};
use crate::app::screen::Selection;
use crate::app::session::use_dispatch;
use crate::app::ui::Fold;
use crate::app::words::{t, tell, w};
use crate::view::events::EventRow;
use crate::view::facts::{Facts, facts, subject, yaml};
use crate::view::life::Owner;
use crate::view::{Say, age};
use leptos::prelude::*;

/// The sections of a pod, or of a node.
#[component]
pub fn FactsOf(
    what: Memo<Selection>,
    beat: RwSignal<(u64, u64, usize)>,
    #[prop(optional)] node: bool,
) -> impl IntoView {
    let dispatch = use_dispatch();
    // Memos are lazy: what no open section reads is not computed.
    let facts = Memo::new(move |_| {
        beat.track();
        let what = what.get();
        dispatch.cluster(|cluster| {
            let object = subject(cluster, &what.node, what.pod.as_deref());
            object.map(|o| facts(cluster, o)).unwrap_or_default()
        })
    });
    let text = Memo::new(move |_| {
        beat.track();
        let what = what.get();
        dispatch
            .cluster(|cluster| subject(cluster, &what.node, what.pod.as_deref()).map(|o| yaml(o)))
    });
    let origins = if node {
        w("What put its taints there")
    } else {
        w("Where its tolerations come from")
    };
    let (conditions, events) = (move || conditions(facts), move || events(facts));
    let (first, second) = (move || owners(facts, node), move || origin_rows(facts));
    let holds = move || holds(facts);
    view! {
        <Fold title=w("Conditions") testid="why-conditions">{conditions}</Fold>
        <Fold title=origins testid="why-origins">{second}</Fold>
        {if node {
            view! { <Fold title=w("Capacity and pods") testid="why-holds">{holds}</Fold> }.into_any()
        } else {
            view! { <Fold title=w("Owners") testid="why-owners">{first}</Fold> }.into_any()
        }}
        <Fold title=w("Events") testid="why-events">{events}</Fold>
        <Fold title=w("YAML") testid="why-yaml">
            <pre class="yaml" tabindex="0">{move || text.get()}</pre>
        </Fold>
    }
}

fn origin_rows(facts: Memo<Facts>) -> impl IntoView {
    let row = |(what, from): (String, Say)| {
        view! { <dt>{what}</dt><dd>{tell(&from)}</dd> }
    };
    let list = move || facts.get().origins.into_iter().map(row).collect_view();
    let none = move || facts.with(|f| f.origins.is_empty()).then(|| t("none"));
    view! {
        <dl class="origins">{list}</dl>
        <p class="dim">{none}</p>
    }
}

fn owners(facts: Memo<Facts>, node: bool) -> impl IntoView {
    let row = |owner: Owner| {
        let note = owner.note.map(|say| format!(" ({})", tell(&say)));
        view! { <li>{owner.kind}" "<code>{owner.name}</code>{note}</li> }
    };
    let list = move || facts.get().owners.into_iter().map(row).collect_view();
    (!node).then(|| view! { <ol class="owners">{list}</ol> })
}

fn events(facts: Memo<Facts>) -> impl IntoView {
    let dispatch = use_dispatch();
    let row = move |event: EventRow| {
        let at = event.elapsed;
        view! {
            <li data-kind=event.kind.to_string()>
                <button class="line-link" on:click=move |_| dispatch.seek(at)>{age::clock(at)}</button>
                " "
                <b>{event.reason.to_string()}</b>
                " "
                {event.message}
            </li>
        }
    };
    let none = move || facts.with(|f| f.events.is_empty()).then(|| t("none"));
    view! {
        <ul class="events-of">{move || facts.get().events.into_iter().map(row).collect_view()}</ul>
        <p class="dim">{none}</p>
    }
}
