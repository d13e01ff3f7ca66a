//! One chip: a taint, a label, a condition.

use super::chips::Editing;
use crate::app::session::use_dispatch;
use crate::app::words::tell;
use crate::cluster::Command;
use crate::k8s::Str;
use crate::say;
use crate::view::{LabelChip, TaintChip};
use leptos::prelude::*;

/// A text that gives way at its beginning, so many letters before the end of the chip.
fn ending(text: String, rest: usize) -> impl IntoView {
    view! { <span class="key" style:--rest=rest.to_string()><bdi>{text}</bdi></span> }
}

/// One taint.
#[component]
pub fn Taint(node: Str, taint: TaintChip, editing: RwSignal<Editing>) -> impl IntoView {
    let dispatch = use_dispatch();
    let text = taint.text();
    let remove = format!("kubectl taint nodes {node} {text}-");
    let edit = taint.clone();
    let effect = format!(":{}", taint.effect);
    let own = text[..text.len() - effect.len()].to_owned();
    view! {
        <span class="chip" data-effect=taint.effect.to_string()>
            <button
                class="words"
                data-testid="taint"
                data-node=node.to_string()
                title=tell(&say!("{} · edit", &text))
                on:click=move |_| editing.set(Editing::Taint(edit.clone()))
            >
                {ending(own, effect.len())}
                {effect.clone()}
            </button>
            <Remove
                testid="remove-taint"
                label=tell(&say!("Remove the taint {}", &text))
                remove=move || {
                    dispatch.line(&remove);
                }
            />
        </span>
    }
}

/// One label.
#[component]
pub fn Label(node: Str, label: LabelChip, editing: RwSignal<Editing>) -> impl IntoView {
    let dispatch = use_dispatch();
    let text = label.text();
    let remove = format!("kubectl label nodes {node} {}-", label.key);
    let edit = label.clone();
    view! {
        <span class="chip">
            <button
                class="words"
                data-testid="label"
                data-node=node.to_string()
                title=tell(&say!("{} · edit", &text))
                on:click=move |_| editing.set(Editing::Label(edit.clone()))
            >
                {ending(text.clone(), 0)}
            </button>
            <Remove
                testid="remove-label"
                label=tell(&say!("Remove the label {}", &text))
                remove=move || {
                    dispatch.line(&remove);
                }
            />
        </span>
    }
}

/// One condition that the machine has and that can be ended.
#[component]
pub fn Condition(node: Str, condition: Str) -> impl IntoView {
    let dispatch = use_dispatch();
    let (words, on) = (condition.to_string(), condition.clone());
    let end = move || {
        dispatch.command(Command::Pressure {
            node: node.clone(),
            condition: on.clone(),
            on: false,
        });
    };
    view! {
        <span class="chip" data-condition=condition.to_string()>
            <span class="words" data-testid="condition">{words.clone()}</span>
            <Remove testid="remove-condition" label=tell(&say!("End the condition {}", &words)) remove=end />
        </span>
    }
}

/// The sign that takes a chip away.
#[component]
fn Remove<F: Fn() + 'static>(testid: &'static str, label: String, remove: F) -> impl IntoView {
    view! {
        <button class="drop" data-testid=testid aria-label=label on:click=move |_| remove()>
            "×"
        </button>
    }
}
