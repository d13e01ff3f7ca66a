//! What the line to type keeps for itself: its text, the place in the history, a search.

use crate::app::session::Dispatch;
use crate::app::terminal::{Kind, Line};
use crate::console::line::{self, Typed};
use leptos::{html, prelude::*};

/// What the prompt keeps for itself.
#[derive(Clone, Copy)]
pub struct State {
    pub line: RwSignal<String>,
    /// How far back in the history; 0 is the line being typed.
    pub back: RwSignal<usize>,
    /// The line that was being typed before the history was entered.
    draft: RwSignal<String>,
    /// Ctrl-R was pressed; so many matches are passed over.
    pub search: RwSignal<Option<usize>>,
    pub candidates: RwSignal<Vec<String>>,
    pub field: NodeRef<html::Input>,
    pub dispatch: Dispatch,
}

impl State {
    pub fn new(field: NodeRef<html::Input>, dispatch: Dispatch) -> Self {
        Self {
            line: RwSignal::new(String::new()),
            back: RwSignal::new(0),
            draft: RwSignal::new(String::new()),
            search: RwSignal::new(None),
            candidates: RwSignal::new(Vec::new()),
            field,
            dispatch,
        }
    }

    pub fn history(self) -> Vec<String> {
        let typed = |line: &Line| (line.kind == Kind::Typed).then(|| line.text.to_string());
        let lines = self.dispatch.screen.lines;
        lines.with_untracked(|lines| lines.iter().filter_map(typed).collect())
    }

    /// The line and its cursor.
    pub fn typed(self) -> Typed {
        let text = self.line.get_untracked();
        let at = self.field.get_untracked();
        let at = at.and_then(|field| field.selection_start().ok().flatten());
        match at {
            Some(at) => Typed::at_utf16(&text, usize::try_from(at).unwrap_or(0)),
            None => Typed::whole(&text),
        }
    }

    pub fn set(self, typed: &Typed) {
        self.line.set(typed.text.clone());
        self.candidates.set(Vec::new());
        if let Some(field) = self.field.get_untracked() {
            field.set_value(&typed.text);
            let at = u32::try_from(typed.utf16()).unwrap_or(0);
            // Only fields without text selection refuse.
            let _ = field.set_selection_range(at, at);
        }
    }

    pub fn recall(self, step: isize) {
        let typed = self.history();
        let before = self.back.get_untracked();
        if before == 0 {
            self.draft.set(self.line.get_untracked());
        }
        let wanted = before.saturating_add_signed(step).min(typed.len());
        self.back.set(wanted);
        let text = match wanted {
            0 => self.draft.get_untracked(),
            n => typed[typed.len() - n].clone(),
        };
        self.set(&Typed::whole(&text));
    }

    /// The line of the history that is being looked for.
    pub fn found(self) -> Option<String> {
        let older = self.search.get()?;
        let text = self.line.get();
        if text.is_empty() {
            return None;
        }
        line::search(&self.history(), &text, older).map(str::to_owned)
    }

    pub fn end_search(self) {
        if let Some(found) = untrack(|| self.found()) {
            self.set(&Typed::whole(&found));
        }
        self.search.set(None);
    }

    pub fn enter(self) {
        if self.search.get_untracked().is_some() {
            self.end_search();
        }
        let text = self.line.get_untracked();
        self.set(&Typed::default());
        self.back.set(0);
        if !text.trim().is_empty() {
            self.dispatch.line(&text);
        }
    }
}
