//! The revisions of the DaemonSet in front, newest first, and how far the newest is rolled out.

use crate::app::session::use_dispatch;
use crate::app::words::{t, tell};
use crate::say;
use crate::view::{RevisionRow, SetRow};
use leptos::prelude::*;

/// The hue of a revision's number: one of six in turn, grey for none.
pub fn hue(number: i64) -> String {
    hue_number(number).to_string()
}

/// The hue as a number.
pub fn hue_number(number: i64) -> usize {
    usize::try_from(number - 1).map_or(0, |n| n % 6 + 1)
}

/// How many revisions stand here; the console lists the others.
const SHOWN: usize = 4;

/// The list of revisions.
#[component]
pub fn Revisions(front: Memo<Option<SetRow>>) -> impl IntoView {
    let rows = Memo::new(move |_| {
        let rows = front.with(|f| {
            f.as_ref()
                .map(|row| row.revisions.clone())
                .unwrap_or_default()
        });
        rows.into_iter().rev().take(SHOWN).collect::<Vec<_>>()
    });
    // Without their pods, which change all the time while one is rolled out.
    let named = Memo::new(move |_| {
        let without = |row| RevisionRow { pods: 0, ..row };
        rows.get().into_iter().map(without).collect::<Vec<_>>()
    });
    let list = move || {
        named
            .get()
            .into_iter()
            .map(|row| item(row, front))
            .collect_view()
    };
    let words = move || {
        front.with(|f| {
            let row = f.as_ref()?;
            let (done, all) = (row.counters.updated, row.counters.desired);
            Some(if row.rolling() {
                tell(&say!("rolling out · {} of {}", &done, &all))
            } else {
                String::new()
            })
        })
    };
    let bar = move || {
        let rows = rows.get();
        let all: i64 = rows.iter().map(|row| row.pods).sum::<i64>().max(1);
        let piece = move |row: RevisionRow| {
            let part = format!("{}%", row.pods * 100 / all);
            view! { <i data-hue=hue(row.number) style:--part=part></i> }
        };
        rows.into_iter().map(piece).collect_view()
    };
    view! {
        <div class="revisions">
            <div class="list">
                <small class="dim">{words}</small>
                {list}
            </div>
            <div class="progress" aria-hidden="true">{bar}</div>
        </div>
    }
}

fn item(row: RevisionRow, front: Memo<Option<SetRow>>) -> impl IntoView {
    let dispatch = use_dispatch();
    let number = row.number;
    let back = move |_| {
        if let Some(set) = front.get_untracked() {
            dispatch.line(&format!(
                "kubectl rollout undo ds/{} -n {} --to-revision={number}",
                set.name, set.namespace
            ));
        }
    };
    let title = if row.cause.is_empty() {
        row.image.to_string()
    } else {
        row.cause.to_string()
    };
    let button = (!row.current).then(|| {
        view! {
            <button
                data-testid="undo"
                aria-label=tell(&say!("Undo to revision {}", &number))
                on:click=back
            >
                {t("Undo")}
            </button>
        }
    });
    view! {
        <span
            class="revision"
            data-testid="revision"
            data-number=number.to_string()
            data-current=row.current.to_string()
            data-hue=hue(number)
            title=title
        >
            {t("revision")}
            " "
            <b>{number}</b>
            {button}
        </span>
    }
}
