//! What the address asks for: `?embed=1&theme=dark&lang=zh-Hans&view=why&speed=4&paused=1`.

use crate::app::words::{self, Language};
use leptos::prelude::*;

/// Options of the presentation.
pub struct Options {
    /// `page` or `embed`.
    pub view: &'static str,
    pub paused: bool,
    pub language: Language,
    /// `light`, `dark`, `contrast` or `auto`.
    pub theme: String,
    /// Simulated seconds per second.
    pub speed: Option<f64>,
    /// What stands in front: the grid if nothing is named.
    pub section: Option<&'static str>,
}

/// The sections by the names that `view=` takes.
const SECTIONS: [(&str, &str); 4] = [
    ("cluster", "is"),
    ("manifest", "want"),
    ("why", "why"),
    ("console", "console"),
];

/// Reads the address; what it does not say, from what was chosen before.
pub fn read() -> Options {
    let search = window().location().search().unwrap_or_default();
    let asked = |name: &str| {
        let query = web_sys::UrlSearchParams::new_with_str(&search).ok()?;
        query.get(name)
    };
    let theme = asked("theme").or_else(|| kept(THEME));
    let language = asked("lang").or_else(|| kept(LANGUAGE));
    Options {
        theme: theme.unwrap_or_else(|| "auto".to_owned()),
        view: if asked("embed").is_some_and(|v| v != "0") {
            "embed"
        } else {
            "page"
        },
        paused: asked("paused").is_some_and(|v| v != "0"),
        speed: asked("speed")
            .and_then(|speed| speed.parse().ok())
            .filter(|speed| (0.25..=1000.0).contains(speed)),
        section: asked("view")
            .and_then(|view| SECTIONS.into_iter().find(|(name, _)| *name == view))
            .map(|(_, section)| section),
        language: language.map_or_else(words::preferred, |tag| Language::of(&tag)),
    }
}

const THEME: &str = "theme";

const LANGUAGE: &str = "language";

/// The browser's storage for this site.
pub fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// What was remembered.
pub fn kept(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Remembers a theme; in a frame without storage it lasts as long as the page.
pub fn theme_keep(theme: &str) {
    keep(THEME, theme);
}

/// Remembers the language.
pub fn language_keep(language: Language) {
    keep(LANGUAGE, language.tag());
}

/// Remembers something; false when the storage is full or forbidden.
pub fn keep(key: &str, value: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(key, value).is_ok())
}
