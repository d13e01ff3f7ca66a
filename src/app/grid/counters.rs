//! The DaemonSet in front: its name, its counters.

use super::revisions::Revisions;
use super::set_name::SetName;
use crate::app::screen::use_screen;
use crate::app::words::{t, w};
use crate::view::{Counter, Counters};
use leptos::prelude::*;

type Read = fn(&Counters) -> i64;

const COUNTERS: [(Counter, &str, Read); 6] = [
    (Counter::Desired, w("Desired"), |c| c.desired),
    (Counter::Current, w("Current"), |c| c.current),
    (Counter::Ready, w("Ready"), |c| c.ready),
    (Counter::Updated, w("Up-to-date"), |c| c.updated),
    (Counter::Available, w("Available"), |c| c.available),
    (Counter::Misscheduled, w("Misscheduled"), |c| c.misscheduled),
];

/// The row above the grid.
#[component]
pub fn CountersRow() -> impl IntoView {
    let screen = use_screen();
    let front = Memo::new(move |_| screen.front());
    let counters =
        Memo::new(move |_| front.with(|f| f.as_ref().map(|row| row.counters).unwrap_or_default()));
    let number = move |read: Read| move || counters.with(read).to_string();
    let list = COUNTERS.map(|(counter, name, read)| {
        let short = move || {
            let c = counters.get();
            let behind = if counter == Counter::Misscheduled {
                read(&c) > 0
            } else {
                read(&c) < c.desired
            };
            behind.to_string()
        };
        let pressed = move || (screen.lit.get() == Some(counter)).to_string();
        let touch = move |_| {
            screen.lit.update(|lit| {
                *lit = if *lit == Some(counter) {
                    None
                } else {
                    Some(counter)
                }
            });
        };
        view! {
            <button class="counter" data-counter=format!("{counter:?}").to_lowercase() data-short=short aria-pressed=pressed on:click=touch>
                <small>{t(name)}</small>
                <b>{number(read)}</b>
            </button>
        }
    });
    view! {
        <div class="counters-row">
            <SetName />
            <div
                class="counters"
                data-testid="counters"
                data-desired=number(|c| c.desired)
                data-current=number(|c| c.current)
                data-ready=number(|c| c.ready)
                data-updated=number(|c| c.updated)
                data-available=number(|c| c.available)
                data-misscheduled=number(|c| c.misscheduled)
            >
                {list}
            </div>
            <span class="grow"></span>
            <Revisions front />
        </div>
    }
}
