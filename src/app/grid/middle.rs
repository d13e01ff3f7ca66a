//! The nodes, seen as a person wants to see them.

use super::bulk::Bulk;
use super::cards::Grid;
use super::field_view::FieldView;
use super::list::ListView;
use super::state::Sight;
use super::toolbar::Toolbar;
use crate::app::screen::use_screen;
use leptos::prelude::*;

/// Toolbar and nodes.
#[component]
pub fn Middle() -> impl IntoView {
    let grid = use_screen().grid;
    let seen = Memo::new(move |_| grid.seen());
    let nodes = move || match seen.get() {
        Sight::Field => view! { <FieldView /> }.into_any(),
        Sight::List => view! { <ListView /> }.into_any(),
        Sight::Auto | Sight::Cards => view! { <Grid /> }.into_any(),
    };
    view! {
        <Toolbar />
        <Bulk />
        {nodes}
    }
}
