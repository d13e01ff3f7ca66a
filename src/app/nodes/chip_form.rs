//! The form of a taint, a label or a condition, inside the card.

use super::chip_fields::{Choice, Effects, KeyValue};
use super::chips::Editing;
use crate::app::session::{Dispatch, use_dispatch};
use crate::app::words::{t, w};
use crate::cluster::Command;
use crate::k8s::Str;
use crate::view::{LabelChip, TaintChip};
use leptos::{ev, prelude::*};

/// What a chip can be: its hook, and its name for `t`.
const KINDS: [(&str, &str); 3] = [
    ("taint", w("Taint")),
    ("label", w("Label")),
    ("condition", w("Condition")),
];

pub(super) const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

const CONDITIONS: [&str; 3] = ["MemoryPressure", "DiskPressure", "PIDPressure"];

/// What stands in the fields.
#[derive(Clone, Copy)]
pub struct Fields {
    pub kind: RwSignal<String>,
    pub key: RwSignal<String>,
    pub value: RwSignal<String>,
    pub effect: RwSignal<String>,
    pub condition: RwSignal<String>,
}

impl Fields {
    fn new(what: &Editing) -> Self {
        let (kind, key, value, effect) = match what {
            Editing::Nothing | Editing::New => ("taint", "dedicated", "infra", EFFECTS[0]),
            Editing::Taint(old) => ("taint", &*old.key, &*old.value, &*old.effect),
            Editing::Label(old) => ("label", &*old.key, &*old.value, EFFECTS[0]),
        };
        let text = |text: &str| RwSignal::new(text.to_owned());
        Self {
            kind: text(kind),
            key: text(key),
            value: text(value),
            effect: text(effect),
            condition: text(CONDITIONS[0]),
        }
    }

    /// Does it; the sentence of a refusal.
    fn save(self, dispatch: Dispatch, node: &Str, old: &Editing) -> Option<String> {
        let key = Str::new(self.key.get_untracked().trim());
        let value = Str::new(self.value.get_untracked().trim());
        let line = match self.kind.get_untracked().as_str() {
            "taint" => {
                let effect = self.effect.get_untracked().into();
                taint(node, &TaintChip { key, value, effect }, old)
            }
            "label" => label(node, &LabelChip { key, value }, old),
            _ => {
                dispatch.command(Command::Pressure {
                    node: node.clone(),
                    condition: self.condition.get_untracked().into(),
                    on: true,
                });
                return None;
            }
        };
        let answer = dispatch.line(&line);
        answer.refused.then_some(answer.text)
    }
}

/// The line that sets a taint in place of the old one.
fn taint(node: &Str, new: &TaintChip, old: &Editing) -> String {
    let text = new.text();
    match old {
        Editing::Taint(old) if old.key == new.key && old.effect == new.effect => {
            format!("kubectl taint nodes {node} {text} --overwrite")
        }
        Editing::Taint(old) => format!("kubectl taint nodes {node} {text} {}-", old.text()),
        Editing::Nothing | Editing::New | Editing::Label(_) => {
            format!("kubectl taint nodes {node} {text}")
        }
    }
}

/// The line that sets a label in place of the old one.
fn label(node: &Str, new: &LabelChip, old: &Editing) -> String {
    let text = format!("{}={}", new.key, new.value);
    match old {
        Editing::Label(old) if old.key == new.key => {
            format!("kubectl label nodes {node} {text} --overwrite")
        }
        Editing::Label(old) => format!("kubectl label nodes {node} {text} {}-", old.key),
        Editing::Nothing | Editing::New | Editing::Taint(_) => {
            format!("kubectl label nodes {node} {text}")
        }
    }
}

/// Key, value and effect of a new or an old chip.
#[component]
pub fn ChipForm(node: Str, what: Editing, editing: RwSignal<Editing>) -> impl IntoView {
    let dispatch = use_dispatch();
    let fields = Fields::new(&what);
    let wrong = RwSignal::new(String::new());
    let new = what == Editing::New;
    let kind = fields.kind;
    let is = move |name: &str| kind.with(|kind| kind == name);
    let mine = node.clone();
    let save = move |event: ev::SubmitEvent| {
        event.prevent_default();
        match fields.save(dispatch, &mine, &what) {
            Some(sentence) => wrong.set(sentence),
            None => editing.set(Editing::Nothing),
        }
    };
    let close = move || editing.set(Editing::Nothing);
    let leave = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            close();
        }
    };
    let hook = move |end: &'static str| move || format!("{}-{end}", kind.get());
    let kinds = move || {
        new.then(|| view! { <Choice label=w("What to add") testid="chip-kind" options=&KINDS value=kind /> })
    };
    let words = move || {
        KINDS
            .iter()
            .find(|(name, _)| is(name))
            .map_or("", |(_, words)| t(words))
    };
    view! {
        <form class="taint-form" data-testid=hook("form") on:submit=save on:keydown=leave>
            {kinds}
            <Show
                when=move || !is("condition")
                fallback=move || view! { <Effects label=w("Condition") testid="condition-kind" names=CONDITIONS value=fields.condition /> }
            >
                <KeyValue node=node.clone() fields />
            </Show>
            <Show when=move || is("taint")>
                <Effects label=w("Effect") testid="taint-effect" names=EFFECTS value=fields.effect />
            </Show>
            <div class="buttons">
                <button type="submit" class="primary small" data-testid=hook("save")>{words}</button>
                <button type="button" class="small" on:click=move |_| close()>{t("Cancel")}</button>
            </div>
            <Show when=move || wrong.with(|w| !w.is_empty())>
                <p class="wrong" role="alert">{move || wrong.get()}</p>
            </Show>
        </form>
    }
}
