//! A row of the list of nodes.

use super::PickBox;
use super::legend::{node_words, pod_words};
use crate::app::screen::{Selection, use_screen};
use crate::app::session::use_dispatch;
use crate::view::{Cell, TaintChip};
use leptos::{ev, prelude::*};

/// One node.
#[component]
pub fn Row(n: usize, cell: Cell) -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let (node, mine, here) = (cell.name.clone(), cell.name.clone(), cell.name.clone());
    let grid = screen.grid;
    let chosen = cell.name.clone();
    let picked = move || {
        grid.picked
            .with(|picked| picked.contains(&chosen))
            .to_string()
    };
    let select = move |event: ev::MouseEvent| {
        if grid.picks(&event, &node) {
            return;
        }
        screen.selection.set(Selection {
            node: node.clone(),
            pod: None,
        });
        dispatch.show();
    };
    let selected = move || screen.selection.with(|s| s.node == mine).to_string();
    let taints = dispatch.taints(&cell.name);
    let taints: Vec<String> = taints.iter().map(TaintChip::text).collect();
    view! {
        <tr
            aria-rowindex=(n + 2).to_string()
            data-testid="node-row"
            data-name=cell.name.to_string()
            data-selected=selected
            data-picked=picked
        >
            <td>
                <PickBox name=cell.name.clone() />
                <button
                    class="plain name"
                    data-of=cell.name.to_string()
                    on:click=select
                    on:keydown=move |event| grid.stretch(&event, &here)
                >
                    {cell.name.to_string()}
                </button>
            </td>
            <td data-bad=(!cell.look.ready).to_string()>{node_words(&cell)}</td>
            <td>{pod_words(&cell)}</td>
            <td class="mono taints" title=taints.join(", ")>{taints.join(", ")}</td>
        </tr>
    }
}
