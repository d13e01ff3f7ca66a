//! A pod's story: why it is here, what keeps it waiting, and what can be done with it.

use crate::app::bottom::use_bottom;
use crate::app::session::use_dispatch;
use crate::app::words::{t, tell};
use crate::say;
use crate::view::pending::Pending;
use crate::view::{PodToken, facts};
use leptos::prelude::*;

type Beat = RwSignal<(u64, u64, usize)>;

/// The pod in the slot in question.
#[component]
pub fn Story(pod: Memo<Option<PodToken>>, beat: Beat) -> impl IntoView {
    let (dispatch, bottom) = (use_dispatch(), use_bottom());
    let there = Memo::new(move |_| pod.with(Option::is_some));
    let uid = Memo::new(move |_| pod.with(|p| p.as_ref().map(|p| p.uid.clone())));
    let story = Memo::new(move |_| {
        beat.track();
        let uid = uid.get()?;
        dispatch.cluster(|cluster| facts::story(cluster, &uid))
    });
    let name = move || pod.with(|p| p.as_ref().map(|p| p.name.to_string()));
    let state = move || pod.with(|p| p.as_ref().map(|p| p.text.clone()));
    let lines = move || {
        let lines = story.get().map(|(lines, _)| lines).unwrap_or_default();
        let line = |say| view! { <li>{tell(&say)}</li> };
        lines.into_iter().map(line).collect_view()
    };
    let pending = move || story.get().and_then(|(_, pending)| pending).map(waits);
    let line = move |verb: &'static str, tail: &'static str| {
        move |_| {
            if let Some(pod) = pod.get_untracked() {
                let (name, namespace) = (&pod.name, &pod.namespace);
                let line = format!("kubectl {verb} {name} -n {namespace}{tail}");
                if verb == "delete pod" {
                    dispatch.line(&line);
                } else {
                    dispatch.ask(bottom, &line);
                }
            }
        }
    };
    view! {
        <Show when=move || there.get()>
            <h3 class="mono">{name}</h3>
            <p class="dim" data-testid="why-state">{state}</p>
            {pending}
            <ol class="story" data-testid="why-story">{lines}</ol>
            <div class="row wrap deeds">
                <button on:click=line("describe pod", "")>{t("Describe")}</button>
                <button on:click=line("logs", " --tail=20")>{t("Logs")}</button>
                <button class="danger" data-testid="pod-delete" on:click=line("delete pod", " --wait=false")>
                    {t("Delete pod")}
                </button>
            </div>
        </Show>
    }
}

/// The scheduler's sentence, taken apart.
fn waits(pending: Pending) -> impl IntoView {
    let rows = |list: Vec<(u64, String)>| {
        let row = |(count, reason): (u64, String)| {
            view! { <li data-testid="why-pending-reason"><b>{count}</b>" "{reason}</li> }
        };
        view! { <ul class="reasons">{list.into_iter().map(row).collect_view()}</ul> }
    };
    let pinned = (!pending.pinned.is_empty()).then(|| {
        let only = say!(
            "Only {} counts: the controller pinned the pod to it, so every other node says no.",
            &pending.pinned
        );
        view! { <p>{tell(&only)}</p> }
    });
    let preemption = (!pending.preemption.is_empty()).then(|| {
        view! {
            <p>{t("Could it push other pods out?")}</p>
            {rows(pending.preemption)}
        }
    });
    view! {
        <div class="waits" data-testid="why-pending">
            <b>{t("The scheduler cannot bind it")}": "{pending.reason.to_string()}</b>
            <p>{pending.head}</p>
            {rows(pending.reasons)}
            {pinned}
            {preemption}
        </div>
    }
}
