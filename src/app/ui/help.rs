//! Help on request: the list of keys and the tour.

use super::menu::Menu;
use super::ways::focus;
use crate::app::bottom::{Tab, use_bottom};
use crate::app::screen::use_screen;
use crate::app::words::t;
use leptos::prelude::*;

/// What help is open.
#[derive(Clone, Copy)]
pub struct Help {
    /// The list of keys.
    pub keys: RwSignal<bool>,
    /// The step of the tour.
    pub tour: RwSignal<Option<usize>>,
}

impl Default for Help {
    fn default() -> Self {
        Self {
            keys: RwSignal::new(false),
            tour: RwSignal::new(None),
        }
    }
}

/// The page's help.
pub fn use_help() -> Help {
    use_context().unwrap_or_default()
}

/// The menu of the top line that offers it.
#[component]
pub fn HelpMenu() -> impl IntoView {
    let help = use_help();
    let (screen, tab) = (use_screen(), use_bottom().tab);
    let lessons = move |_| {
        tab.set(Tab::Lessons);
        screen.section.set("console");
        focus("[data-testid=tab-lessons]");
    };
    view! {
        <Menu label=t("Help") sign="?" testid="help">
            <button role="menuitem" data-testid="help-keys" on:click=move |_| help.keys.set(true)>
                {t("Keyboard shortcuts")}
            </button>
            <button role="menuitem" data-testid="help-tour" on:click=move |_| help.tour.set(Some(0))>
                {t("A short tour")}
            </button>
            <button role="menuitem" data-testid="help-lessons" on:click=lessons>
                {t("Lessons")}
            </button>
        </Menu>
    }
}
