//! The page: presentation state only. Rules live in the layers to the left.
//!
//! Reading order: [`session`] (owns the cluster), [`screen`] (what to show), [`player`] (time), then the
//! components, one a file, in the folders of their place on the page.

pub mod session;

pub mod screen;

pub mod player;

pub mod terminal;

pub mod samples;

pub mod ui;

pub mod editor;

pub mod grid;

pub mod nodes;

pub mod why;

pub mod timeline;

pub mod console;

use leptos::prelude::*;
use screen::Screen;
use session::{Dispatch, Session};

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
    let asked = ui::options::read();
    screen.playing.set(!asked.paused);
    let first = screen
        .names
        .with_untracked(|names| names.first().cloned())
        .unwrap_or_default();
    screen.selection.set(screen::Selection {
        node: first,
        pod: None,
    });
    player::start(dispatch, screen);

    view! {
        <div class="app" data-view=asked.view data-section=move || screen.section.get()>
            <ui::Header />
            <ui::Sections />
            <main class="panes">
                <editor::Pane />
                <section class="is" aria-label="What is">
                    <grid::CountersRow />
                    <grid::Grid />
                </section>
                <why::Pane />
            </main>
            <footer class="when">
                <timeline::Bar />
                <console::Pane />
            </footer>
            <ui::Live />
        </div>
    }
}
