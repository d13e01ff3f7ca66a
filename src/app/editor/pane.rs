//! Files, text, messages, apply.

use super::apply::Apply;
use super::bundle::{self, Surface};
use super::files::Files;
use super::messages::Messages;
use super::plain::Plain;
use crate::app::screen::use_screen;
use crate::app::session::use_dispatch;
use leptos::{html, prelude::*};
use std::time::Duration;

/// How long the typing must pause before the text is checked.
const CHECK_AFTER: Duration = Duration::from_millis(350);

/// The pane with the manifest.
#[component]
pub fn Pane() -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let host = NodeRef::<html::Div>::new();
    let surface = StoredValue::new_local(None::<Surface>);
    let rich = RwSignal::new(false);
    let waiting = StoredValue::new_local(None::<TimeoutHandle>);
    let typed = move |text: String| {
        let index = screen.file.get_untracked();
        screen.files.update(|files| {
            if let Some(file) = files.get_mut(index) {
                file.text.clone_from(&text);
            }
        });
        waiting.update_value(|waiting| {
            if let Some(handle) = waiting.take() {
                handle.clear();
            }
            *waiting = set_timeout_with_handle(move || dispatch.check(&text), CHECK_AFTER).ok();
        });
    };
    let text = Memo::new(move |_| {
        let index = screen.file.get();
        screen
            .files
            .with(|files| files.get(index).map(|f| f.text.clone()).unwrap_or_default())
    });
    host.on_load(move |host| {
        bundle::load(
            host.into(),
            move || text.get_untracked(),
            typed,
            move || dispatch.apply(),
            move |made| {
                surface.set_value(Some(made));
                rich.set(true);
            },
        );
    });
    Effect::new(move || {
        let (text, rich) = (text.get(), rich.get());
        if rich {
            surface.with_value(|s| s.as_ref().inspect(|s| s.text(&text)).is_some());
        }
    });
    Effect::new(move || {
        let (found, rich) = (screen.diagnostics.get(), rich.get());
        if rich {
            surface.with_value(|s| s.as_ref().inspect(|s| s.diagnostics(&found)).is_some());
        }
    });
    view! {
        <section class="want" aria-label="What I want">
            <Files />
            <div class="text" data-rich=move || rich.get().to_string()>
                <div class="rich" node_ref=host></div>
                <Show when=move || !rich.get()>
                    <Plain text typed />
                </Show>
            </div>
            <Messages />
            <Apply />
        </section>
    }
}
