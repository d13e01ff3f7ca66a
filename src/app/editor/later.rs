//! Applies that were put off: asking for them, doing them at their moment, letting them be.

use crate::app::screen::{Answer, set};
use crate::app::session::{Dispatch, Session};
use crate::cluster::{SimSpan, SimTime};
use leptos::prelude::*;

/// An apply to come, as it is shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiting {
    pub id: u32,
    /// Milliseconds since people arrived.
    pub at: u64,
    pub name: String,
}

/// An apply whose moment came: the file, its text, the answer.
pub type Done = (String, String, Answer);

impl Session {
    /// The moment before which time must not pass unseen: of a program of the console, or of an apply.
    pub(in crate::app) fn stop(&self) -> Option<SimTime> {
        let programs = self.terminal.wake();
        programs.into_iter().chain(self.deferred.next()).min()
    }

    /// Applies what is due.
    pub(in crate::app) fn due(&mut self) {
        while let Some(due) = self.deferred.take(self.history.cluster().now()) {
            self.branch();
            let kept = self.terminal.files().read(&due.name);
            self.terminal.write(&due.name, &due.text);
            let line = super::deeds::apply_line(&due.name, self.terminal.folder());
            let answer = self.terminal.run(&mut self.history, &line);
            // What a person goes on writing stays.
            if let Some(kept) = kept {
                self.terminal.write(&due.name, &kept);
            }
            self.done.push((due.name, due.text, answer));
        }
    }
}

impl Dispatch {
    /// Applies the file in front, as it is now, at a moment to come.
    pub fn apply_later(self, seconds: u64) -> bool {
        let Some(file) = self.front_file() else {
            return false;
        };
        let added = self.session.try_update_value(|session| {
            let at = session.cluster().now() + SimSpan::from_secs(seconds);
            session.deferred.add(at, &file.name, &file.text)
        });
        self.show();
        added == Some(true)
    }

    /// Lets an apply that waits be.
    pub fn cancel_later(self, id: u32) {
        self.session
            .update_value(|session| session.deferred.cancel(id));
        self.show();
    }

    /// Shows what waits, and what came of what waited.
    pub(in crate::app) fn show_later(self) {
        let Some((waiting, done)) = self.session.try_update_value(|session| {
            let start = SimTime::of(session.cluster().setup().start);
            let waiting = session.deferred.waiting().map(|due| Waiting {
                id: due.id,
                at: due.at.since(start).as_millis(),
                name: due.name.clone(),
            });
            (
                waiting.collect::<Vec<_>>(),
                std::mem::take(&mut session.done),
            )
        }) else {
            return;
        };
        set(self.keep.later, waiting);
        for (name, text, answer) in done {
            if !answer.refused {
                self.applied(&name, &text);
            }
            self.screen.said.set(answer.text.clone());
            self.screen.answer.set(answer);
        }
    }
}
