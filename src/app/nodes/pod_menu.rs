//! A pod's menu: what kubectl, or bad luck, can do to it.

use crate::app::bottom::use_bottom;
use crate::app::session::use_dispatch;
use crate::app::ui::Menu;
use crate::app::words::{t, tell};
use crate::say;
use crate::view::PodToken;
use leptos::prelude::*;

/// Describe, logs, crash, delete.
#[component]
pub fn PodMenu(pod: Memo<Option<PodToken>>) -> impl IntoView {
    let (dispatch, bottom) = (use_dispatch(), use_bottom());
    let name = pod.with_untracked(|pod| pod.as_ref().map(|pod| pod.short.to_string()));
    let line = move |verb: &str, tail: &str| {
        let pod = pod.get_untracked()?;
        Some(format!(
            "kubectl {verb} {} -n {}{tail}",
            pod.name, pod.namespace
        ))
    };
    let ask = move |verb: &'static str, tail: &'static str| {
        move |_| {
            if let Some(line) = line(verb, tail) {
                dispatch.ask(bottom, &line);
            }
        }
    };
    let delete = move |_| {
        if let Some(line) = line("delete pod", " --wait=false") {
            dispatch.line(&line);
        }
    };
    let crash = move |_| {
        if let Some(pod) = pod.get_untracked() {
            dispatch.crash(&pod.namespace, &pod.name);
        }
    };
    view! {
        <div class="pod-more">
            <Menu
                label=tell(&say!("Pod {}", &name.unwrap_or_default()))
                sign="⋯"
                testid="pod-menu"
            >
                <button role="menuitem" data-testid="pod-describe" on:click=ask("describe pod", "")>
                    {t("Describe in the console")}
                </button>
                <button role="menuitem" data-testid="pod-logs" on:click=ask("logs", " --tail=20")>
                    {t("Logs in the console")}
                </button>
                <button role="menuitem" data-testid="pod-crash" on:click=crash>
                    {t("Crash a container")}
                </button>
                <button role="menuitem" class="danger" data-testid="pod-remove" on:click=delete>
                    {t("Delete pod")}
                </button>
            </Menu>
        </div>
    }
}
