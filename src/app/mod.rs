//! The page: presentation state only. Rules live in the layers to the left.

use leptos::prelude::*;

/// Puts the page into the document's body.
pub fn mount() {
    mount_to_body(|| view! { <main>"DaemonSet Playground"</main> });
}
