//! What was typed and printed, and the line to type.

use crate::app::screen::use_screen;
use crate::app::session::use_dispatch;
use crate::app::terminal::Line;
use crate::app::words::t;
use leptos::{ev, html, prelude::*};

/// The console.
#[component]
pub fn Pane() -> impl IntoView {
    let screen = use_screen();
    let scroll = NodeRef::<html::Div>::new();
    Effect::new(move || {
        screen.lines.track();
        if let Some(scroll) = scroll.get_untracked() {
            request_animation_frame(move || scroll.set_scroll_top(scroll.scroll_height()));
        }
    });
    let print = |line: Line| {
        let class = if line.typed { "typed" } else { "printed" };
        view! { <span class=class>{line.text}</span> }
    };
    view! {
        <div class="drawer" role="region" aria-label=t("Console")>
            <div class="scroll" node_ref=scroll tabindex="0">
                <pre data-testid="console-output">
                    <For each=move || screen.lines.get() key=|line| line.number children=print />
                </pre>
            </div>
            <Prompt />
        </div>
    }
}

/// The line to type; the arrow keys bring back earlier ones.
#[component]
fn Prompt() -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let line = RwSignal::new(String::new());
    let back = StoredValue::new(0_usize);
    let typed = move || {
        let typed = |line: &Line| line.typed.then(|| line.text.clone());
        screen
            .lines
            .with_untracked(|lines| lines.iter().filter_map(typed).collect::<Vec<_>>())
    };
    let recall = move |step: isize| {
        let typed = typed();
        let wanted = back
            .get_value()
            .saturating_add_signed(step)
            .min(typed.len());
        back.set_value(wanted);
        line.set(if wanted == 0 {
            String::new()
        } else {
            typed[typed.len() - wanted].clone()
        });
    };
    let key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            let text = line.get_untracked();
            line.set(String::new());
            back.set_value(0);
            if !text.trim().is_empty() {
                dispatch.line(&text);
            }
        }
        "ArrowUp" => recall(1),
        "ArrowDown" => recall(-1),
        _ => {}
    };
    view! {
        <label class="line">
            <span class="heard">{t("Command")}</span>
            <input
                data-testid="console-input"
                placeholder="kubectl get pods -A -o wide"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                bind:value=line
                on:keydown=key
            />
        </label>
    }
}
