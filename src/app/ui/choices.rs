//! The menus of the top line: language and theme.

use super::menu::Menu;
use super::options::{language_keep, theme_keep};
use super::theme::Theme;
use crate::app::screen::use_screen;
use crate::app::words::{Language, t, w};
use leptos::prelude::*;

const THEMES: [(&str, &str); 4] = [
    ("auto", w("As the system")),
    ("light", w("Light")),
    ("dark", w("Dark")),
    ("contrast", w("High contrast")),
];

/// The choice of a theme.
#[component]
pub fn Themes() -> impl IntoView {
    let chosen = expect_context::<Theme>();
    let themes = move || {
        THEMES.map(|(theme, words)| {
            let choose = move |_| {
                chosen.choose(theme);
                theme_keep(theme);
            };
            view! { <button role="menuitem" on:click=choose>{t(words)}</button> }
        })
    };
    view! {
        <Menu label=t("Theme") sign="◐">
            {themes}
        </Menu>
    }
}

/// The choice of a language.
#[component]
pub fn Languages() -> impl IntoView {
    let screen = use_screen();
    let languages = move || {
        Language::ALL.map(|language| {
            let choose = move |_| {
                language_keep(language);
                screen.language.set(language);
            };
            view! {
                <button role="menuitem" lang=language.tag() data-testid="language" on:click=choose>
                    {language.name()}
                </button>
            }
        })
    };
    view! {
        <Menu label=format!("{} · {}", t("EN"), t("Language")) sign=t("EN") testid="languages">
            {languages}
        </Menu>
    }
}
