//! The keys of a terminal in the line to type.

use crate::app::session::Dispatch;
use crate::app::terminal::{Kind, Line};
use crate::console::line::{self, Typed};
use crate::console::paste;
use leptos::{ev, html, prelude::*};

/// What the prompt keeps for itself.
#[derive(Clone, Copy)]
pub struct State {
    pub line: RwSignal<String>,
    /// How far back in the history; 0 is the line being typed.
    back: RwSignal<usize>,
    /// The line that was being typed before the history was entered.
    draft: RwSignal<String>,
    /// Ctrl-R was pressed; so many matches are passed over.
    pub search: RwSignal<Option<usize>>,
    pub candidates: RwSignal<Vec<String>>,
    field: NodeRef<html::Input>,
    dispatch: Dispatch,
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

    fn history(self) -> Vec<String> {
        let typed = |line: &Line| (line.kind == Kind::Typed).then(|| line.text.to_string());
        let lines = self.dispatch.screen.lines;
        lines.with_untracked(|lines| lines.iter().filter_map(typed).collect())
    }

    /// The line and its cursor.
    fn typed(self) -> Typed {
        let text = self.line.get_untracked();
        let at = self.field.get_untracked();
        let at = at.and_then(|field| field.selection_start().ok().flatten());
        match at {
            Some(at) => Typed::at_utf16(&text, usize::try_from(at).unwrap_or(0)),
            None => Typed::whole(&text),
        }
    }

    fn set(self, typed: &Typed) {
        self.line.set(typed.text.clone());
        self.candidates.set(Vec::new());
        if let Some(field) = self.field.get_untracked() {
            field.set_value(&typed.text);
            let at = u32::try_from(typed.utf16()).unwrap_or(0);
            // Only fields without text selection refuse.
            let _ = field.set_selection_range(at, at);
        }
    }

    fn recall(self, step: isize) {
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

    fn end_search(self) {
        if let Some(found) = untrack(|| self.found()) {
            self.set(&Typed::whole(&found));
        }
        self.search.set(None);
    }

    fn enter(self) {
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

    /// Completes; true when the key was used up.
    fn complete(self) -> bool {
        let typed = self.typed();
        if typed.text.trim().is_empty() {
            return false;
        }
        let completion = self.dispatch.complete(&typed.text, typed.cursor);
        let (done, list) = typed.completed(&completion);
        let moved = done != typed;
        let used = moved || !list.is_empty();
        if moved {
            self.set(&done);
        }
        self.candidates.set(list);
        used
    }

    /// A key with Ctrl; true when it was used up.
    fn control(self, key: &str) -> bool {
        let change: fn(Typed) -> Typed = match key {
            "a" => Typed::home,
            "e" => Typed::end,
            "u" => Typed::without_start,
            "k" => Typed::without_end,
            "w" => Typed::without_word,
            "l" => {
                self.dispatch.clear();
                return true;
            }
            "r" => {
                self.search.update(|s| *s = Some(s.map_or(0, |n| n + 1)));
                return true;
            }
            "c" => return self.interrupt(),
            _ => return false,
        };
        self.set(&change(self.typed()));
        true
    }

    /// Ctrl-C: copies what is selected in the line, as everywhere; else ends what runs, else the line.
    fn interrupt(self) -> bool {
        let field = self.field.get_untracked();
        let inside = field.is_some_and(|f| f.selection_start().ok() != f.selection_end().ok());
        if inside {
            return false;
        }
        if self.dispatch.console_busy() {
            self.dispatch.interrupt();
        } else {
            self.set(&Typed::default());
            self.search.set(None);
        }
        true
    }

    pub fn key(self, event: &ev::KeyboardEvent) {
        let plain = !event.shift_key() && !event.alt_key() && !event.meta_key();
        let used = match event.key().as_str() {
            "Enter" => {
                self.enter();
                true
            }
            "ArrowUp" => {
                self.recall(1);
                true
            }
            "ArrowDown" => {
                self.recall(-1);
                true
            }
            "Tab" if plain && !event.ctrl_key() => {
                if self.search.get_untracked().is_some() {
                    self.end_search();
                    true
                } else {
                    self.complete()
                }
            }
            "Escape" if self.search.get_untracked().is_some() => {
                self.end_search();
                true
            }
            "Escape" => {
                self.candidates.set(Vec::new());
                false
            }
            key if event.ctrl_key() && plain => self.control(&key.to_lowercase()),
            _ => false,
        };
        if used {
            event.prevent_default();
            event.stop_propagation();
        }
    }

    /// Several lines at once are commands, perhaps with prompts and old output between them.
    pub fn paste(self, event: &ev::ClipboardEvent) {
        let text = event
            .clipboard_data()
            .and_then(|data| data.get_data("text").ok())
            .unwrap_or_default();
        if !text.trim_end().contains('\n') && !text.starts_with("$ ") {
            return;
        }
        event.prevent_default();
        let commands = paste::commands(&text);
        if let [one] = &commands[..]
            && !one.contains('\n')
        {
            self.set(&Typed::whole(one));
            return;
        }
        for command in commands {
            self.dispatch.line(&command);
        }
    }
}
