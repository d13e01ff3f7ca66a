//! One chip: a taint, a label, a condition.

use super::chips::Editing;
use crate::app::session::use_dispatch;
use crate::app::words::tell;
use crate::cluster::Command;
use crate::k8s::Str;
use crate::say;
use crate::view::{LabelChip, TaintChip};
use leptos::prelude::*;

/// A key in two parts: what stands before the slash gives way first.
fn key(text: &str) -> impl IntoView + use<> {
    let at = text.find('/').map_or(0, |at| at + 1);
    let (domain, own) = (text[..at].to_owned(), text[at..].to_owned());
    view! {
        <span class="domain">{domain}</span>
        <span class="key">{own}</span>
    }
}

/// One taint.
#[component]
pub fn Taint(node: Str, taint: TaintChip, editing: RwSignal<Editing>) -> impl IntoView {
    let dispatch = use_dispatch();
    let text = taint.text();
    let remove = format!("kubectl taint nodes {node} {text}-");
    let edit = taint.clone();
    view! {
        <span class="chip" data-effect=taint.effect.to_string()>
            <button
                class="words"
                data-testid="taint"
                data-node=node.to_string()
                title=tell(&say!("{} · edit", &text))
                on:click=move |_| editing.set(Editing::Taint(edit.clone()))
            >
                {key(&taint.key)}
                <span class="worth">{text[taint.key.len()..text.len() - taint.effect.len() - 1].to_owned()}</span>
                <span class="effect">{format!(":{}", taint.effect)}</span>
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
                {key(&label.key)}
                <span class="worth">{text[label.key.len()..].to_owned()}</span>
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
