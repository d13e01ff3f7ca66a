//! From animation frames to simulated time; the only place where the browser's time becomes that of the cluster.

use super::screen::Screen;
use super::session::Dispatch;
use crate::app::spare::clock;
use crate::cluster::SimSpan;
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Milliseconds of one frame that the simulation may use: when frames come in time, and when they come late.
const BUDGET_MS: f64 = 6.0;
const BUDGET_MS_LATE: f64 = 3.0;

/// A frame that comes so long after the last one is late.
const LATE_MS: f64 = 20.0;

/// A frame counts for at most this long: after a stall, time goes on where it was.
const FRAME_MS_MAX: f64 = 100.0;

type Callback = Rc<RefCell<Option<Closure<dyn FnMut(f64)>>>>;

/// Starts the loop; it runs for as long as the page does. A hidden tab gets no frames: it is paused.
pub fn start(dispatch: Dispatch, screen: Screen) {
    let callback: Callback = Rc::default();
    let again = callback.clone();
    let mut last: Option<f64> = None;
    let mut rest = 0.0;
    let mut budget = BUDGET_MS;
    let mut played = false;
    *callback.borrow_mut() = Some(Closure::new(move |now: f64| {
        let passed = last.map_or(0.0, |last| (now - last).clamp(0.0, FRAME_MS_MAX));
        last = Some(now);
        let playing = screen.playing.get_untracked();
        if playing && !document().hidden() {
            budget = if passed > LATE_MS {
                BUDGET_MS_LATE
            } else {
                (budget + 0.2).min(BUDGET_MS)
            };
            rest += passed * screen.speed.get_untracked();
            let whole = rest.floor();
            rest -= whole;
            let until = clock() + budget;
            dispatch.advance(SimSpan::from_millis(whole as u64), || clock() < until);
        } else if played && !playing {
            // What is not drawn with every frame is drawn now.
            dispatch.show();
        }
        played = playing;
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
