//! The dense field: one cell a node, on one canvas; for screen readers, a list of one option, the cell in focus.

use super::canvas::{Canvas, Marked};
use super::legend::{Tip, words};
use super::state::{Sight, Undrawn};
use super::zoom::Zoom;
use crate::app::screen::{Screen, Selection, use_screen};
use crate::app::session::{Dispatch, use_dispatch};
use crate::app::words::t;
use crate::view::Cell;
use crate::view::tiles::{SIZE_MAX, SIZE_MIN, Tiles};
use leptos::{ev, html, prelude::*};
use std::collections::BTreeSet;
use web_sys::HtmlCanvasElement;

/// The parts of the field.
#[derive(Clone, Copy)]
pub struct Field {
    pub screen: Screen,
    pub dispatch: Dispatch,
    pub canvas: StoredValue<Canvas, LocalStorage>,
    pub element: NodeRef<html::Canvas>,
    pub scroller: NodeRef<html::Div>,
    /// The size of a cell; 0 fits all of them on the screen.
    pub size: RwSignal<u32>,
    /// The height of the whole field.
    pub tall: RwSignal<u32>,
    /// The cell under the pointer, and where the tip stands.
    pub over: RwSignal<Option<(usize, u32, u32)>>,
    sweeping: StoredValue<bool>,
}

impl Field {
    fn new() -> Self {
        Self {
            screen: use_screen(),
            dispatch: use_dispatch(),
            canvas: StoredValue::new_local(Canvas::default()),
            element: NodeRef::new(),
            scroller: NodeRef::new(),
            size: RwSignal::new(0),
            tall: RwSignal::new(0),
            over: RwSignal::new(None),
            sweeping: StoredValue::new(false),
        }
    }

    fn with(self, act: impl FnOnce(&mut Canvas, &HtmlCanvasElement, &[Cell])) {
        if let Some(element) = self.element.get_untracked() {
            let cells = self.screen.grid.cells;
            cells.with_value(|cells| {
                self.canvas
                    .update_value(|canvas| act(canvas, &element, cells))
            });
        }
    }

    /// Lays the cells out and draws everything.
    pub fn lay(self) {
        let grid = self.screen.grid;
        let Some(scroller) = self.scroller.get_untracked() else {
            return;
        };
        let groups = grid.groups.get_untracked();
        let counts: Vec<usize> = groups.iter().map(|group| group.cells.len()).collect();
        let titled = grid.asked.with_untracked(|asked| !asked.group.is_empty());
        let side = |px: i32| u32::try_from(px).unwrap_or(0);
        let (width, height) = (
            side(scroller.client_width()),
            side(scroller.client_height()),
        );
        let size = self.size.get_untracked();
        let tiles = if size == 0 {
            Tiles::fit(width, height, &counts, titled)
        } else {
            Tiles::new(size, width, &counts, titled)
        };
        crate::app::screen::set(self.tall, tiles.height);
        let top = side(scroller.scroll_top()).min(tiles.height.saturating_sub(height));
        let order = groups
            .iter()
            .flat_map(|group| group.cells.iter().copied())
            .collect();
        let calm = window().match_media("(prefers-reduced-motion: reduce)");
        let calm = calm.ok().flatten().is_some_and(|media| media.matches());
        let marked = self.marked();
        self.with(|canvas, element, cells| {
            canvas.calm = calm;
            (canvas.width, canvas.height, canvas.top) = (width, height, top);
            canvas.tiles = tiles;
            canvas.arrange(order, cells);
            canvas.draw(element, cells, marked);
        });
        grid.undrawn.set_value(Undrawn::Some(Vec::new()));
    }

    /// Draws the part of the field that was scrolled to.
    pub fn scrolled(self) {
        let top = self.scroller.get_untracked().map_or(0, |s| s.scroll_top());
        let marked = self.marked();
        self.with(|canvas, element, cells| {
            canvas.top = u32::try_from(top).unwrap_or(0);
            canvas.draw(element, cells, marked);
        });
    }

    /// Draws what changed.
    fn changed(self) {
        let grid = self.screen.grid;
        let undrawn = grid
            .undrawn
            .try_update_value(|undrawn| std::mem::replace(undrawn, Undrawn::Some(Vec::new())));
        match undrawn {
            Some(Undrawn::Some(list)) => {
                let now = clock();
                self.with(|canvas, element, cells| canvas.change(element, cells, &list, now));
                self.sweep();
            }
            Some(Undrawn::All) | None => self.lay(),
        }
    }

    /// Asks for frames until every sweep is over.
    fn sweep(self) {
        if self.sweeping.get_value() {
            return;
        }
        self.sweeping.set_value(true);
        request_animation_frame(move || {
            // The field may be gone by now.
            if self.sweeping.try_set_value(false).is_some() {
                return;
            }
            let mut more = false;
            self.with(|canvas, element, _| more = canvas.sweep(element, clock()));
            if more {
                self.sweep();
            }
        });
    }

    fn marked(self) -> Marked {
        let grid = self.screen.grid;
        let selected = self.screen.selection.with_untracked(|s| s.node.clone());
        let picked = grid.picked.get_untracked();
        let position = |name: &crate::k8s::Str| grid.position(name);
        let focused = self
            .scroller
            .get_untracked()
            .is_some_and(|s| document().active_element().as_ref() == Some(s.as_ref()));
        Marked {
            lit: self.screen.lit.get_untracked(),
            selected: grid.position(&selected),
            focus: focused.then(|| grid.focus.get_untracked()),
            picked: picked.iter().filter_map(position).collect::<BTreeSet<_>>(),
        }
    }

    /// The cell at a point of the page.
    pub fn hit(self, x: i32, y: i32) -> Option<(usize, u32, u32)> {
        let scroller = self.scroller.get_untracked()?;
        let bounds = scroller.get_bounding_client_rect();
        let x = u32::try_from(x - bounds.left() as i32).ok()?;
        let y = u32::try_from(y - bounds.top() as i32).ok()?;
        let found = self
            .canvas
            .with_value(|canvas| canvas.tiles.hit(x, y + canvas.top))?;
        Some((found, x, y))
    }

    /// Selects the node at a place of the order.
    pub fn select(self, n: usize) {
        let Some(cell) = self.screen.grid.nth(n) else {
            return;
        };
        self.screen.grid.focus.set(n);
        self.screen.selection.set(Selection {
            node: cell.name,
            pod: None,
        });
        self.dispatch.show();
    }

    /// Adds the node at a place to those picked, or takes it out.
    pub fn pick(self, n: usize) {
        if let Some(cell) = self.screen.grid.nth(n) {
            self.screen.grid.focus.set(n);
            self.screen.grid.pick(&cell.name);
        }
    }

    /// Larger or smaller cells; beyond the largest the field turns into the cards around a cell.
    pub fn zoom(self, larger: bool, around: usize) {
        let now = self.canvas.with_value(|canvas| canvas.tiles.size);
        let next = if larger {
            (now * 5 / 4).max(now + 2)
        } else {
            now * 4 / 5
        };
        if larger && now >= SIZE_MAX {
            let grid = self.screen.grid;
            grid.window.set(around);
            grid.sight.set(Sight::Cards);
            self.dispatch.show();
            return;
        }
        self.size.set(next.clamp(SIZE_MIN, SIZE_MAX));
        self.lay();
        self.reveal(around);
    }

    /// Scrolls so that a cell is on the screen.
    pub fn reveal(self, n: usize) {
        let Some(scroller) = self.scroller.get_untracked() else {
            return;
        };
        let place = self
            .canvas
            .with_value(|c| c.tiles.place(n).map(|(_, y)| (y, c.tiles.size)));
        let Some((y, size)) = place else { return };
        let (top, height) = (scroller.scroll_top(), scroller.client_height());
        let (y, size) = (
            i32::try_from(y).unwrap_or(0),
            i32::try_from(size).unwrap_or(0),
        );
        if y < top + size {
            scroller.set_scroll_top((y - size).max(0));
        } else if y + 2 * size > top + height {
            scroller.set_scroll_top(y + 2 * size - height);
        }
        self.scrolled();
    }

    fn key(self, event: &ev::KeyboardEvent) {
        let grid = self.screen.grid;
        let at = grid.focus.get_untracked();
        let to = self
            .canvas
            .with_value(|canvas| canvas.tiles.step(at, &event.key(), grid.shown_untracked()));
        if let Some(to) = to {
            event.prevent_default();
            event.stop_propagation();
            grid.focus.set(to);
            self.reveal(to);
            return;
        }
        match event.key().as_str() {
            "Enter" => self.select(at),
            " " => self.pick(at),
            "+" | "=" => self.zoom(true, at),
            "-" => self.zoom(false, at),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }
}

fn clock() -> f64 {
    window().performance().map_or(0.0, |p| p.now())
}

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
        field.lay();
    });
    super::zoom::watch(field);
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
