//! A pod in its slot: the token's shape is its state, hue and number are its revision.

use super::pod_menu::PodMenu;
use crate::app::grid::hue;
use crate::app::screen::{Selection, use_screen};
use crate::app::session::use_dispatch;
use crate::k8s::Str;
use crate::view::{Came, PodToken, Slot};
use leptos::prelude::*;

/// One pod.
#[component]
pub fn PodView(
    uid: Str,
    place: Memo<Option<Slot>>,
    name: Memo<Option<String>>,
    came: Came,
) -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let wanted = uid.clone();
    let pod = Memo::new(move |_| {
        let find = |slot: &Slot| slot.pods.iter().find(|pod| pod.uid == wanted).cloned();
        place.with(|slot| slot.as_ref().and_then(find))
    });
    let read = move |read: fn(&PodToken) -> String| {
        move || pod.with(|pod| pod.as_ref().map(read).unwrap_or_default())
    };
    let mine = uid.clone();
    let selected = Memo::new(move |_| screen.selection.with(|s| s.pod.as_ref() == Some(&mine)));
    let select = move |_| {
        let found = pod.get_untracked().zip(place.get_untracked());
        if let Some((token, slot)) = found {
            screen.set.set(slot.set_uid);
            screen.selection.set(Selection {
                node: token.node,
                pod: Some(uid.clone()),
            });
            dispatch.show();
        }
    };
    let words = move |pod: &PodToken| match name.get() {
        Some(set) => format!("{set}-{}", pod.short),
        None => pod.short.to_string(),
    };
    view! {
        <div class="pod-box" data-came=came.name()>
        <button
            class="pod"
            data-testid="pod"
            data-name=read(|pod| pod.name.to_string())
            data-node=read(|pod| pod.node.to_string())
            data-daemonset=read(|pod| pod.daemon_set.to_string())
            data-revision=read(|pod| pod.revision.to_string())
            data-state=read(|pod| pod.state.name().to_owned())
            data-troubled=read(|pod| pod.troubled.to_string())
            data-hue=read(|pod| hue(pod.revision))
            data-selected=move || selected.get().to_string()
            title=read(|pod| pod.name.to_string())
            on:click=select
        >
            <span class="token" style:--done=read(|pod| pod.done.to_string())>
                {read(|pod| format!("{}{}", pod.revision, pod.state.tick()))}
            </span>
            <span class="words">
                <b>{move || pod.with(|pod| pod.as_ref().map(words))}</b>
                <small>{read(|pod| pod.text.clone())}</small>
            </span>
        </button>
        <PodMenu pod />
        </div>
    }
}
