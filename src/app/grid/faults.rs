//! What goes wrong with the cluster as a whole, and right again.

use super::wrong::{Wrong, wrong};
use crate::app::session::use_dispatch;
use crate::app::ui::Menu;
use crate::app::words::{t, w};
use crate::cluster::{Command, Effect, PartId, Rule};
use leptos::prelude::*;

/// Calls of a component that fail, or all of them again succeed.
fn api(off: bool) -> Command {
    if off {
        return Command::ApiHeal;
    }
    let rule = Rule {
        actor: PartId::DaemonSet.name().into(),
        verb: "".into(),
        kind: None,
        effect: Effect::Fail,
        times: None,
    };
    Command::ApiFault { rule }
}

fn part(part: PartId, down: bool) -> Command {
    if down {
        Command::PartStart { part }
    } else {
        Command::PartStop { part }
    }
}

type Deed = (
    &'static str,
    &'static str,
    &'static str,
    fn(&Wrong) -> bool,
    fn(bool) -> Command,
);

/// Name, what to do when all is well, what to do when it is not, which it is, the command.
const DEEDS: [Deed; 5] = [
    (
        "registry",
        w("Image registry down"),
        w("Image registry up again"),
        |wrong| wrong.registry,
        |on| Command::Registry { up: on },
    ),
    (
        "slow-pulls",
        w("Pulls ten times slower"),
        w("Pulls as fast as usual"),
        |wrong| wrong.slow,
        |on| Command::SlowPulls {
            factor: if on { 1 } else { 10 },
        },
    ),
    (
        "api-errors",
        w("API errors for the controller"),
        w("No API errors any more"),
        |wrong| wrong.api,
        api,
    ),
    (
        "controller",
        w("DaemonSet controller down"),
        w("DaemonSet controller up again"),
        |wrong| wrong.controller,
        |on| part(PartId::DaemonSet, on),
    ),
    (
        "scheduler",
        w("Scheduler down"),
        w("Scheduler up again"),
        |wrong| wrong.scheduler,
        |on| part(PartId::Scheduler, on),
    ),
];

/// The menu of the cluster.
#[component]
pub fn Faults() -> impl IntoView {
    let dispatch = use_dispatch();
    let items = move || {
        let wrong = wrong(dispatch);
        DEEDS.map(|(name, down, up, is, command)| {
            let on = is(&wrong);
            view! {
                <button
                    role="menuitem"
                    data-testid=format!("fault-{name}")
                    data-on=on.to_string()
                    on:click=move |_| dispatch.command(command(on))
                >
                    {t(if on { up } else { down })}
                </button>
            }
        })
    };
    view! {
        <Menu label=t("Faults of the cluster") sign=t("Faults") testid="faults">
            {items}
        </Menu>
    }
}
