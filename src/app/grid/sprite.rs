//! Each look of a cell is drawn once and copied from then on.

use super::colors::{Colors, context};
use super::draw::node;
use crate::k8s::Str;
use crate::k8s::ordered::BTreeMap;
use crate::view::{Counted, Look};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlCanvasElement;

/// Looks that were drawn, for one size and theme.
#[derive(Default)]
pub struct Sprites {
    drawn: BTreeMap<(Look, bool), HtmlCanvasElement>,
    size: u32,
    ratio: f64,
    pub colors: Colors,
}

impl Sprites {
    /// Forgets everything when size, resolution or theme are others; true when they are.
    pub fn fit(&mut self, size: u32, ratio: f64, colors: Colors) -> bool {
        let same = self.size == size && self.ratio.to_bits() == ratio.to_bits();
        if same && self.colors == colors {
            return false;
        }
        *self = Self {
            drawn: BTreeMap::new(),
            size,
            ratio,
            colors,
        };
        true
    }

    /// The picture of a look; `faint` for nodes that the touched counter does not count.
    pub fn get(&mut self, look: Look, faint: bool) -> Option<&HtmlCanvasElement> {
        // What is counted is not drawn.
        let look = Look {
            counted: Counted::default(),
            ..look
        };
        let key = (look, faint);
        if !self.drawn.contains_key(&key) {
            let canvas: HtmlCanvasElement =
                document().create_element("canvas").ok()?.dyn_into().ok()?;
            let side = (f64::from(self.size) * self.ratio).ceil() as u32;
            canvas.set_width(side);
            canvas.set_height(side);
            let pen = context(&canvas)?;
            // A canvas that cannot be scaled shows coarser cells.
            let _ = pen.scale(self.ratio, self.ratio);
            if faint {
                pen.set_global_alpha(0.25);
            }
            node(&pen, look, f64::from(self.size), &self.colors);
            self.drawn.insert(key, canvas);
        }
        self.drawn.get(&key)
    }
}

/// The short form of a node's name for a cell: its end, as that is what differs.
pub fn short(name: &Str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let from = letters.len().saturating_sub(7);
    letters[from..].iter().collect()
}
