//! The room that the field has.

use super::field::Field;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::ResizeObserver;

/// The field is laid out anew when its room changes: a window, a panel above it, another tab.
pub fn watch(field: Field) {
    let room = StoredValue::new((0, 0));
    let look = Closure::<dyn FnMut()>::new(move || {
        let Some(Some(scroller)) = field.scroller.try_get_untracked() else {
            return;
        };
        let now = (scroller.client_width(), scroller.client_height());
        if room.try_get_value().is_some_and(|before| before != now) {
            room.set_value(now);
            request_animation_frame(move || field.lay());
        }
    });
    let Ok(observer) = ResizeObserver::new(look.as_ref().unchecked_ref()) else {
        return;
    };
    let watching = observer.clone();
    field
        .scroller
        .on_load(move |scroller| watching.observe(&scroller));
    let kept = StoredValue::new_local((observer, look));
    on_cleanup(move || {
        kept.with_value(|(observer, _)| observer.disconnect());
    });
}
