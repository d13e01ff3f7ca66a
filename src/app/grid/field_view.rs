//! The field on the page: one canvas; for screen readers, a list of one option, the cell in focus.

use super::field::Field;
use super::fingers::Fingers;
use super::legend::{Tip, words};
use super::pointer;
use super::room;
use super::zoom::Zoom;
use crate::app::words::t;
use leptos::{ev, prelude::*};

/// The field.
#[component]
pub fn FieldView() -> impl IntoView {
    let field = Field::new();
    let grid = field.screen.grid;
    field
        .element
        .on_load(move |_| request_animation_frame(move || field.lay()));
    Effect::new(move |_| {
        grid.beat.track();
        field.changed();
    });
    Effect::new(move |_| {
        let _ = (field.screen.lit.get(), grid.groups.track());
        let _ = (field.screen.selection.track(), grid.picked.track());
        grid.dress.track();
        field.lay();
    });
    room::watch(field);
    let fingers = StoredValue::new(Fingers::default());
    let key = move |event: ev::KeyboardEvent| field.key(&event);
    let here = move || {
        grid.beat.track();
        let cell = grid.nth(grid.focus.get());
        cell.map(|cell| words(&cell)).unwrap_or_default()
    };
    view! {
        <div class="field">
            <div
                node_ref=field.scroller
                class="field-scroll"
                data-testid="field"
                data-count=move || grid.shown().to_string()
                role="listbox"
                tabindex="0"
                aria-label=t("Nodes")
                aria-activedescendant="field-cell"
                on:scroll=move |_| field.scrolled()
                on:keydown=key
                on:wheel=move |event| pointer::wheel(field, &event)
                on:pointerdown=move |event| pointer::down(field, fingers, &event)
                on:pointermove=move |event| pointer::moved(field, fingers, &event)
                on:pointerup=move |event| pointer::up(field, fingers, &event)
                on:pointercancel=move |event| pointer::lost(fingers, &event)
                on:pointerleave=move |_| field.over.set(None)
                on:focus=move |_| field.scrolled()
                on:blur=move |_| field.scrolled()
            >
                <div class="field-space" style:height=move || format!("{}px", field.tall.get())>
                    <canvas node_ref=field.element></canvas>
                    <Titles field />
                </div>
                <span id="field-cell" class="heard" role="option" aria-selected="true" data-testid="field-cell">
                    {here}
                </span>
            </div>
            <Tip field />
            <Zoom field />
        </div>
    }
}

/// The titles of the groups, over the canvas.
#[component]
fn Titles(field: Field) -> impl IntoView {
    let grid = field.screen.grid;
    let titles = move || {
        field.tall.track();
        let titled = grid.asked.with(|asked| !asked.group.is_empty());
        let groups = grid.groups.get();
        let blocks = field
            .canvas
            .with_value(|canvas| canvas.tiles.blocks.clone());
        let title = |(group, block): (&crate::view::Group, &crate::view::tiles::Block)| {
            let name = match group.title.as_str() {
                "" => t("without it").to_owned(),
                title => title.to_owned(),
            };
            let top = format!("{}px", block.top.saturating_sub(21));
            view! { <span style:top=top>{format!("{name} · {}", block.count)}</span> }
        };
        let shown = groups.iter().zip(&blocks).filter(|_| titled);
        shown.map(title).collect_view()
    };
    view! { <div class="field-titles" aria-hidden="true">{titles}</div> }
}
