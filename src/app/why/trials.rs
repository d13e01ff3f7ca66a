//! Each toleration against each taint, for those who want to see it all.

use super::place::{LineOf, Places};
use crate::app::ui::Fold;
use crate::app::words::{t, tell, w};
use crate::view::trial::{Trial, Tried};
use leptos::prelude::*;

/// One table for each taint.
#[component]
pub fn Trials(trials: Vec<Trial>, places: Memo<Places>) -> impl IntoView {
    let row = move |tried: Tried| {
        let sign = if tried.tolerates { "✓" } else { "✗" };
        view! {
            <tr data-testid="trial" data-tolerates=tried.tolerates.to_string()>
                <td>
                    <span aria-hidden="true">{sign}" "</span>
                    <code>{tried.toleration}</code>
                    <small>{tell(&tried.from)}</small>
                    <LineOf path=tried.path places />
                </td>
                <td>{tell(&tried.why)}</td>
            </tr>
        }
    };
    let tables = move || {
        let table = |trial: &Trial| {
            view! {
                <table class="trials">
                    <caption><code>{trial.taint.clone()}</code></caption>
                    <thead>
                        <tr>
                            <th scope="col">{t("Toleration")}</th>
                            <th scope="col">{t("Compared")}</th>
                        </tr>
                    </thead>
                    <tbody>{trial.tried.iter().cloned().map(row).collect_view()}</tbody>
                </table>
            }
        };
        trials.iter().map(table).collect_view()
    };
    view! {
        <Fold title=w("Each toleration against each taint") testid="why-trials">
            {tables.clone()}
        </Fold>
    }
}
