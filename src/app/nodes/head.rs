//! A card's first line: name, badges, menu.

use super::menu::Deeds;
use crate::app::screen::{Selection, use_screen};
use crate::app::session::use_dispatch;
use crate::app::ui::Menu;
use crate::app::words::{t, tell};
use crate::k8s::Str;
use crate::say;
use crate::view::NodeCard;
use leptos::{ev, prelude::*};

/// Name, badges and menu of a node.
#[component]
pub fn Head(name: Str, card: RwSignal<NodeCard>) -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let node = name.clone();
    let select = move |event: ev::MouseEvent| {
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            screen.grid.pick(&node);
            return;
        }
        screen.selection.set(Selection {
            node: node.clone(),
            pod: None,
        });
        dispatch.show();
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
            <Box name=name.clone() />
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

/// `cp` for a control plane, as there is little room.
fn short_role(role: &str) -> String {
    match role {
        "control-plane" | "master" => "cp".to_owned(),
        other => other.to_owned(),
    }
}

/// The box by which a node is picked, while several are.
#[component]
fn Box(name: Str) -> impl IntoView {
    let grid = use_screen().grid;
    let on = move || grid.picking.get() || grid.picked.with(|picked| !picked.is_empty());
    let pick = move || {
        let (mine, name) = (name.clone(), name.clone());
        view! {
            <input
                type="checkbox"
                data-testid="pick"
                aria-label=name.to_string()
                prop:checked=move || grid.picked.with(|picked| picked.contains(&mine))
                on:change=move |_| grid.pick(&name)
            />
        }
    };
    view! { <Show when=on>{pick.clone()}</Show> }
}
