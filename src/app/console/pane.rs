//! What was typed and printed, and the line to type.

use super::prompt::Prompt;
use crate::app::screen::use_screen;
use crate::app::session::use_dispatch;
use crate::app::terminal::{Kind, Line};
use crate::app::words::t;
use leptos::{html, prelude::*};

/// The console.
#[component]
pub fn Pane() -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let scroll = NodeRef::<html::Div>::new();
    let field = NodeRef::<html::Input>::new();
    Effect::new(move || {
        screen.lines.track();
        if let Some(scroll) = scroll.get() {
            // The lines themselves are rendered with the next frame.
            let end = move || scroll.set_scroll_top(scroll.scroll_height());
            request_animation_frame(move || request_animation_frame(end));
        }
    });
    let busy = Memo::new(move |_| {
        screen.lines.track();
        screen.elapsed.track();
        dispatch.console_busy()
    });
    let whole = move || {
        let text: String = screen.lines.with_untracked(|lines| {
            let line = |line: &Line| match line.kind {
                Kind::Typed => format!("$ {}\n", line.text),
                Kind::Printed => line.text.to_string(),
            };
            lines.iter().map(line).collect()
        });
        copy(&text);
    };
    view! {
        <div class="drawer" role="region" aria-label=t("Console")>
            <div class="scroll" node_ref=scroll tabindex="0">
                <pre data-testid="console-output" role="log" aria-live="off" aria-label=t("What the console printed")>
                    <For each=move || screen.lines.get() key=|line| line.number children=print />
                </pre>
            </div>
            <div class="foot">
                <Prompt field />
                <Show when=move || busy.get()>
                    <button
                        data-testid="console-stop"

                        on:click=move |_| dispatch.interrupt()
                    >
                        {t("Stop")}
                    </button>
                </Show>
                <button data-testid="console-copy" on:click=move |_| whole()>
                    {t("Copy all")}
                </button>
                <button data-testid="console-clear" on:click=move |_| dispatch.clear()>
                    {t("Clear")}
                </button>
            </div>
        </div>
    }
}

/// One piece of the transcript; what was typed can be copied by itself.
fn print(line: Line) -> AnyView {
    if line.kind == Kind::Printed {
        return view! { <span class="printed">{line.text.to_string()}</span> }.into_any();
    }
    let text = line.text.to_string();
    view! {
        <span class="typed">
            {text.clone()}
            <button
                class="copy"
                data-testid="copy-command"
                aria-label=t("Copy this command")
                title=t("Copy this command")
                on:click=move |_| copy(&text)
            >
            </button>
        </span>
    }
    .into_any()
}

/// Puts a text into the clipboard; a browser that does not allow it changes nothing.
fn copy(text: &str) {
    let _ = window().navigator().clipboard().write_text(text);
}
