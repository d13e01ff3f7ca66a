//! Taints, labels and conditions of a node as chips: added, edited and removed in place.

use super::chip::{Condition, Label, Taint};
use super::chip_form::ChipForm;
use crate::k8s::Str;
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
