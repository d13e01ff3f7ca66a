//! A question of the left column, asked in its place: a name, a moment, whether to delete.

use super::desk::{Ask, use_desk};
use crate::app::screen::use_screen;
use crate::app::session::{Dispatch, use_dispatch};
use crate::app::words::{t, tell};
use crate::say;
use leptos::{ev, html, prelude::*};

/// The line under the tabs, while something is asked.
#[component]
pub fn Asked() -> impl IntoView {
    let desk = use_desk();
    move || desk.ask.get().map(|ask| view! { <Question ask /> })
}

/// What a question says, what its field begins with, and what its button says.
fn words(ask: Ask, name: &str, elapsed: u64) -> (String, String, &'static str) {
    match ask {
        Ask::New => {
            let name = "new.yaml".to_owned();
            (t("Name of the new file").to_owned(), name, t("Create"))
        }
        Ask::Rename => (t("New name").to_owned(), name.to_owned(), t("Rename")),
        Ask::Delete => {
            let say = say!("Delete {}?", name);
            (tell(&say), String::new(), t("Delete"))
        }
        Ask::Later => {
            let at = (elapsed / 1000 + 60).to_string();
            (t("Apply at t+ (seconds)").to_owned(), at, t("Apply then"))
        }
    }
}

/// Does what was asked; says why it did not work, or nothing.
fn answer(ask: Ask, text: &str, dispatch: Dispatch) -> &'static str {
    match ask {
        Ask::New if dispatch.add_file(text, "") => "",
        Ask::New => t("There is no room for it."),
        Ask::Rename if dispatch.rename_file(text) => "",
        Ask::Rename => t("Another file has this name."),
        Ask::Delete => {
            dispatch.delete_file();
            ""
        }
        Ask::Later => {
            let now = dispatch.screen.elapsed.get_untracked() / 1000;
            match text.trim().parse::<u64>() {
                Ok(at) if at > now && dispatch.apply_later(at - now) => "",
                Ok(at) if at > now => t("Too many applies wait already."),
                Ok(_) | Err(_) => t("That moment is not in the future."),
            }
        }
    }
}

#[component]
fn Question(ask: Ask) -> impl IntoView {
    let (screen, dispatch, desk) = (use_screen(), use_dispatch(), use_desk());
    let name = dispatch.front_file().map(|f| f.name).unwrap_or_default();
    let (label, value, button) = words(ask, &name, screen.elapsed.get_untracked());
    let typed = RwSignal::new(value);
    let field = NodeRef::<html::Input>::new();
    field.on_load(|field| {
        // A field that was just made can take the focus.
        let _ = field.focus();
        field.select();
    });
    let close = move || {
        desk.ask.set(None);
        desk.trouble.set("");
    };
    let done = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let trouble = answer(ask, &typed.get_untracked(), dispatch);
        if trouble.is_empty() {
            close();
        } else {
            desk.trouble.set(trouble);
        }
    };
    let escape = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            close();
        }
    };
    let input = (ask != Ask::Delete).then(|| {
        view! {
            <input
                node_ref=field
                data-testid="ask-field"
                aria-label=label.clone()
                inputmode=if ask == Ask::Later { "numeric" } else { "text" }
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                bind:value=typed
            />
        }
    });
    view! {
        <form class="ask" data-testid="ask" on:submit=done on:keydown=escape>
            <span>{label}</span>
            {input}
            <button class="primary" type="submit" data-testid="ask-yes">
                {button}
            </button>
            <button type="button" data-testid="ask-no" on:click=move |_| close()>
                {t("Cancel")}
            </button>
            <span class="trouble" role="alert">{move || desk.trouble.get()}</span>
        </form>
    }
}
