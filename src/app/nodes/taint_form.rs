//! The form of a taint, inside the card.

use super::taints::Editing;
use crate::app::session::use_dispatch;
use crate::app::words::t;
use crate::k8s::Str;
use crate::view::TaintChip;
use leptos::{ev, html, prelude::*};

const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/// Key, value and effect of a new or an old taint.
#[component]
pub fn TaintForm(node: Str, old: Option<TaintChip>, editing: RwSignal<Editing>) -> impl IntoView {
    let dispatch = use_dispatch();
    let key = RwSignal::new(
        old.as_ref()
            .map_or("dedicated".into(), |t| t.key.to_string()),
    );
    let value = RwSignal::new(old.as_ref().map_or("infra".into(), |t| t.value.to_string()));
    let first = old
        .as_ref()
        .map_or(EFFECTS[0].to_owned(), |t| t.effect.to_string());
    let effect = RwSignal::new(first);
    let wrong = RwSignal::new(String::new());
    let save = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let new = TaintChip {
            key: Str::new(key.get_untracked().trim()),
            value: Str::new(value.get_untracked().trim()),
            effect: effect.get_untracked().into(),
        };
        let same = old
            .as_ref()
            .is_some_and(|o| o.key == new.key && o.effect == new.effect);
        let answer = if same {
            dispatch.line(&format!(
                "kubectl taint nodes {node} {} --overwrite",
                new.text()
            ))
        } else {
            let gone = old
                .as_ref()
                .map(|o| format!(" {}-", o.text()))
                .unwrap_or_default();
            dispatch.line(&format!("kubectl taint nodes {node} {}{gone}", new.text()))
        };
        if answer.refused {
            wrong.set(answer.text);
        } else {
            editing.set(Editing::Nothing);
        }
    };
    let close = move || editing.set(Editing::Nothing);
    let leave = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            close();
        }
    };
    view! {
        <form class="taint-form" data-testid="taint-form" on:submit=save on:keydown=leave>
            <KeyValue key_text=key value />
            <Effects effect />
            <div class="buttons">
                <button type="submit" class="primary small" data-testid="taint-save">
                    {t("Taint")}
                </button>
                <button type="button" class="small" on:click=move |_| close()>{t("Cancel")}</button>
            </div>
            <Show when=move || wrong.with(|w| !w.is_empty())>
                <p class="wrong" role="alert">{move || wrong.get()}</p>
            </Show>
        </form>
    }
}

/// Key and value; the key takes the focus.
#[component]
fn KeyValue(key_text: RwSignal<String>, value: RwSignal<String>) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    field.on_load(|input| {
        // A field that was just shown can take the focus.
        let _ = input.focus();
        input.select();
    });
    view! {
        <input
            node_ref=field
            aria-label=t("Key")
            data-testid="taint-key"
            placeholder=t("key")
            autocomplete="off"
            bind:value=key_text
        />
        <input
            aria-label=t("Value")
            data-testid="taint-value"
            placeholder=t("value")
            autocomplete="off"
            bind:value=value
        />
    }
}

/// The choice of an effect.
#[component]
fn Effects(effect: RwSignal<String>) -> impl IntoView {
    let options = EFFECTS.map(|name| {
        view! { <option value=name prop:selected=move || effect.get() == name>{name}</option> }
    });
    view! {
        <select
            aria-label=t("Effect")
            data-testid="taint-effect"
            on:change:target=move |event| effect.set(event.target().value())
        >
            {options}
        </select>
    }
}
