//! Tables of an object's facts: conditions, and what a node has and holds.

use crate::app::words::t;
use crate::view::facts::{ConditionRow, Facts};
use leptos::prelude::*;

/// The conditions of an object.
pub fn conditions(facts: Memo<Facts>) -> impl IntoView {
    let row = |one: ConditionRow| {
        view! {
            <tr title=one.message>
                <th scope="row">{one.kind}</th>
                <td>{one.status}</td>
                <td>{one.reason}</td>
                <td>{one.since}</td>
            </tr>
        }
    };
    view! {
        <table class="facts-table">
            <thead>
                <tr>
                    <th scope="col">{t("Type")}</th>
                    <th scope="col">{t("Status")}</th>
                    <th scope="col">{t("Reason")}</th>
                    <th scope="col">{t("Since")}</th>
                </tr>
            </thead>
            <tbody>{move || facts.get().conditions.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

/// A node's capacity and pods.
pub fn holds(facts: Memo<Facts>) -> impl IntoView {
    let resource = |(name, capacity, usable): (String, String, String)| {
        view! { <tr><th scope="row">{name}</th><td>{capacity}</td><td>{usable}</td></tr> }
    };
    let pod = |(name, state): (String, String)| {
        view! { <li><code>{name}</code>" "{state}</li> }
    };
    view! {
        <table class="facts-table">
            <thead>
                <tr>
                    <th scope="col">{t("Resource")}</th>
                    <th scope="col">{t("Capacity")}</th>
                    <th scope="col">{t("For pods")}</th>
                </tr>
            </thead>
            <tbody>{move || facts.get().capacity.into_iter().map(resource).collect_view()}</tbody>
        </table>
        <ul class="owners">{move || facts.get().pods.into_iter().map(pod).collect_view()}</ul>
    }
}
