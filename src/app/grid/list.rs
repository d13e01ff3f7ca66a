//! The nodes as a table: only the rows on the screen are in the document.

use super::row::Row;
use crate::app::screen::use_screen;
use crate::app::words::{t, w};
use leptos::{html, prelude::*};

/// The height of a row, in pixels, as the style sheet has it.
const ROW: usize = 30;

/// Rows beyond the edges, so that scrolling finds them there.
const MORE: usize = 8;

const COLUMNS: [&str; 4] = [w("Node"), w("State"), w("Pod"), w("Taints")];

/// The table.
#[component]
pub fn ListView() -> impl IntoView {
    let grid = use_screen().grid;
    let scroller = NodeRef::<html::Div>::new();
    let top = RwSignal::new(0_usize);
    let tall = RwSignal::new(600_usize);
    let scrolled = move || {
        if let Some(element) = scroller.get_untracked() {
            top.set(usize::try_from(element.scroll_top()).unwrap_or(0));
            tall.set(usize::try_from(element.client_height()).unwrap_or(600));
        }
    };
    scroller.on_load(move |_| request_animation_frame(scrolled));
    let range = Memo::new(move |_| {
        let all = grid.shown();
        let first = (top.get() / ROW).saturating_sub(MORE).min(all);
        (first, (first + tall.get() / ROW + 2 * MORE).min(all), all)
    });
    let rows = Memo::new(move |_| {
        grid.beat.track();
        let (first, last, _) = range.get();
        grid.slice(first..last)
    });
    let heads = COLUMNS.map(|words| view! { <th role="columnheader" scope="col">{t(words)}</th> });
    let gap = move |rows: usize| format!("{}px", rows * ROW);
    view! {
        <div
            class="nodes-list"
            node_ref=scroller
            tabindex="0"
            role="region"
            aria-label=t("Nodes")
            on:scroll=move |_| scrolled()
        >
            <table data-testid="node-list" aria-rowcount=move || (range.get().2 + 1).to_string()>
                <thead>
                    <tr aria-rowindex="1">{heads}</tr>
                </thead>
                <tbody>
                    <tr aria-hidden="true" style:height=move || gap(range.get().0)></tr>
                    <For
                        each=move || rows.get()
                        key=|(n, cell)| (*n, cell.clone())
                        children=|(n, cell)| view! { <Row n cell /> }
                    />
                    <tr aria-hidden="true" style:height=move || gap(range.get().2 - range.get().1)></tr>
                </tbody>
            </table>
        </div>
    }
}
