//! The colors of the theme, for what is drawn and not styled.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d as Context, HtmlCanvasElement};

/// The colors of the theme, read from the style sheet.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Colors {
    pub panel: String,
    pub ink: String,
    pub dim: String,
    pub line: String,
    pub hole: String,
    pub accent: String,
    pub warn: String,
    pub bad: String,
    pub on_revision: String,
    pub revisions: Vec<String>,
    pub mono: String,
}

impl Colors {
    /// The theme's present ones.
    pub fn read() -> Self {
        let root = document().document_element();
        let style = root.and_then(|root| window().get_computed_style(&root).ok().flatten());
        let read = |name: &str| {
            let value = style.as_ref().and_then(|s| s.get_property_value(name).ok());
            value.unwrap_or_default().trim().to_owned()
        };
        Self {
            panel: read("--panel"),
            ink: read("--ink"),
            dim: read("--dim"),
            line: read("--line"),
            hole: read("--hole"),
            accent: read("--accent"),
            warn: read("--warn"),
            bad: read("--bad"),
            on_revision: read("--on-r"),
            revisions: (0..=6).map(|i| read(&format!("--r{i}"))).collect(),
            mono: read("--mono"),
        }
    }

    /// The color of a revision.
    pub fn revision(&self, number: i64) -> &str {
        let hue = super::revisions::hue_number(number);
        self.revisions.get(hue).map_or("", String::as_str)
    }
}

/// The 2d context of a canvas.
pub fn context(canvas: &HtmlCanvasElement) -> Option<Context> {
    let context = canvas.get_context("2d").ok().flatten()?;
    context.dyn_into().ok()
}
