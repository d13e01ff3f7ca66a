//! The keys of a terminal in the line to type.

use super::state::State;
use crate::console::line::Typed;
use leptos::{ev, prelude::*};

impl State {
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
}
