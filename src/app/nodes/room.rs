//! How full a node is, and what else runs on it.

use crate::app::words::{t, tell};
use crate::say;
use crate::view::NodeCard;
use leptos::prelude::*;

/// Bars of cpu and memory: requested against allocatable.
#[component]
pub fn Gauges(card: RwSignal<NodeCard>) -> impl IntoView {
    let gauges = Memo::new(move |_| card.with(|card| card.gauges.clone()));
    let bar = |gauge: crate::view::Gauge| {
        let words = tell(&say!(
            "{}: {} of {} requested",
            gauge.resource,
            &gauge.used,
            &gauge.room
        ));
        let part = format!("{}%", gauge.percent);
        view! {
            <span class="gauge" role="img" data-over=gauge.over.to_string() aria-label=words.clone() title=words>
                <small>{gauge.resource}</small>
                <span class="bar"><i style:--part=part></i></span>
            </span>
        }
    };
    let bars = move || {
        let shown = gauges
            .get()
            .into_iter()
            .filter(|gauge| gauge.resource != "pods");
        shown.map(bar).collect_view()
    };
    view! { <div class="gauges">{bars}</div> }
}

/// Pods of no DaemonSet, folded.
#[component]
pub fn Others(card: RwSignal<NodeCard>) -> impl IntoView {
    let others = Memo::new(move |_| card.with(|card| card.others.clone()));
    let list = move || {
        let pod = |pod: crate::view::OtherPod| {
            view! { <li>{format!("{}/{} · {}", pod.namespace, pod.name, pod.phase)}</li> }
        };
        others.get().into_iter().map(pod).collect_view()
    };
    view! {
        <Show when=move || others.with(|others| !others.is_empty())>
            <details class="others" data-testid="others">
                <summary>{move || match others.with(Vec::len) {
                    1 => tell(&say!("1 other pod")),
                    many => tell(&say!("{} other pods", &many)),
                }}</summary>
                <ul aria-label=t("Other pods")>{list}</ul>
            </details>
        </Show>
    }
}
