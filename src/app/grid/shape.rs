//! How a pod is drawn.

use super::colors::Colors;
use super::draw::dashes;
use crate::view::{Dot, PodState};
use std::f64::consts::{PI, TAU};
use web_sys::CanvasRenderingContext2d as Context;

/// The pod: its shape is its state, its hue its revision; with room, the revision's number.
pub fn pod(pen: &Context, dot: Dot, (x, y): (f64, f64), r: f64, colors: &Colors) {
    let color = if dot.troubled && dot.state != PodState::Available {
        &colors.bad
    } else {
        colors.revision(dot.revision)
    };
    pen.set_fill_style_str(color);
    pen.set_stroke_style_str(color);
    pen.set_line_width((r / 3.0).clamp(1.0, 3.0));
    let solid = outline(pen, dot.state, (x, y), r, colors);
    dashes(pen, &[]);
    if r >= 8.0 && dot.state != PodState::Failed {
        pen.set_fill_style_str(if solid {
            &colors.on_revision
        } else {
            &colors.ink
        });
        pen.set_font(&format!("700 {}px {}", (r * 0.95).round(), colors.mono));
        pen.set_text_align("center");
        pen.set_text_baseline("middle");
        let below = if dot.state == PodState::CrashLoop {
            r * 0.35
        } else {
            0.5
        };
        let text = format!(
            "{}{}",
            dot.revision,
            if r >= 14.0 { dot.state.tick() } else { "" }
        );
        // Text that does not fit is left out.
        let _ = pen.fill_text_with_max_width(&text, x, y + below, r * 1.9);
    }
}

/// Draws the shape of a state; true when it is filled.
fn outline(pen: &Context, state: PodState, (x, y): (f64, f64), r: f64, colors: &Colors) -> bool {
    pen.begin_path();
    // An arc with a radius that is not negative is never refused.
    let ring = |from: f64, to: f64, r: f64| {
        let _ = pen.arc(x, y, r.max(0.0), from, to);
    };
    match state {
        PodState::Available => {
            pen.rect(x - r, y - r, 2.0 * r, 2.0 * r);
            pen.fill();
            true
        }
        PodState::Ready => {
            ring(0.0, TAU, r);
            pen.fill();
            true
        }
        PodState::Running => {
            ring(0.0, TAU, r * 0.85);
            pen.stroke();
            pen.begin_path();
            ring(0.0, TAU, r * 0.4);
            pen.fill();
            false
        }
        PodState::Creating => {
            ring(0.0, TAU, r * 0.85);
            pen.stroke();
            pen.begin_path();
            ring(PI / 2.0, PI * 1.5, r * 0.85);
            pen.fill();
            false
        }
        PodState::Pending => {
            dashes(pen, &[1.5, 1.5]);
            ring(0.0, TAU, r * 0.85);
            pen.stroke();
            false
        }
        PodState::Terminating => {
            dashes(pen, &[(r / 2.0).max(1.5), (r / 2.0).max(1.5)]);
            pen.stroke_rect(x - r * 0.8, y - r * 0.8, r * 1.6, r * 1.6);
            false
        }
        PodState::CrashLoop => {
            pen.move_to(x, y - r);
            pen.line_to(x + r, y + r * 0.9);
            pen.line_to(x - r, y + r * 0.9);
            pen.fill();
            true
        }
        PodState::Failed => {
            pen.set_stroke_style_str(&colors.bad);
            pen.move_to(x - r, y - r);
            pen.line_to(x + r, y + r);
            pen.move_to(x + r, y - r);
            pen.line_to(x - r, y + r);
            pen.stroke();
            false
        }
        PodState::Succeeded => {
            pen.stroke_rect(x - r * 0.8, y - r * 0.8, r * 1.6, r * 1.6);
            false
        }
    }
}
