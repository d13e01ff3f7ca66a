//! The form of a taint, a label or a condition, inside the card.

use super::chip_fields::{Choice, Effects, KeyValue};
use super::chip_text::{CONDITIONS, EFFECTS, Fields};
use super::chips::Editing;
use crate::app::session::use_dispatch;
use crate::app::words::{t, w};
use crate::k8s::Str;
use leptos::{ev, prelude::*};

/// What a chip can be: its hook, and its name for `t`.
const KINDS: [(&str, &str); 3] = [
    ("taint", w("Taint")),
    ("label", w("Label")),
    ("condition", w("Condition")),
];

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
