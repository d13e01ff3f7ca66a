//! The page: presentation state only. Rules live in the layers to the left.
//!
//! Reading order: [`session`] (owns the cluster), [`screen`] (what to show), [`player`] (time), [`spare`] (long work
//! between the frames), then the components, one a file, in the folders of their place on the page.

pub mod session;

pub mod held;

pub mod screen;

pub mod player;

pub mod spare;

pub mod terminal;

pub mod samples;

pub mod words;

pub mod ui;

pub mod editor;

pub mod grid;

pub mod nodes;

pub mod why;

pub mod timeline;

pub mod console;

pub mod bottom;

pub mod lesson;

pub mod keep;

use leptos::prelude::*;
use screen::Screen;
use session::{Dispatch, Session};
use words::t;

/// Puts the page into the document's body.
pub fn mount() {
    mount_to_body(App);
}

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let screen = Screen::default();
    let dispatch = Dispatch::new(Session::sample(), screen);
    provide_context(screen);
    provide_context(dispatch);
    provide_context(bottom::Bottom::default());
    provide_context(lesson::Lessons::default());
    provide_context(ui::Help::default());
    provide_context(editor::desk::Desk::default());
    let asked = ui::options::read();
    provide_context(ui::Theme::start(screen, asked.theme));
    screen.language.set(asked.language);
    words::speak(asked.language);
    screen.playing.set(!asked.paused);
    if let Some(speed) = asked.speed {
        screen.speed.set(speed);
    }
    if let Some(section) = asked.section {
        screen.section.set(section);
    }
    let first = screen
        .names
        .with_untracked(|names| names.first().cloned())
        .unwrap_or_default();
    screen.selection.set(screen::Selection {
        node: first,
        pod: None,
    });
    keep::start::begin(dispatch, asked.view == "embed");
    player::start(dispatch, screen);

    view! {
        {move || {
            // In another language everything is said anew.
            words::speak(screen.language.get());
            keep::crash::words();
            view! { <Places view=asked.view /> }
        }}
    }
}

/// The places of the page: what I want, what is, why, when.
#[component]
fn Places(view: &'static str) -> impl IntoView {
    let screen = screen::use_screen();
    let tour = ui::use_help().tour;
    ui::keys::listen();
    view! {
        <div class="app" data-view=view data-section=move || screen.section.get()
            data-tour=move || ui::tour::place(tour.get())
        >
            <ui::Header />
            <keep::Notice />
            <ui::Sections />
            <main class="panes">
                <editor::Pane />
                <section class="is" aria-label=t("What is")>
                    <grid::CountersRow />
                    <grid::Middle />
                    <keep::Compare />
                </section>
                <why::Pane />
            </main>
            <footer class="when">
                <timeline::Bar />
                <bottom::Pane />
            </footer>
            <ui::Shortcuts />
            <ui::Tour />
            <ui::Live />
        </div>
    }
}
