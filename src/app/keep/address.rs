//! The page's address, and what stands behind its `#`: `A…[&t=SECONDS][&paused]`.

use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// A link as it came with the address.
pub struct Asked {
    pub text: String,
    /// A moment other than the one it was made at, in milliseconds.
    pub at: Option<u64>,
    pub paused: bool,
}

/// The link in the address, if there is one.
pub fn asked() -> Option<Asked> {
    let hash = window().location().hash().ok()?;
    let hash = hash.strip_prefix('#').filter(|hash| !hash.is_empty())?;
    let mut parts = hash.split('&');
    let text = parts.next()?.to_owned();
    let paused = hash.split('&').any(|part| part == "paused");
    let at = parts
        .find_map(|part| part.strip_prefix("t="))
        .and_then(|t| t.parse::<f64>().ok())
        .filter(|t| (0.0..40_000_000.0).contains(t))
        .map(|t| (t * 1000.0) as u64);
    Some(Asked { text, at, paused })
}

/// The address of this page with a document, and with a query if it is not empty.
pub fn link(query: &str, text: &str) -> String {
    let location = window().location();
    let origin = location.origin().unwrap_or_default();
    let path = location.pathname().unwrap_or_default();
    format!("{origin}{path}{query}#{text}")
}

/// Takes the link out of the address: what is on the page has gone on from it.
pub fn forget() {
    let location = window().location();
    // Writing the same address again would take as long as a frame.
    if location.hash().is_ok_and(|hash| hash.is_empty()) {
        return;
    }
    let path = location.pathname().unwrap_or_default();
    let search = location.search().unwrap_or_default();
    if let Ok(history) = window().history() {
        // In a frame that may not, the address stays as it is.
        let address = format!("{path}{search}");
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
}

/// The markup of a frame that shows a document.
pub fn frame(text: &str) -> String {
    let source = link("?embed=1", text);
    format!(
        "<iframe src=\"{source}\" width=\"640\" height=\"360\" title=\"DaemonSet Playground\" \
         loading=\"lazy\"></iframe>"
    )
}

/// Markdown of a link.
pub fn markdown(text: &str) -> String {
    format!("[DaemonSet Playground]({})", link("", text))
}
