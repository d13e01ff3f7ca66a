//! A file that a command of the console waits for: `kubectl edit`, `vim`. It stands in the editor until it is saved
//! or given up.

use super::noted;
use crate::app::screen::use_screen;
use crate::app::session::{Dispatch, Session, use_dispatch};
use crate::app::words::t;
use leptos::prelude::*;

impl Dispatch {
    /// Shows the file that a command has asked for.
    pub(in crate::app) fn open_asked(self) {
        let asked = self
            .session
            .try_update_value(|session| session.terminal.asked());
        let Some(Some(path)) = asked else {
            return;
        };
        self.fetch_files();
        let place =
            |files: &Vec<crate::app::screen::File>| files.iter().position(|f| f.name == path);
        if let Some(index) = self.screen.files.with_untracked(place) {
            self.open_file(index);
            self.screen.section.set("want");
        }
    }

    /// A command waits for the file in front.
    fn waited_for(self) -> bool {
        self.front_file().is_some_and(|file| {
            self.session
                .with_value(|session| session.terminal.waits_for(&file.name))
        })
    }

    /// Lets the command that waits for the file in front go on: with the text as it is, or as it was.
    fn close_asked(self, save: bool) {
        let Some(file) = self.front_file() else {
            return;
        };
        self.session.update_value(|session| {
            session.branch();
            let at = session.history.cluster().log().len();
            let before = noted::opened(&session.terminal, &file.name);
            let Session {
                terminal,
                written,
                history,
                ..
            } = session;
            if terminal.close(history, &file.name, save) {
                // The command that comes now begins the deed.
                written.note(at, &before, &noted::texts(terminal));
            } else {
                noted::note(terminal, written, history, at, &before);
            }
        });
        self.show();
        self.fetch_files();
        // A command that ends without a word is over, too.
        self.screen.lines.update(|_| {});
    }
}

/// The line above the text while a command waits for it.
#[component]
pub fn EditSession() -> impl IntoView {
    let (screen, dispatch) = (use_screen(), use_dispatch());
    let waits = Memo::new(move |_| {
        screen.lines.track();
        screen.file.track();
        screen.files.with(Vec::len);
        dispatch.waited_for()
    });
    view! {
        <Show when=move || waits.get()>
            <div class="edit-session" role="group" aria-label=t("Edited from the console")>
                <span>{t("A command of the console waits for this file.")}</span>
                <button
                    class="primary"
                    data-testid="edit-save"
                    on:click=move |_| dispatch.close_asked(true)
                >
                    {t("Save and close")}
                </button>
                <button data-testid="edit-drop" on:click=move |_| dispatch.close_asked(false)>
                    {t("Close without saving")}
                </button>
            </div>
        </Show>
    }
}
