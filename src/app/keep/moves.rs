//! Undo and redo as moves on the time line, by key and by button; and the lines of time.

use super::state::use_keep;
use crate::app::session::{Dispatch, use_dispatch};
use crate::app::ui::IconButton;
use crate::app::words::t;
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, HtmlTextAreaElement};

impl Dispatch {
    /// Goes on from the present moment without what lies ahead, which stays as a branch.
    pub fn branch(self) {
        self.session.update_value(|session| {
            if session.history.rewound() {
                session.branch();
            } else {
                let (history, marks) = (&session.history, &session.marks);
                session.branches.park(history, marks, &session.phases);
            }
        });
        self.show();
    }

    /// Brings another line of time to the front, at the moment where it was left.
    pub fn switch(self, id: u32) {
        self.keep.beside.set(None);
        self.go(|session| {
            session.written.clear();
            let (history, marks) = (&mut session.history, &mut session.marks);
            session
                .branches
                .switch(id, history, marks, &mut session.phases)
        });
    }

    pub fn branch_rename(self, id: u32, name: &str) {
        let name: String = name
            .trim()
            .chars()
            .filter(|c| !"<>".contains(*c))
            .take(60)
            .collect();
        self.session
            .update_value(|session| session.branches.rename(id, &name));
        self.show();
    }

    pub fn branch_delete(self, id: u32) {
        if self.keep.beside.get_untracked() == Some(id) {
            self.keep.beside.set(None);
        }
        self.session
            .update_value(|session| session.branches.delete(id));
        self.show();
    }

    /// Makes the list of branches anew.
    pub fn rows(self) {
        self.session.with_value(|session| self.keep.rows(session));
    }

    pub(in crate::app) fn go(self, way: impl FnOnce(&mut crate::app::session::Session) -> bool) {
        self.pause();
        self.session.update_value(|session| {
            if way(session) {
                session.terminal.forget();
            }
        });
        self.jump();
    }
}

/// Ctrl-Z, Ctrl-Shift-Z and Ctrl-Y, unless a text is being typed: that has an undo of its own.
pub fn keys(dispatch: Dispatch) {
    window_event_listener(ev::keydown, move |event| {
        if !(event.ctrl_key() || event.meta_key()) || event.alt_key() || typing(&event) {
            return;
        }
        match (event.key().as_str(), event.shift_key()) {
            ("z", false) => dispatch.undo(),
            ("Z" | "z", true) | ("y", false) => dispatch.redo(),
            _ => return,
        }
        event.prevent_default();
    });
}

fn typing(event: &ev::KeyboardEvent) -> bool {
    let Some(target) = event.target() else {
        return false;
    };
    if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
        return !matches!(
            input.type_().as_str(),
            "range" | "checkbox" | "radio" | "button"
        );
    }
    target.dyn_ref::<HtmlTextAreaElement>().is_some()
        || target
            .dyn_ref::<HtmlElement>()
            .is_some_and(HtmlElement::is_content_editable)
}

/// The buttons of undo and redo.
#[component]
pub fn UndoRedo() -> impl IntoView {
    let (dispatch, keep) = (use_dispatch(), use_keep());
    view! {
        <IconButton
            icon="undo"
            label=t("Undo the last deed")
            testid="undo-deed"
            keys="Control+Z"
            disabled=Signal::derive(move || !keep.undoable.get())
            press=move || dispatch.undo()
        />
        <IconButton
            icon="redo"
            label=t("Redo the next deed")
            testid="redo-deed"
            keys="Control+Shift+Z"
            disabled=Signal::derive(move || !keep.redoable.get())
            press=move || dispatch.redo()
        />
    }
}
