//! A node's menu: what a person at the machine, or at kubectl, can do to it.

use crate::app::bottom::use_bottom;
use crate::app::session::use_dispatch;
use crate::app::words::{t, w};
use crate::cluster::Command;
use crate::k8s::Str;
use crate::view::NodeCard;
use leptos::prelude::*;

type Machine = (&'static str, &'static str, fn(Str) -> Command);

const MACHINE: [Machine; 4] = [
    ("node-stop", w("Stop the kubelet"), |node| {
        Command::NodeStop { node }
    }),
    ("node-start", w("Start the kubelet"), |node| {
        Command::NodeStart { node }
    }),
    ("node-network-down", w("Network down"), |node| {
        Command::NetworkDown { node }
    }),
    ("node-network-up", w("Network up"), |node| {
        Command::NetworkUp { node }
    }),
];

/// Conditions that a machine gets and loses: the hook, the condition, to begin and to end it.
const PRESSURES: [(&str, &str, &str, &str); 3] = [
    (
        "memory",
        "MemoryPressure",
        w("Memory runs out"),
        w("Memory is free again"),
    ),
    (
        "disk",
        "DiskPressure",
        w("Disk runs full"),
        w("Disk is free again"),
    ),
    (
        "pid",
        "PIDPressure",
        w("Process ids run out"),
        w("Process ids are free again"),
    ),
];

/// The choices of a node's menu.
#[component]
pub fn Deeds(name: Str, card: RwSignal<NodeCard>) -> impl IntoView {
    let (dispatch, bottom) = (use_dispatch(), use_bottom());
    let line = |testid: &'static str, words: &'static str, text: String| {
        let asks = testid == "node-describe";
        let run = move |_| {
            if asks {
                dispatch.ask(bottom, &text);
            } else {
                dispatch.line(&text);
            }
        };
        let danger = testid == "node-delete";
        view! {
            <button role="menuitem" class:danger=danger data-testid=testid on:click=run>{words}</button>
        }
    };
    let (cordoned, conditions) = card.with(|card| (card.cordoned, card.conditions.clone()));
    let cordon = if cordoned { "uncordon" } else { "cordon" };
    let cordon_words = if cordoned { t("Uncordon") } else { t("Cordon") };
    let machine = MACHINE.map(|(testid, words, command)| {
        let node = name.clone();
        let act = move |_| dispatch.command(command(node.clone()));
        view! { <button role="menuitem" data-testid=testid on:click=act>{t(words)}</button> }
    });
    let pressures = PRESSURES.map(|(testid, condition, begin, end)| {
        let on = conditions.iter().any(|there| *there == condition);
        let command = Command::Pressure {
            node: name.clone(),
            condition: condition.into(),
            on: !on,
        };
        view! {
            <button
                role="menuitem"
                data-testid=format!("node-pressure-{testid}")
                on:click=move |_| dispatch.command(command.clone())
            >
                {t(if on { end } else { begin })}
            </button>
        }
    });
    let drain = format!("kubectl drain {name} --ignore-daemonsets --delete-emptydir-data --force");
    view! {
        {line("node-cordon", cordon_words, format!("kubectl {cordon} {name}"))}
        {line("node-drain", t("Drain"), drain)}
        {line("node-describe", t("Describe in the console"), format!("kubectl describe node {name}"))}
        {machine}
        {pressures}
        {line("node-delete", t("Delete the node"), format!("kubectl delete node {name}"))}
    }
}
