//! The last tile of the grid: a new node joins.

use crate::app::samples;
use crate::app::screen::use_screen;
use crate::app::session::use_dispatch;
use crate::cluster::Command;
use leptos::prelude::*;

/// Adds a node under the next free name.
#[component]
pub fn Join() -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let add = move |_| {
        let names = screen.names.get_untracked();
        let free = |name: &String| !names.iter().any(|taken| taken == name);
        let name = (1..=names.len() + 1)
            .map(|i| format!("worker{i:02}"))
            .find(free);
        if let Some(name) = name {
            dispatch.command(Command::NodeAdd {
                node: samples::worker(&name),
            });
        }
    };
    view! {
        <div class="join" role="listitem">
            <button data-testid="add-node" on:click=add>
                "+ Add a node"
            </button>
        </div>
    }
}
