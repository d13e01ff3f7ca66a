//! Time between the frames: long work goes on slice by slice, each a task of its own, so that frames and keys come
//! between.

use crate::cluster::Remains;
use leptos::prelude::*;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::Duration;
use wasm_bindgen::prelude::*;
use web_sys::{MessageChannel, MessagePort};

/// Milliseconds of one slice: while frames have little to do, and while time is played.
const SLICE_MS: f64 = 20.0;
const SLICE_MS_PLAYING: f64 = 4.0;

/// Pieces of memory that are given back between two looks at the clock.
const PIECES: usize = 16;

type Task = Box<dyn FnOnce()>;

/// Tasks that wait for their turn, and the port that asks for turns.
struct Turns {
    tasks: RefCell<VecDeque<Task>>,
    port: Option<MessagePort>,
}

thread_local! {
    static TURNS: Turns = Turns::open();
}

impl Turns {
    fn open() -> Self {
        let port = MessageChannel::new().ok().map(|channel| {
            let turn = Closure::<dyn FnMut()>::new(|| {
                let task = TURNS.with(|turns| turns.tasks.borrow_mut().pop_front());
                if let Some(task) = task {
                    task();
                }
            });
            let port = channel.port1();
            port.set_onmessage(Some(turn.as_ref().unchecked_ref()));
            // It listens for as long as the page is there.
            turn.forget();
            channel.port2()
        });
        Self {
            tasks: RefCell::default(),
            port,
        }
    }
}

/// Runs a task in a turn of its own, after what the browser has to do by then. A timer would do the same, but
/// browsers let nested timers wait for 4 ms each.
pub fn soon(task: impl FnOnce() + 'static) {
    TURNS.with(|turns| match &turns.port {
        Some(port) => {
            turns.tasks.borrow_mut().push_back(Box::new(task));
            // A message that holds nothing can always be sent.
            let _ = port.post_message(&JsValue::NULL);
        }
        None => set_timeout(task, Duration::ZERO),
    });
}

/// The time of one slice.
pub struct Slice {
    clock: Option<web_sys::Performance>,
    until: f64,
    /// What knows whether a key or a click waits, where the browser says so.
    scheduling: JsValue,
    pending: Option<js_sys::Function>,
}

impl Slice {
    pub fn begin(playing: bool) -> Self {
        let field = |of: &JsValue, name: &str| js_sys::Reflect::get(of, &name.into()).ok();
        let scheduling = field(window().navigator().as_ref(), "scheduling").unwrap_or_default();
        let pending = field(&scheduling, "isInputPending").and_then(|f| f.dyn_into().ok());
        let span = if playing { SLICE_MS_PLAYING } else { SLICE_MS };
        Self {
            clock: window().performance(),
            until: clock() + span,
            scheduling,
            pending,
        }
    }

    /// There is time left, and nobody waits for the page.
    pub fn more(&self) -> bool {
        let waits = |pending: &js_sys::Function| {
            let waits = pending.call0(&self.scheduling);
            waits.is_ok_and(|waits| waits.is_truthy())
        };
        let now = self
            .clock
            .as_ref()
            .map_or(f64::MAX, web_sys::Performance::now);
        now < self.until && !self.pending.as_ref().is_some_and(waits)
    }
}

/// Gives the memory of clusters back between the frames.
pub fn give_back(mut remains: Remains) {
    soon(move || {
        // Nobody waits for it: it takes short slices, so that what is on the screen goes first.
        let turn = Slice::begin(true);
        while remains.crumble(PIECES) {
            if !turn.more() {
                return give_back(remains);
            }
        }
    });
}

/// The browser's clock in milliseconds.
pub fn clock() -> f64 {
    window().performance().map_or(0.0, |p| p.now())
}
