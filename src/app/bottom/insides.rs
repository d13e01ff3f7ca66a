//! The DaemonSet controller's insides: work queue, expectations, last plan, revisions, back-off.

use super::revisions::Rest;
use crate::app::session::use_dispatch;
use crate::app::ui::beat;
use crate::app::words::{t, tell};
use crate::say;
use crate::view::Say;
use crate::view::insides::{Insides as Head, QueueRow, SetInside, insides};
use leptos::prelude::*;

/// What the controller has in its head.
#[component]
pub fn Insides() -> impl IntoView {
    let (dispatch, beat) = (use_dispatch(), beat());
    let head = Memo::new(move |_| {
        beat.track();
        dispatch.cluster(insides)
    });
    let syncs = move || {
        let (syncs, nodes) = head.with(|head| (head.syncs, head.nodes_waiting));
        tell(&say!(
            "{} syncs so far, {} nodes wait to be looked at",
            &syncs,
            &nodes
        ))
    };
    view! {
        <div class="filters">
            <button data-testid="step-sync" on:click=move |_| dispatch.step_sync()>
                {t("Step by one sync")}
            </button>
            <span class="dim" data-testid="syncs">{syncs}</span>
        </div>
        <div class="table inside" tabindex="0" role="region" aria-label=t("Insides")>
            <Queue head />
            <Sets head />
            <Rest head />
        </div>
    }
}

/// The work queue.
#[component]
fn Queue(head: Memo<Head>) -> impl IntoView {
    let row = |row: QueueRow| {
        view! {
            <tr data-testid="queued">
                <td><code>{row.key}</code></td>
                <td>{tell(&row.state)}</td>
                <td>{row.failures}</td>
            </tr>
        }
    };
    let empty = move || {
        let empty = head.with(|head| head.queue.is_empty());
        empty
            .then(|| view! { <tr><td colspan="3" class="dim">{t("The queue is empty.")}</td></tr> })
    };
    view! {
        <table>
            <caption>{t("Work queue")}</caption>
            <thead>
                <tr>
                    <th scope="col">{t("Key")}</th>
                    <th scope="col">{t("State")}</th>
                    <th scope="col">{t("Failures")}</th>
                </tr>
            </thead>
            <tbody>
                {move || head.get().queue.into_iter().map(row).collect_view()}
                {empty}
            </tbody>
        </table>
    }
}

/// What it expects and did, for each DaemonSet.
#[component]
fn Sets(head: Memo<Head>) -> impl IntoView {
    let row = |set: SetInside| {
        let line = |say: Say| view! { <li>{tell(&say)}</li> };
        view! {
            <tr data-testid="inside">
                <td><code>{set.key}</code></td>
                <td>{tell(&set.synced)}</td>
                <td>{tell(&set.expects)}</td>
                <td><ul>{set.plan.into_iter().map(line).collect_view()}</ul></td>
            </tr>
        }
    };
    view! {
        <table>
            <caption>{t("DaemonSets")}</caption>
            <thead>
                <tr>
                    <th scope="col">{t("Key")}</th>
                    <th scope="col">{t("Last sync")}</th>
                    <th scope="col">{t("Expects")}</th>
                    <th scope="col">{t("Last plan")}</th>
                </tr>
            </thead>
            <tbody>{move || head.get().sets.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}
