//! From animation frames to simulated time; the only reader of the browser's clock.

use super::screen::Screen;
use super::session::Dispatch;
use crate::cluster::SimSpan;
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Milliseconds of one frame that the simulation may use.
const BUDGET_MS: f64 = 6.0;

/// A frame counts for at most this long: after a stall, time goes on where it was.
const FRAME_MS_MAX: f64 = 100.0;

type Callback = Rc<RefCell<Option<Closure<dyn FnMut(f64)>>>>;

/// Starts the loop; it runs for as long as the page does. A hidden tab gets no frames: it is paused.
pub fn start(dispatch: Dispatch, screen: Screen) {
    let callback: Callback = Rc::default();
    let again = callback.clone();
    let mut last: Option<f64> = None;
    let mut rest = 0.0;
    *callback.borrow_mut() = Some(Closure::new(move |now: f64| {
        let passed = last.map_or(0.0, |last| (now - last).clamp(0.0, FRAME_MS_MAX));
        last = Some(now);
        if screen.playing.get_untracked() && !document().hidden() {
            rest += passed * screen.speed.get_untracked();
            let whole = rest.floor();
            rest -= whole;
            let until = clock() + BUDGET_MS;
            dispatch.advance(SimSpan::from_millis(whole as u64), || clock() < until);
        }
        request(&again);
    }));
    request(&callback);
}

fn request(callback: &Callback) {
    if let Some(closure) = callback.borrow().as_ref() {
        let asked = window().request_animation_frame(closure.as_ref().unchecked_ref());
        asked.expect("a window gives animation frames");
    }
}

/// The browser's clock in milliseconds.
fn clock() -> f64 {
    window()
        .performance()
        .map_or(0.0, |performance| performance.now())
}
