//! One slot: the place of a DaemonSet on a node; never just blank.

use super::pod::PodView;
use crate::app::screen::{Selection, use_screen};
use crate::app::session::use_dispatch;
use crate::app::words::tell;
use crate::k8s::Str;
use crate::say;
use crate::view::{Came, NodeCard, Say, Slot, came};
use leptos::prelude::*;

/// The slot of a DaemonSet.
#[component]
pub fn SlotView(node: Str, set: Str, card: RwSignal<NodeCard>) -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let slot = Memo::new(move |_| {
        card.with(|card| card.slots.iter().find(|slot| slot.set_uid == set).cloned())
    });
    let pods = Memo::new(move |_| {
        let uids = |slot: &Slot| {
            slot.pods
                .iter()
                .map(|pod| pod.uid.clone())
                .collect::<Vec<_>>()
        };
        slot.with(|slot| slot.as_ref().map(uids).unwrap_or_default())
    });
    let came = follow(slot, screen.grid.moving);
    let empty = Memo::new(move |_| pods.with(Vec::is_empty));
    let reason = Memo::new(move |_| slot.with(|s| s.as_ref().map_or("", |s| s.reason)));
    // With one DaemonSet its name in every slot is noise.
    let name = Memo::new(move |_| {
        let several = screen.sets.with(|sets| sets.len() > 1);
        slot.with(|s| {
            s.as_ref()
                .filter(|_| several)
                .map(|s| s.set_name.to_string())
        })
    });
    let hole = move || {
        let (data, ask) = (node.to_string(), node.clone());
        let select = move |_| {
            let set = slot.with_untracked(|s| s.as_ref().map(|s| s.set_uid.clone()));
            if let Some(set) = set {
                screen.set.set(set);
            }
            screen.selection.set(Selection {
                node: ask.clone(),
                pod: None,
            });
            dispatch.show();
        };
        view! {
            <button
                class="slot"
                data-testid="slot"
                data-node=data
                data-reason=move || reason.get()
                on:click=select
            >
                <span>
                    <span class="of">{move || name.get()}</span>
                    {move || tell(&say!("no pod: {}", Say::plain(reason.get())))}
                </span>
            </button>
        }
    };
    view! {
        <Show when=move || empty.get() fallback=move || view! {
            <div class="pods">
                <For
                    each=move || pods.get()
                    key=Clone::clone
                    children=move |uid| {
                        let came = came(&uid);
                        view! { <PodView uid place=slot name came /> }
                    }
                />
            </div>
        }>{hole.clone()}</Show>
    }
}

/// How each new pod of a slot came.
fn follow(
    slot: Memo<Option<Slot>>,
    moving: StoredValue<bool>,
) -> impl Fn(&Str) -> Came + Copy + Send + Sync + 'static {
    // The revision that was here last; none before the first pod.
    let before = StoredValue::new(None::<i64>);
    move |uid| {
        let token = slot.with_untracked(|slot| {
            let mut pods = slot.iter().flat_map(|slot| &slot.pods);
            pods.find(|pod| pod.uid == *uid).cloned()
        });
        let Some(token) = token else {
            return Came::Still;
        };
        let how = came(before.get_value(), &token);
        before.set_value(Some(token.revision));
        if moving.get_value() { how } else { Came::Still }
    }
}
