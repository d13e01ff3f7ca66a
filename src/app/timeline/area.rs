//! The pods by phase as an area behind the marks.

use crate::app::keep::use_keep;
use crate::app::screen::{heed, use_screen};
use crate::app::session::use_dispatch;
use crate::cluster::SimSpan;
use crate::view::phases::{Band, Counts};
use leptos::prelude::*;
use std::fmt::Write;

/// Pieces that the area is cut into.
const BUCKETS: usize = 240;

/// Height of the drawing, and of the room above the highest area.
const HEIGHT: f64 = 20.0;
const ROOM: f64 = 3.0;

/// The area over a line of `end` milliseconds.
#[component]
pub fn Area(end: Memo<u64>) -> impl IntoView {
    let (screen, keep, dispatch) = (use_screen(), use_keep(), use_dispatch());
    // Drawn again when the numbers changed or the line reached another piece, not with every frame.
    let reached = Memo::new(move |_| screen.end.get() * BUCKETS as u64 / end.get().max(1));
    let series = Memo::new(move |_| {
        keep.phases.track();
        heed(reached);
        let span = SimSpan::from_millis(end.get());
        dispatch.phases(|phases, start| {
            (
                phases.series(start, start + span, BUCKETS),
                phases.highest(),
            )
        })
    });
    let paths = Band::ALL.map(|band| {
        let path = move || series.with(|(series, highest)| draw(series, *highest, band));
        view! { <path class="area" data-band=band.name() d=path /> }
    });
    view! { {paths} }
}

/// The shape of one band: from the bands below it up, left to right, and back.
fn draw(series: &[Option<Counts>], highest: u32, band: Band) -> String {
    let scale = (HEIGHT - ROOM) / f64::from(highest);
    let width = 100.0 / series.len() as f64;
    let (mut top, mut bottom) = (String::new(), String::new());
    let mut any = false;
    for (i, counts) in series.iter().enumerate() {
        let Some(counts) = counts else {
            continue;
        };
        let below: u32 = counts[..band as usize].iter().sum();
        let above = below + counts[band as usize];
        any |= above > below;
        let (from, to) = (i as f64 * width, (i + 1) as f64 * width);
        let y = |n: u32| HEIGHT - f64::from(n) * scale;
        let sign = if top.is_empty() { 'M' } else { 'L' };
        // Writing to a string does not fail.
        let _ = write!(top, "{sign}{from:.2} {0:.2}L{to:.2} {0:.2}", y(above));
        bottom.insert_str(0, &format!("L{to:.2} {0:.2}L{from:.2} {0:.2}", y(below)));
    }
    if any {
        format!("{top}{bottom}Z")
    } else {
        String::new()
    }
}
