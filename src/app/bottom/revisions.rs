//! The saved revisions, and which failed pods wait.

use crate::app::words::{t, tell};
use crate::view::Say;
use crate::view::insides::Insides as Head;
use leptos::prelude::*;

/// Revisions and back-off.
#[component]
pub fn Rest(head: Memo<Head>) -> impl IntoView {
    let revision = |(name, number, hash): (String, i64, String)| {
        view! { <tr><td><code>{name}</code></td><td>{number}</td><td><code>{hash}</code></td></tr> }
    };
    let backoff = move || {
        let line = |say: Say| view! { <li>{tell(&say)}</li> };
        let list = head.with(|head| head.backoff.clone());
        (!list.is_empty()).then(|| {
            view! {
                <p><b>{t("Back-off of failed pods")}</b></p>
                <ul>{list.into_iter().map(line).collect_view()}</ul>
            }
        })
    };
    view! {
        <div>
        {backoff}
        <table>
            <caption>{t("Revisions")}</caption>
            <thead>
                <tr>
                    <th scope="col">{t("Name")}</th>
                    <th scope="col">{t("Number")}</th>
                    <th scope="col">{t("Hash")}</th>
                </tr>
            </thead>
            <tbody>{move || head.get().revisions.into_iter().map(revision).collect_view()}</tbody>
        </table>
        </div>
    }
}
