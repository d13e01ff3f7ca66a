//! Taints, labels and conditions of a node as chips: added, edited and removed in place.

use super::chip_form::ChipForm;
use crate::app::session::use_dispatch;
use crate::app::words::tell;
use crate::cluster::Command;
use crate::k8s::Str;
use crate::say;
use crate::view::{LabelChip, NodeCard, TaintChip};
use leptos::prelude::*;

/// The chip whose form is open: a new one, or the one that is edited.
#[derive(Clone, PartialEq, Eq)]
pub enum Editing {
    Nothing,
    New,
    Taint(TaintChip),
    Label(LabelChip),
}

/// The row of chips, and the form under it.
#[component]
pub fn Chips(name: Str, card: RwSignal<NodeCard>, editing: RwSignal<Editing>) -> impl IntoView {
    let taints = Memo::new(move |_| card.with(|card| card.taints.clone()));
    let labels = Memo::new(move |_| card.with(|card| card.labels.clone()));
    let conditions = Memo::new(move |_| {
        let pressure = |word: &&Str| *word != "NotReady";
        card.with(|card| {
            let conditions = card.conditions.iter().filter(pressure);
            conditions.cloned().collect::<Vec<_>>()
        })
    });
    let (form_of, labeled, pressed) = (name.clone(), name.clone(), name.clone());
    let form = move || {
        let what = editing.get();
        let node = form_of.clone();
        (what != Editing::Nothing).then(|| view! { <ChipForm node what editing /> })
    };
    view! {
        <div class="chips">
            <For
                each=move || conditions.get()
                key=Clone::clone
                children=move |condition| view! { <Condition node=pressed.clone() condition /> }
            />
            <For
                each=move || taints.get()
                key=TaintChip::text
                children=move |taint| view! { <Taint node=name.clone() taint editing /> }
            />
            <For
                each=move || labels.get()
                key=LabelChip::text
                children=move |label| view! { <Label node=labeled.clone() label editing /> }
            />
            {form}
        </div>
    }
}

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
fn Taint(node: Str, taint: TaintChip, editing: RwSignal<Editing>) -> impl IntoView {
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
fn Label(node: Str, label: LabelChip, editing: RwSignal<Editing>) -> impl IntoView {
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
fn Condition(node: Str, condition: Str) -> impl IntoView {
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
