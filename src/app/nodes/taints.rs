//! Taints and labels of a node as chips: added, edited and removed in place.

use super::taint_form::TaintForm;
use crate::app::session::use_dispatch;
use crate::app::words::{t, tell};
use crate::k8s::Str;
use crate::say;
use crate::view::{LabelChip, NodeCard, TaintChip};
use leptos::prelude::*;

/// The chip whose form is open: a new taint, or the one that is edited.
#[derive(Clone, PartialEq, Eq)]
pub enum Editing {
    Nothing,
    New,
    Taint(TaintChip),
}

/// The row of chips.
#[component]
pub fn Chips(name: Str, card: RwSignal<NodeCard>) -> impl IntoView {
    let editing = RwSignal::new(Editing::Nothing);
    let taints = Memo::new(move |_| card.with(|card| card.taints.clone()));
    let labels = Memo::new(move |_| card.with(|card| card.labels.clone()));
    let (node, labeled) = (name.clone(), name.clone());
    let form = move || {
        let old = match editing.get() {
            Editing::Nothing => return None,
            Editing::New => None,
            Editing::Taint(taint) => Some(taint),
        };
        Some(view! { <TaintForm node=node.clone() old editing /> })
    };
    let add = tell(&say!("Add a taint to {}", &name));
    view! {
        <div class="chips">
            <For
                each=move || taints.get()
                key=TaintChip::text
                children=move |taint| view! { <Taint node=name.clone() taint editing /> }
            />
            <For
                each=move || labels.get()
                key=LabelChip::text
                children=move |label| view! { <Label node=labeled.clone() label /> }
            />
            <button
                class="add"
                data-testid="add-taint"
                aria-label=add
                on:click=move |_| editing.set(Editing::New)
            >
                {t("+ taint")}
            </button>
            {form}
        </div>
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
                <span class="key">{taint.key.to_string()}</span>
                <span class="rest">{text[taint.key.len()..].to_owned()}</span>
            </button>
            <button
                class="drop"
                data-testid="remove-taint"
                aria-label=tell(&say!("Remove the taint {}", &text))
                on:click=move |_| {
                    dispatch.line(&remove);
                }
            >
                "×"
            </button>
        </span>
    }
}

/// One label.
#[component]
fn Label(node: Str, label: LabelChip) -> impl IntoView {
    let dispatch = use_dispatch();
    let text = label.text();
    let remove = format!("kubectl label nodes {node} {}-", label.key);
    view! {
        <span class="chip" data-testid="label">
            <span class="words" title=text.clone()>{text.clone()}</span>
            <button
                class="drop"
                aria-label=tell(&say!("Remove the label {}", &text))
                on:click=move |_| {
                    dispatch.line(&remove);
                }
            >
                "×"
            </button>
        </span>
    }
}
