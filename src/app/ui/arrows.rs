//! Arrow keys among the tabs of a list.

use leptos::ev;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// On a tab list: the arrow keys, Home and End go to another tab and open it.
pub fn arrows(event: ev::KeyboardEvent) {
    let list = event
        .current_target()
        .and_then(|t| t.dyn_into::<Element>().ok());
    let Some(found) = list.and_then(|list| list.query_selector_all("[role=tab]").ok()) else {
        return;
    };
    let tabs: Vec<HtmlElement> = (0..found.length())
        .filter_map(|i| found.item(i)?.dyn_into().ok())
        .collect();
    let target = event
        .target()
        .and_then(|t| t.dyn_into::<HtmlElement>().ok());
    let Some(at) = target.and_then(|t| tabs.iter().position(|tab| *tab == t)) else {
        return;
    };
    let to = match event.key().as_str() {
        "ArrowRight" | "ArrowDown" => (at + 1) % tabs.len(),
        "ArrowLeft" | "ArrowUp" => (at + tabs.len() - 1) % tabs.len(),
        "Home" => 0,
        "End" => tabs.len() - 1,
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    tabs[to].click();
    // A tab of this page can always take the focus.
    let _ = tabs[to].focus();
}
