//! The cluster's events: newest first, filtered; a click goes to the moment, or describes the object.

use super::field::Field;
use super::moment::Moment;
use crate::app::console::RunLine;
use crate::app::session::use_dispatch;
use crate::app::ui::beat;
use crate::app::words::{t, tell, w};
use crate::say;
use crate::view::events::{EventFilter, EventRow, events};
use leptos::prelude::*;

/// The table of events.
#[component]
pub fn Events() -> impl IntoView {
    let (dispatch, beat) = (use_dispatch(), beat());
    let filter = RwSignal::new(EventFilter::default());
    let found = Memo::new(move |_| {
        beat.track();
        dispatch.cluster(|cluster| filter.with(|filter| events(cluster, filter)))
    });
    let rows = move || found.with(|(rows, _)| rows.clone());
    let row = |row: EventRow| {
        view! {
            <tr data-testid="event" data-type=row.kind.to_string() data-reason=row.reason.to_string()>
                <td><Moment elapsed=row.elapsed /></td>
                <td>{row.kind.to_string()}</td>
                <td>{row.reason.to_string()}</td>
                <td><RunLine line=row.describe text=row.object /></td>
                <td>{(row.count > 1).then(|| format!("×{} ", row.count))}{row.message}</td>
                <td>{row.source.to_string()}</td>
            </tr>
        }
    };
    // A row whose count grew is another row.
    let key = |row: &EventRow| (row.uid.clone(), row.count, row.elapsed);
    let beyond = move || {
        let (shown, more) = found.with(|(rows, more)| (rows.len(), *more));
        let words = if more > 0 {
            say!("{} shown, {} older left out", &shown, &more)
        } else {
            say!("{} shown", &shown)
        };
        tell(&words)
    };
    view! {
        <div class="filters">
            <Field words=w("Object") testid="events-object" change=move |x| filter.update(|f| f.object = x) />
            <Field words=w("Reason") testid="events-reason" change=move |x| filter.update(|f| f.reason = x) />
            <label>
                <span>{t("Type")}</span>
                <select
                    data-testid="events-type"
                    on:change:target=move |e| filter.update(|f| f.kind = e.target().value())
                >
                    <option value="">{t("all")}</option>
                    <option value="Normal">"Normal"</option>
                    <option value="Warning">"Warning"</option>
                </select>
            </label>
            <span class="dim">{beyond}</span>
        </div>
        <div class="table" tabindex="0" role="region" aria-label=t("Events")>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{t("When")}</th>
                        <th scope="col">{t("Type")}</th>
                        <th scope="col">{t("Reason")}</th>
                        <th scope="col">{t("Object")}</th>
                        <th scope="col">{t("Message")}</th>
                        <th scope="col">{t("From")}</th>
                    </tr>
                </thead>
                <tbody><For each=rows key=key children=row /></tbody>
            </table>
        </div>
    }
}
