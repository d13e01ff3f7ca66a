//! The controller's checks in its order, and the smallest change that flips the verdict.

use crate::app::session::use_dispatch;
use crate::view::{Check, Fix, Outcome, Verdict};
use leptos::prelude::*;

/// The list of checks.
#[component]
pub fn Checks(verdict: Memo<Option<Verdict>>) -> impl IntoView {
    let list = move || {
        let item = |check: Check| {
            let (outcome, sign, heard) = match check.outcome {
                Outcome::Pass => ("pass", "✓", "passed: "),
                Outcome::Fail => ("fail", "✗", "failed: "),
                Outcome::Skipped => ("skipped", "·", "not asked: "),
            };
            let details = check
                .details
                .into_iter()
                .map(|text| view! { <small>{text}</small> });
            view! {
                <li data-testid="check" data-outcome=outcome>
                    <span aria-hidden="true">{sign}</span>
                    <div>
                        <span class="heard">{heard}</span>
                        {check.title}
                        {details.collect_view()}
                    </div>
                </li>
            }
        };
        let checks = verdict
            .get()
            .map(|verdict| verdict.checks)
            .unwrap_or_default();
        checks.into_iter().map(item).collect_view()
    };
    view! { <ul class="checks">{list}</ul> }
}

/// The changes that would flip the verdict.
#[component]
pub fn FixView(verdict: Memo<Option<Verdict>>) -> impl IntoView {
    let dispatch = use_dispatch();
    let fixes = Memo::new(move |_| verdict.with(|v| v.as_ref().map(|v| v.fixes.clone())));
    let body = move || {
        let fixes = fixes.get().filter(|fixes| !fixes.is_empty())?;
        let text = fixes[0].text.clone();
        let button = |(i, fix): (usize, Fix)| {
            let run = move |_| {
                dispatch.line(&fix.line);
            };
            view! {
                <button class=if i == 0 { "primary" } else { "" } data-testid="fix" on:click=run>
                    {fix.label}
                </button>
            }
        };
        let buttons = fixes.into_iter().enumerate().map(button).collect_view();
        Some(view! {
            <div class="fix">
                <b>"Smallest change that places it"</b>
                <pre>{text}</pre>
                <div class="row wrap">{buttons}</div>
            </div>
        })
    };
    view! { {body} }
}
