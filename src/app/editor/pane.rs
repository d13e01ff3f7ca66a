//! Files, text, messages, plan, apply.

use super::ahead;
use super::bundle::{self, Surface};
use super::desk::use_desk;
use super::difference::Difference;
use super::edit_session::EditSession;
use super::files::Files;
use super::messages::Messages;
use super::plain::Plain;
use super::plan::PlanBlock;
use super::{apply::Apply, asked::Asked};
use crate::app::console::Noted;
use crate::app::screen::{Screen, heed, use_screen};
use crate::app::session::{Dispatch, use_dispatch};
use crate::app::words::t;
use leptos::{html, prelude::*};

/// The left column.
#[component]
pub fn Pane() -> impl IntoView {
    let (screen, dispatch, desk) = (use_screen(), use_dispatch(), use_desk());
    let host = NodeRef::<html::Div>::new();
    let surface = StoredValue::new_local(None::<Surface>);
    let rich = RwSignal::new(false);
    let said = StoredValue::new(None::<String>);
    let text = Memo::new(move |_| {
        let index = screen.file.get();
        screen
            .files
            .with(|files| files.get(index).map(|f| f.text.clone()).unwrap_or_default())
    });
    ahead::follow(desk, screen, dispatch, text);
    share(screen, dispatch, text);
    host.on_load(move |host| {
        bundle::load(
            host.into(),
            move |text| {
                said.set_value(Some(text.clone()));
                dispatch.edit(text);
            },
            move || dispatch.apply(),
            move |made| {
                surface.set_value(Some(made));
                rich.set(true);
            },
        );
    });
    show(screen, dispatch, text, rich, said, surface);
    Effect::new(move || {
        let found = screen.diagnostics.get();
        if rich.get() {
            surface.with_value(|s| s.as_ref().inspect(|s| s.diagnostics(&found)).is_some());
        }
    });
    view! {
        <section class="want" aria-label=t("What I want")>
            <Files />
            <Asked />
            <EditSession />
            <div
                class="text"
                id="want-text"
                role="tabpanel"
                aria-label=t("Text of the file")
                data-rich=move || rich.get().to_string()
                data-diff=move || desk.diff.get().to_string()
            >
                <div class="rich" node_ref=host></div>
                <Show when=move || !rich.get()>
                    <Plain text />
                </Show>
                <Show when=move || desk.diff.get()>
                    <Difference />
                </Show>
            </div>
            <Noted text />
            <Messages />
            <PlanBlock />
            <Apply />
        </section>
    }
}

/// Shows the file in front in the rich editor. What that has said last needs no telling back: a long text takes
/// milliseconds each way.
fn show(
    screen: Screen,
    dispatch: Dispatch,
    text: Memo<String>,
    rich: RwSignal<bool>,
    said: StoredValue<Option<String>>,
    surface: StoredValue<Option<Surface>, LocalStorage>,
) {
    Effect::new(move |shown: Option<String>| {
        screen.file.track();
        let rich = rich.get();
        let name = dispatch.front_file_name();
        text.with(|text| {
            let known = said.with_value(|said| said.as_ref() == Some(text));
            if rich && !(known && shown.as_ref() == Some(&name)) {
                said.set_value(None);
                surface.with_value(|s| s.as_ref().inspect(|s| s.text(&name, text)).is_some());
            }
        });
        name
    });
}

/// The console and the column have the same files. What the console did to its files is known by what it printed.
fn share(screen: Screen, dispatch: Dispatch, text: Memo<String>) {
    Effect::new(move || {
        heed(text);
        dispatch.keep_front();
    });
    Effect::new(move || {
        screen.lines.track();
        dispatch.fetch_files();
    });
}
