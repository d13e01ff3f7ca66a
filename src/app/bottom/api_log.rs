//! The API server's log: who asked for what, and the answer.

use super::field::Field;
use super::moment::Moment;
use crate::app::session::use_dispatch;
use crate::app::ui::beat;
use crate::app::words::{t, w};
use crate::view::api_log::{CallFilter, CallRow, calls};
use leptos::prelude::*;

/// The table of calls.
#[component]
pub fn ApiLog() -> impl IntoView {
    let (dispatch, beat) = (use_dispatch(), beat());
    let filter = RwSignal::new(CallFilter::default());
    let found = Memo::new(move |_| {
        beat.track();
        dispatch.cluster(|cluster| filter.with(|filter| calls(cluster, filter)))
    });
    let row = |row: CallRow| {
        view! {
            <tr data-testid="call" data-refused=row.refused.to_string()>
                <td><Moment elapsed=row.elapsed /></td>
                <td>{row.actor.to_string()}</td>
                <td>{row.verb}</td>
                <td>{row.kind}</td>
                <td><code>{row.object}</code></td>
                <td class="answer">{row.answer}</td>
            </tr>
        }
    };
    let refused =
        move |event: leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlInputElement>| {
            filter.update(|f| f.refused = event.target().checked());
        };
    view! {
        <div class="filters">
            <Field words=w("Who") testid="api-actor" change=move |x| filter.update(|f| f.actor = x) />
            <Field words=w("Verb") testid="api-verb" change=move |x| filter.update(|f| f.verb = x) />
            <Field words=w("Kind") testid="api-kind" change=move |x| filter.update(|f| f.kind = x) />
            <label class="tick">
                <input type="checkbox" data-testid="api-refused" on:change:target=refused />
                <span>{t("Refused only")}</span>
            </label>
        </div>
        <div class="table" tabindex="0" role="region" aria-label=t("API log")>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{t("When")}</th>
                        <th scope="col">{t("Who")}</th>
                        <th scope="col">{t("Verb")}</th>
                        <th scope="col">{t("Kind")}</th>
                        <th scope="col">{t("Object")}</th>
                        <th scope="col">{t("Answer")}</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || found.get() key=|row| row.number children=row />
                </tbody>
            </table>
        </div>
    }
}
