//! How tall the place under the time line is: drag the grip, or press an arrow on it.

use super::tab::use_bottom;
use crate::app::ui::options::{keep, kept};
use crate::app::words::t;
use leptos::{ev, prelude::*};

/// Least, usual, large and most, in hundredths of the window's height.
const LEAST: u32 = 12;
const USUAL: u32 = 22;
const LARGE: u32 = 55;
const MOST: u32 = 75;

/// What an arrow adds or takes.
const STEP: u32 = 4;

/// How far the middle of the grip is from the upper end, in pixels.
const MIDDLE: f64 = 16.0;

const KEPT: &str = "bottom";

/// The height that was chosen last on this browser; zero when it never was.
pub fn remembered() -> u32 {
    let height = kept(KEPT).and_then(|text| text.parse().ok());
    height.map_or(0, limited)
}

fn limited(height: u32) -> u32 {
    height.clamp(LEAST, MOST)
}

/// The height after a key; nothing for keys that mean something else.
fn keyed(height: u32, key: &str) -> Option<u32> {
    Some(limited(match key {
        "ArrowUp" => height + STEP,
        "ArrowDown" => height - STEP,
        "Home" => LEAST,
        "End" => MOST,
        "Enter" | " " if height < LARGE => LARGE,
        "Enter" | " " => USUAL,
        _ => return None,
    }))
}

/// The height for which the grip lies under the pointer.
fn pointed(event: &ev::PointerEvent) -> Option<u32> {
    let window = window().inner_height().ok()?.as_f64()?;
    let height = window - f64::from(event.client_y()) + MIDDLE;
    Some(limited((height * 100.0 / window) as u32))
}

/// The grip.
#[component]
pub fn Grip() -> impl IntoView {
    let height = use_bottom().height;
    let now = move || match height.get() {
        0 => USUAL,
        chosen => chosen,
    };
    let set = move |to: u32| {
        height.set(to);
        keep(KEPT, &to.to_string());
    };
    view! {
        <div
            class="grip"
            role="separator"
            tabindex="0"
            data-testid="grip"
            aria-label=t("Height of the lower part")
            title=t("Height of the lower part")
            aria-valuenow=move || now().to_string()
            on:pointerdown=move |event| {
                // Without a hold on the pointer it would end at the grip's border.
                let _ = event_target::<web_sys::Element>(&event).set_pointer_capture(event.pointer_id());
            }
            on:pointermove=move |event| {
                if event.buttons() != 0 && let Some(to) = pointed(&event) {
                    set(to);
                }
            }
            on:keydown=move |event| {
                if let Some(to) = keyed(now(), &event.key()) {
                    event.prevent_default();
                    set(to);
                }
            }
        ></div>
    }
}
