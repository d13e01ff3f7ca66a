//! The DaemonSet in front: its name, its counters.

use super::revisions::Revisions;
use crate::app::screen::use_screen;
use crate::app::session::use_dispatch;
use crate::app::words::{t, w};
use crate::view::{Counter, Counters, SetRow};
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
            <button class="counter" data-short=short aria-pressed=pressed on:click=touch>
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

/// The name of the DaemonSet in front; with several, a choice.
#[component]
fn SetName() -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let names = Memo::new(move |_| {
        screen
            .sets
            .with(|sets| sets.iter().map(label).collect::<Vec<_>>())
    });
    let choice = move || {
        let names = names.get();
        let options = names.into_iter().map(|(uid, words)| {
            let chosen = uid.clone();
            view! {
                <option value=uid.to_string() prop:selected=move || screen.set.get() == chosen>
                    {words}
                </option>
            }
        });
        options.collect_view()
    };
    let one = Memo::new(move |_| names.with(|names| names.len() < 2));
    let only = move || names.with(|names| names.first().map(|(_, words)| words.clone()));
    view! {
        <div class="set-name">
            <Show
                when=move || one.get()
                fallback=move || {
                    view! {
                        <select
                            aria-label="DaemonSet"
                            data-testid="daemonset"
                            on:change:target=move |event| {
                                screen.set.set(event.target().value().into());
                                dispatch.show();
                            }
                        >
                            {choice}
                        </select>
                    }
                }
            >
                <span data-testid="daemonset">{only}</span>
            </Show>
        </div>
    }
}

fn label(row: &SetRow) -> (crate::k8s::Str, String) {
    (row.uid.clone(), format!("{}/{}", row.namespace, row.name))
}
