//! A change sweeps over its cell.

use super::canvas::{Canvas, Sweep};
use super::colors::context;
use crate::view::Cell;
use web_sys::HtmlCanvasElement;

/// How long a change sweeps over its cell, in milliseconds.
const SWEEP_MS: f64 = 220.0;

/// More changes at once are drawn without a sweep.
const SWEEPS_MAX: usize = 400;

impl Canvas {
    /// Draws the cells that changed; true while something sweeps.
    pub fn change(
        &mut self,
        canvas: &HtmlCanvasElement,
        cells: &[Cell],
        changed: &[u32],
        now: f64,
    ) {
        let Some(pen) = context(canvas) else { return };
        for i in changed {
            let place = self
                .places
                .get(*i as usize)
                .map_or(u32::MAX, |place| *place) as usize;
            let (Some(old), Some(cell)) = (self.drawn.get(place).copied(), cells.get(*i as usize))
            else {
                continue;
            };
            if old == cell.look || !self.visible(place) {
                self.set(place, cell.look);
                continue;
            }
            self.set(place, cell.look);
            self.sweeps.retain(|sweep| sweep.at != place);
            if self.calm || self.sweeps.len() >= SWEEPS_MAX {
                self.cell(&pen, place, cell.look, 1.0);
            } else {
                self.sweeps.push(Sweep {
                    at: place,
                    old,
                    start: now,
                });
            }
        }
        self.sweep(canvas, now);
    }

    /// Goes on with the sweeps; true while there are some.
    pub fn sweep(&mut self, canvas: &HtmlCanvasElement, now: f64) -> bool {
        let Some(pen) = context(canvas) else {
            return false;
        };
        let sweeps = std::mem::take(&mut self.sweeps);
        for sweep in sweeps {
            let part = ((now - sweep.start) / SWEEP_MS).clamp(0.0, 1.0);
            let Some(look) = self.drawn.get(sweep.at).copied() else {
                continue;
            };
            if part < 1.0 {
                self.cell(&pen, sweep.at, sweep.old, 1.0);
            }
            self.cell(&pen, sweep.at, look, part);
            if part < 1.0 {
                self.sweeps.push(sweep);
            }
        }
        self.outlines(&pen);
        !self.sweeps.is_empty()
    }
}
