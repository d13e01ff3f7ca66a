//! The last tile of the grid: a new node joins.

use crate::app::samples;
use crate::app::screen::use_screen;
use crate::app::session::use_dispatch;
use crate::app::words::t;
use crate::cluster::Command;
use leptos::prelude::*;

/// Adds a node under the next free name.
#[component]
pub fn Join() -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    // Names of nodes that are on their way: the next click must not take them again.
    let coming = StoredValue::new(Vec::<String>::new());
    let add = move |_| {
        let names = screen.names.get_untracked();
        let there = |name: &String| names.iter().any(|taken| taken == name);
        coming.update_value(|coming| coming.retain(|name| !there(name)));
        let free = |name: &String| !there(name) && !coming.with_value(|c| c.contains(name));
        let name = (1..=names.len() + 64)
            .map(|i| format!("worker{i:02}"))
            .find(free);
        if let Some(name) = name {
            coming.update_value(|coming| coming.push(name.clone()));
            dispatch.command(Command::NodeAdd {
                node: samples::worker(&name),
            });
        }
    };
    view! {
        <div class="join" role="listitem">
            <button data-testid="add-node" on:click=add>
                {t("+ Add a node")}
            </button>
        </div>
    }
}
