//! A card's first line: name, badges, menu.

use crate::app::screen::{Selection, use_screen};
use crate::app::session::use_dispatch;
use crate::app::ui::Menu;
use crate::app::words::{t, tell};
use crate::cluster::Command;
use crate::k8s::Str;
use crate::say;
use crate::view::NodeCard;
use leptos::prelude::*;

/// Name, badges and menu of a node.
#[component]
pub fn Head(name: Str, card: RwSignal<NodeCard>) -> impl IntoView {
    let screen = use_screen();
    let node = name.clone();
    let select = move |_| {
        screen.selection.set(Selection {
            node: node.clone(),
            pod: None,
        });
    };
    let badges = Memo::new(move |_| {
        card.with(|card| {
            let roles = card.roles.iter().map(|role| (short_role(role), false));
            let bar = card.cordoned.then(|| (t("cordoned").to_owned(), false));
            let bad = card.conditions.iter().map(|word| (word.to_string(), true));
            roles.chain(bar).chain(bad).collect::<Vec<_>>()
        })
    });
    let badges = move || {
        let badge = |(words, bad): (String, bool)| {
            view! { <span class="badge" data-bad=bad.to_string()>{words}</span> }
        };
        badges.get().into_iter().map(badge).collect_view()
    };
    view! {
        <div class="head">
            <button class="name" on:click=select>{name.to_string()}</button>
            {badges}
            <div class="more">
                <Menu label=tell(&say!("Node {}", &name)) sign="⋯" testid="node-menu">
                    <Deeds name=name.clone() card />
                </Menu>
            </div>
        </div>
    }
}

/// The choices of a node's menu.
#[component]
fn Deeds(name: Str, card: RwSignal<NodeCard>) -> impl IntoView {
    let dispatch = use_dispatch();
    let line = |text: String| {
        move |_| {
            dispatch.line(&text);
        }
    };
    let stop = Command::NodeStop { node: name.clone() };
    let start = Command::NodeStart { node: name.clone() };
    let cordoned = card.with(|card| card.cordoned);
    let cordon = if cordoned { "uncordon" } else { "cordon" };
    view! {
        <button role="menuitem" data-testid="node-cordon" on:click=line(format!("kubectl {cordon} {name}"))>
            {if cordoned { t("Uncordon") } else { t("Cordon") }}
        </button>
        <button role="menuitem" data-testid="node-stop" on:click=move |_| dispatch.command(stop.clone())>
            {t("Stop the kubelet")}
        </button>
        <button role="menuitem" data-testid="node-start" on:click=move |_| dispatch.command(start.clone())>
            {t("Start the kubelet")}
        </button>
        <button
            role="menuitem"
            class="danger"
            data-testid="node-delete"
            on:click=line(format!("kubectl delete node {name}"))
        >
            {t("Delete the node")}
        </button>
    }
}

/// `cp` for a control plane, as there is little room.
fn short_role(role: &str) -> String {
    match role {
        "control-plane" | "master" => "cp".to_owned(),
        other => other.to_owned(),
    }
}
