//! The drawing of the dense field: only cells that changed are drawn again; a change sweeps over its cell.

use super::colors::{Colors, context};
use super::sprite::Sprites;
use crate::k8s::ordered::BTreeSet;
use crate::view::tiles::Tiles;
use crate::view::{Cell, Counter, Look};
use leptos::prelude::*;
use web_sys::HtmlCanvasElement;

/// What stands out on the field.
#[derive(Clone, Default)]
pub struct Marked {
    pub lit: Option<Counter>,
    pub selected: Option<usize>,
    pub focus: Option<usize>,
    pub picked: BTreeSet<usize>,
}

/// A change that is on its way over its cell.
pub struct Sweep {
    pub at: usize,
    pub old: Look,
    pub start: f64,
}

/// The canvas and what it shows.
#[derive(Default)]
pub struct Canvas {
    pub(super) sprites: Sprites,
    pub tiles: Tiles,
    /// The part of the field that is on the screen, in its pixels.
    pub top: u32,
    pub width: u32,
    pub height: u32,
    /// The looks in the order shown, as they were drawn last.
    pub(super) order: Vec<u32>,
    pub(super) drawn: Vec<Look>,
    /// Places in the order by the places in the list of cells.
    pub(super) places: Vec<u32>,
    pub(super) sweeps: Vec<Sweep>,
    pub(super) marked: Marked,
    pub calm: bool,
}

impl Canvas {
    /// Takes a new order.
    pub fn arrange(&mut self, order: Vec<u32>, cells: &[Cell]) {
        self.places = vec![u32::MAX; cells.len()];
        for (n, i) in (0u32..).zip(&order) {
            if let Some(place) = self.places.get_mut(*i as usize) {
                *place = n;
            }
        }
        self.order = order;
        self.sweeps.clear();
    }

    /// Draws all that is on the screen.
    pub fn draw(&mut self, canvas: &HtmlCanvasElement, cells: &[Cell], marked: Marked) {
        self.marked = marked;
        let ratio = window().device_pixel_ratio();
        let side = |css: u32| (f64::from(css) * ratio).round() as u32;
        if canvas.width() != side(self.width) || canvas.height() != side(self.height) {
            canvas.set_width(side(self.width));
            canvas.set_height(side(self.height));
        }
        self.sprites.fit(self.tiles.size, ratio, Colors::read());
        let Some(pen) = context(canvas) else { return };
        // A canvas that cannot be scaled shows the field in another size.
        let _ = pen.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        pen.clear_rect(0.0, 0.0, f64::from(self.width), f64::from(self.height));
        let look = |i: &u32| cells.get(*i as usize).map_or(Look::default(), |c| c.look);
        self.drawn = self.order.iter().map(look).collect();
        self.sweeps.clear();
        for range in self.tiles.between(self.top, self.top + self.height) {
            for n in range {
                self.cell(&pen, n, self.drawn[n], 1.0);
                self.name(&pen, n, cells);
            }
        }
        self.outlines(&pen);
    }
}
