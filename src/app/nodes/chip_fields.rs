//! The fields of a chip's form; keys and values complete from what the cluster knows.

use super::chip_text::Fields;
use crate::app::session::use_dispatch;
use crate::app::words::t;
use crate::k8s::Str;
use crate::view::chips::Known;
use leptos::{html, prelude::*};

/// Key and value; the key takes the focus.
#[component]
pub fn KeyValue(node: Str, fields: Fields) -> impl IntoView {
    let dispatch = use_dispatch();
    let kind = fields.kind;
    let known = Memo::new(move |_| {
        let taint = kind.with(|kind| kind == "taint");
        let read = if taint { Known::taints } else { Known::labels };
        dispatch.cluster(read)
    });
    let field = NodeRef::<html::Input>::new();
    field.on_load(|input| {
        // A field that was just shown can take the focus.
        let _ = input.focus();
        input.select();
    });
    let option = |text: Str| view! { <option value=text.to_string()></option> };
    let keys = move || {
        known
            .with(Known::keys)
            .into_iter()
            .map(option)
            .collect_view()
    };
    let values = move || {
        let key = fields.key.get();
        let values = known.with(|known| known.values(key.trim()));
        values.into_iter().map(option).collect_view()
    };
    let (keys_id, values_id) = (format!("keys-{node}"), format!("values-{node}"));
    view! {
        <input
            node_ref=field
            aria-label=t("Key")
            data-testid=move || format!("{}-key", kind.get())
            placeholder=t("key")
            autocomplete="off"
            spellcheck="false"
            list=keys_id.clone()
            bind:value=fields.key
        />
        <input
            aria-label=t("Value")
            data-testid=move || format!("{}-value", kind.get())
            placeholder=t("value")
            autocomplete="off"
            spellcheck="false"
            list=values_id.clone()
            bind:value=fields.value
        />
        <datalist id=keys_id>{keys}</datalist>
        <datalist id=values_id>{values}</datalist>
    }
}

/// A choice among names that are not translated.
#[component]
pub fn Effects(
    label: &'static str,
    testid: &'static str,
    names: [&'static str; 3],
    value: RwSignal<String>,
) -> impl IntoView {
    let options = names.map(|name| {
        view! { <option value=name prop:selected=move || value.get() == name>{name}</option> }
    });
    view! {
        <select
            aria-label=t(label)
            data-testid=testid
            on:change:target=move |event| value.set(event.target().value())
        >
            {options}
        </select>
    }
}

/// A choice among words.
#[component]
pub fn Choice(
    label: &'static str,
    testid: &'static str,
    options: &'static [(&'static str, &'static str)],
    value: RwSignal<String>,
) -> impl IntoView {
    let buttons = options.iter().map(|(name, words)| {
        view! {
            <button
                type="button"
                data-testid=format!("{testid}-{name}")
                aria-pressed=move || (value.get() == *name).to_string()
                on:click=move |_| value.set((*name).to_owned())
            >
                {t(words)}
            </button>
        }
    });
    view! { <div class="seg" role="group" aria-label=t(label)>{buttons.collect_view()}</div> }
}
