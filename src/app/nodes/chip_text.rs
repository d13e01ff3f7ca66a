//! What stands in the fields of a chip's form, and what comes of it.

use super::chips::Editing;
use crate::app::session::Dispatch;
use crate::cluster::Command;
use crate::k8s::Str;
use crate::view::{LabelChip, TaintChip, chips};
use leptos::prelude::*;

pub const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/// Conditions that a machine gets and loses.
pub const CONDITIONS: [&str; 3] = ["MemoryPressure", "DiskPressure", "PIDPressure"];

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
    pub fn new(what: &Editing) -> Self {
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
    pub fn save(self, dispatch: Dispatch, node: &Str, old: &Editing) -> Option<String> {
        let key = Str::new(self.key.get_untracked().trim());
        let value = Str::new(self.value.get_untracked().trim());
        let line = match self.kind.get_untracked().as_str() {
            "taint" => {
                let effect = self.effect.get_untracked().into();
                let old = match old {
                    Editing::Taint(old) => Some(old),
                    Editing::Nothing | Editing::New | Editing::Label(_) => None,
                };
                chips::taint_line(node, &TaintChip { key, value, effect }, old)
            }
            "label" => {
                let old = match old {
                    Editing::Label(old) => Some(old),
                    Editing::Nothing | Editing::New | Editing::Taint(_) => None,
                };
                chips::label_line(node, &LabelChip { key, value }, old)
            }
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
