//! What applying the text will do, before it is done.

use super::desk::{Outlook, use_desk};
use crate::app::words::{t, tell};
use crate::say;
use crate::view::age;
use crate::view::plan::{Line, Plan};
use leptos::prelude::*;

/// Nodes named in an open line.
const NODES_MAX: usize = 200;

/// The block under the text.
#[component]
pub fn PlanBlock() -> impl IntoView {
    let desk = use_desk();
    let state = move || {
        desk.outlook.with(|outlook| match outlook {
            Outlook::Nothing | Outlook::Same => "same",
            Outlook::Refused => "refused",
            Outlook::Ahead(_) => "ahead",
            Outlook::Known(_) => "known",
        })
    };
    let body = move || {
        match desk.outlook.get() {
        Outlook::Nothing | Outlook::Same => ().into_any(),
        Outlook::Refused => {
            view! { <p class="plan-line" data-tone="trouble">{t("It is refused: nothing changes.")}</p> }
                .into_any()
        }
        Outlook::Ahead(ms) => {
            let say = say!("looking ahead: {} of simulated time so far", &age::short(ms / 1000));
            view! { <p class="plan-line" data-tone="same">{tell(&say)}</p> }.into_any()
        }
        Outlook::Known(plan) => view! { <Lines plan /> }.into_any(),
    }
    };
    view! {
        <section
            class="plan"
            data-testid="plan"
            data-state=state
            data-stale=move || desk.stale.get().to_string()
            aria-label=t("If you apply this")
        >
            <Show when=move || state() != "same">
                <h2>{t("If you apply this")}</h2>
            </Show>
            {body}
        </section>
    }
}

#[component]
fn Lines(plan: Plan) -> impl IntoView {
    let line = |line: Line| {
        let says: Vec<String> = line.says.iter().map(tell).collect();
        let hue = (line.revision > 0).then(|| ((line.revision - 1) % 6 + 1).to_string());
        let about = (!line.about.is_empty())
            .then(|| view! { <span class="about">{line.about.clone()}</span> });
        let text = view! {
            {about}
            <span>{says.join(" · ")}</span>
        };
        let inside = if line.nodes.is_empty() {
            text.into_any()
        } else {
            // A list is made when it is opened: there may be hundreds of nodes in each.
            let (open, nodes) = (RwSignal::new(false), StoredValue::new(line.nodes));
            let list = move || {
                open.get()
                    .then(|| view! { <Nodes nodes=nodes.get_value() /> })
            };
            view! {
                <details on:toggle=move |_| open.set(true)>
                    <summary>{text}</summary>
                    {list}
                </details>
            }
            .into_any()
        };
        view! {
            <li class="plan-line" data-testid="plan-line" data-tone=line.tone.name() data-hue=hue>
                {inside}
            </li>
        }
    };
    view! { <ul>{plan.lines.into_iter().map(line).collect_view()}</ul> }
}

#[component]
fn Nodes(nodes: Vec<(String, String)>) -> impl IntoView {
    let more = nodes.len().saturating_sub(NODES_MAX);
    let item = |(name, detail): (String, String)| {
        view! {
            <li>
                {name}
                <span class="dim">{detail}</span>
            </li>
        }
    };
    let rest = (more > 0).then(|| view! { <li>{tell(&say!("and {} more", &more))}</li> });
    view! {
        <ul class="plan-nodes">
            {nodes.into_iter().take(NODES_MAX).map(item).collect_view()} {rest}
        </ul>
    }
}
