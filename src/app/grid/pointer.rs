//! The pointer on the field: wheel, pinch, drag, click.

use super::field::Field;
use super::fingers::Fingers;
use leptos::{ev, prelude::*};

/// A drag shorter than this is a click.
const CLICK_PX: i32 = 5;

/// The wheel with a key held zooms; alone it scrolls.
pub fn wheel(field: Field, event: &ev::WheelEvent) {
    if event.ctrl_key() || event.meta_key() {
        event.prevent_default();
        let under = field.hit(event.client_x(), event.client_y());
        let around = under.map_or(field.screen.grid.focus.get_untracked(), |(n, ..)| n);
        field.zoom(event.delta_y() < 0.0, around);
    }
}

/// A finger came down.
pub fn down(field: Field, fingers: StoredValue<Fingers>, event: &ev::PointerEvent) {
    let top = field.scroller.get_untracked().map_or(0, |s| s.scroll_top());
    fingers.update_value(|f| {
        f.down
            .insert(event.pointer_id(), (event.client_x(), event.client_y()));
        f.from = Some((event.client_x(), event.client_y(), top));
        f.moved = f.down.len() > 1;
        f.apart = f.distance();
    });
}

/// A finger or the mouse moved.
pub fn moved(field: Field, fingers: StoredValue<Fingers>, event: &ev::PointerEvent) {
    let (x, y) = (event.client_x(), event.client_y());
    field.over.set(field.hit(x, y));
    let mut zoom = None;
    let mut scroll = None;
    fingers.update_value(|f| {
        if let Some(finger) = f.down.get_mut(&event.pointer_id()) {
            *finger = (x, y);
        }
        match (f.down.len(), f.from) {
            (1, Some((from_x, from_y, top))) => {
                f.moved |= (x - from_x).abs() + (y - from_y).abs() > CLICK_PX;
                // A finger scrolls by itself; a mouse drags.
                if f.moved && event.pointer_type() == "mouse" {
                    scroll = Some(top + from_y - y);
                }
            }
            (2.., _) => {
                let apart = f.distance();
                if (apart - f.apart).abs() > 24 {
                    zoom = Some(apart > f.apart);
                    f.apart = apart;
                }
            }
            _ => {}
        }
    });
    if let (Some(top), Some(scroller)) = (scroll, field.scroller.get_untracked()) {
        scroller.set_scroll_top(top);
    }
    if let Some(larger) = zoom {
        let under = field.hit(x, y);
        let around = under.map_or(field.screen.grid.focus.get_untracked(), |(n, ..)| n);
        field.zoom(larger, around);
    }
}

/// A finger went up: a click, unless it has moved.
pub fn up(field: Field, fingers: StoredValue<Fingers>, event: &ev::PointerEvent) {
    let mut click = false;
    fingers.update_value(|f| {
        click = f.down.remove(&event.pointer_id()).is_some() && !f.moved;
        f.from = None;
    });
    let under = field.hit(event.client_x(), event.client_y());
    if let Some((n, ..)) = under.filter(|_| click) {
        if event.shift_key() {
            field.reach(n);
        } else if event.ctrl_key() || event.meta_key() {
            field.pick(n);
        } else {
            field.select(n);
        }
    }
}

/// The browser took a finger for itself.
pub fn lost(fingers: StoredValue<Fingers>, event: &ev::PointerEvent) {
    fingers.update_value(|f| {
        f.down.remove(&event.pointer_id());
    });
}
