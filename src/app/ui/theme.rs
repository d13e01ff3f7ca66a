//! The theme: as chosen, or as the system has it, also when the system changes its mind.

use crate::app::screen::Screen;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

/// What the system is asked for.
const DARK: &str = "(prefers-color-scheme: dark)";
const CONTRAST: &str = "(prefers-contrast: more)";

/// The theme of the page: the handle that components hold.
#[derive(Clone, Copy)]
pub struct Theme {
    chosen: StoredValue<String>,
    screen: Screen,
}

impl Theme {
    /// Shows a theme from now on, and follows the system for what it leaves open.
    pub fn start(screen: Screen, theme: String) -> Self {
        let own = Self {
            chosen: StoredValue::new(theme),
            screen,
        };
        own.show();
        for query in [DARK, CONTRAST] {
            let Ok(Some(list)) = window().match_media(query) else {
                continue;
            };
            let changed = Closure::<dyn FnMut()>::new(move || own.show());
            let listener = changed.as_ref().unchecked_ref();
            // Where the system cannot be followed, the page stays as it opened.
            let _ = list.add_event_listener_with_callback("change", listener);
            // It listens for as long as the page is there.
            changed.forget();
        }
        own
    }

    /// Shows a theme: `light`, `dark`, `contrast` or `auto`.
    pub fn choose(self, theme: &str) {
        self.chosen.set_value(theme.to_owned());
        self.show();
    }

    /// The style sheet takes the theme from attributes; what is drawn is drawn again.
    fn show(self) {
        let theme = self.chosen.get_value();
        let Some(root) = document().document_element() else {
            return;
        };
        let system = window().match_media(CONTRAST).ok().flatten();
        let more = theme == "contrast" || system.is_some_and(|system| system.matches());
        // The attributes only steer style sheets: where they cannot be set, the page still works.
        let _ = match theme.as_str() {
            "light" | "dark" => root.set_attribute("data-theme", &theme),
            _ => root.remove_attribute("data-theme"),
        };
        let _ = if more {
            root.set_attribute("data-contrast", "more")
        } else {
            root.remove_attribute("data-contrast")
        };
        self.screen.grid.dress.update(|dress| *dress += 1);
    }
}
