//! A card's first line: name, badges, menu.

use super::chips::Editing;
use super::menu::Deeds;
use crate::app::grid::PickBox;
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
pub fn Head(name: Str, card: RwSignal<NodeCard>, editing: RwSignal<Editing>) -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let (node, here) = (name.clone(), name.clone());
    let select = move |event: ev::MouseEvent| {
        if screen.grid.picks(&event, &node) {
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
            let bad = (!card.ready).then(|| ("NotReady".to_owned(), true));
            roles.chain(bar).chain(bad).collect::<Vec<_>>()
        })
    });
    let badges = move || {
        let badge = |(words, bad): (String, bool)| {
            view! { <span class="badge" data-bad=bad.to_string()>{words}</span> }
        };
        badges.get().into_iter().map(badge).collect_view()
    };
    let add = move |_| {
        editing.update(|editing| {
            *editing = match editing {
                Editing::New => Editing::Nothing,
                Editing::Nothing | Editing::Taint(_) | Editing::Label(_) => Editing::New,
            }
        });
    };
    view! {
        <div class="head">
            <PickBox name=name.clone() />
            <button
                class="name"
                data-of=name.to_string()
                on:click=select
                on:keydown=move |event| screen.grid.stretch(&event, &here)
            >
                {name.to_string()}
            </button>
            {badges}
            <div class="more">
                <button
                    class="add"
                    data-testid="add-taint"
                    aria-label=tell(&say!("Add a taint, a label or a condition to {}", &name))
                    title=t("Add a taint, a label or a condition")
                    aria-expanded=move || (editing.get() == Editing::New).to_string()
                    on:click=add
                >
                    "+"
                </button>
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
