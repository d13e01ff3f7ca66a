//! The controller's checks in its order, with the values compared.

use super::place::{LineOf, Places};
use super::trials::Trials;
use crate::app::words::{t, tell, w};
use crate::view::{Check, Outcome, Verdict};
use leptos::prelude::*;

/// The list of checks.
#[component]
pub fn Checks(verdict: Memo<Option<Verdict>>, places: Memo<Places>) -> impl IntoView {
    let list = move || {
        let item = |check: Check| {
            let (outcome, sign, heard) = match check.outcome {
                Outcome::Pass => ("pass", "✓", w("passed")),
                Outcome::Fail => ("fail", "✗", w("failed")),
                Outcome::Skipped => ("skipped", "·", w("not asked")),
            };
            let details = check
                .details
                .iter()
                .map(|say| view! { <small>{tell(say)}</small> });
            let trials = (!check.trials.is_empty()).then(|| {
                view! { <Trials trials=check.trials places /> }
            });
            view! {
                <li data-testid="check" data-outcome=outcome>
                    <span aria-hidden="true">{sign}</span>
                    <div>
                        <span class="heard">{t(heard)}": "</span>
                        {tell(&check.title)}
                        <LineOf path=check.path places />
                        {details.collect_view()}
                        {trials}
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
