//! Play, pause, step, speed, the clock.

use super::jump::Jumps;
use super::track::Track;
use crate::app::keep::{BranchMenu, UndoRedo};
use crate::app::screen::use_screen;
use crate::app::session::use_dispatch;
use crate::app::ui::{Icon, IconButton};
use crate::app::words::t;
use crate::view::age;
use leptos::prelude::*;

/// Simulated seconds per second, as the choice writes them.
const SPEEDS: [&str; 10] = [
    "0.25", "0.5", "1", "2", "4", "10", "30", "100", "300", "1000",
];

/// The line of the clock.
#[component]
pub fn Bar() -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let seconds = move || {
        let ms = screen.elapsed.get();
        format!("{}.{:03}", ms / 1000, ms % 1000)
    };
    view! {
        <div class="time" role="group" aria-label=t("When")>
            <div class="row buttons">
                <UndoRedo />
                <Play />
                <IconButton
                    icon="event"
                    label=t("Step by one event")
                    testid="step-event"
                    press=move || dispatch.step_event()
                />
                <IconButton
                    icon="second"
                    label=t("Step by one second")
                    testid="step-second"
                    press=move || dispatch.step_second()
                />
                <Speeds />
                <Jumps />
            </div>
            <Track />
            <span class="clock" data-testid="clock" data-seconds=seconds>
                {move || age::clock(screen.elapsed.get())}
            </span>
            <BranchMenu />
        </div>
    }
}

#[component]
fn Play() -> impl IntoView {
    let playing = use_screen().playing;
    let words = move || if playing.get() { t("Pause") } else { t("Play") };
    let icon = move || {
        let name = if playing.get() { "pause" } else { "play" };
        view! { <Icon name /> }
    };
    view! {
        <button
            class="icon"
            data-testid="play"
            aria-label=words
            aria-pressed=move || playing.get().to_string()
            title=words
            on:click=move |_| playing.update(|playing| *playing = !*playing)
        >
            {icon}
        </button>
    }
}

#[component]
fn Speeds() -> impl IntoView {
    let screen = use_screen();
    let speeds = SPEEDS.map(|speed| {
        let chosen = move || screen.speed.with(ToString::to_string) == speed;
        view! { <option value=speed prop:selected=chosen>{format!("{speed}×")}</option> }
    });
    view! {
        <select
            aria-label=t("Speed")
            title=t("Speed")
            data-testid="speed"
            on:change:target=move |event| {
                if let Ok(speed) = event.target().value().parse() {
                    screen.speed.set(speed);
                }
            }
        >
            {speeds}
        </select>
    }
}
