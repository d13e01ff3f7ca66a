//! A pod's facts and what can be done with it.

use crate::app::screen::use_screen;
use crate::app::session::use_dispatch;
use crate::view::PodToken;
use leptos::prelude::*;

/// The pod in the slot in question.
#[component]
pub fn PodFacts(pod: Memo<Option<PodToken>>) -> impl IntoView {
    let dispatch = use_dispatch();
    let there = Memo::new(move |_| pod.with(Option::is_some));
    let read = move |read: fn(&PodToken) -> String| move || pod.with(|p| p.as_ref().map(read));
    let line = move |verb: &'static str, tail: &'static str| {
        move |_| {
            if let Some(pod) = pod.get_untracked() {
                dispatch.line(&format!(
                    "kubectl {verb} {} -n {}{tail}",
                    pod.name, pod.namespace
                ));
            }
        }
    };
    view! {
        <Show when=move || there.get()>
            <h3>"The pod"</h3>
            <dl class="facts">
                <dt>"name"</dt>
                <dd>{read(|pod| pod.name.to_string())}</dd>
                <dt>"namespace"</dt>
                <dd>{read(|pod| pod.namespace.to_string())}</dd>
                <dt>"state"</dt>
                <dd>{read(|pod| pod.text.clone())}</dd>
                <dt>"revision"</dt>
                <dd>{read(|pod| pod.revision.to_string())}</dd>
            </dl>
            <div class="row wrap deeds">
                <button on:click=line("describe pod", "")>"Describe"</button>
                <button class="danger" data-testid="pod-delete" on:click=line("delete pod", " --wait=false")>
                    "Delete pod"
                </button>
            </div>
        </Show>
    }
}

/// What the controller did last about the DaemonSet in front.
#[component]
pub fn Doings() -> impl IntoView {
    let screen = use_screen();
    let lines = Memo::new(move |_| screen.front().map(|row| row.doings).unwrap_or_default());
    let list = move || {
        lines
            .get()
            .into_iter()
            .map(|line| view! { <li>{line}</li> })
            .collect_view()
    };
    view! {
        <Show when=move || lines.with(|lines| !lines.is_empty())>
            <h3>"Last decisions"</h3>
            <ul class="doings" data-testid="doings">{list}</ul>
        </Show>
    }
}
