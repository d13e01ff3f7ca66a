//! What the console does beside running lines.

use crate::app::session::Dispatch;
use crate::console::complete::Completion;
use leptos::prelude::*;

impl Dispatch {
    /// What may stand in place of the word under the cursor.
    pub fn complete(self, line: &str, cursor: usize) -> Completion {
        self.session.with_value(|session| {
            session
                .terminal
                .complete(session.history.cluster(), line, cursor)
        })
    }

    /// Programs of the console wait.
    pub fn console_busy(self) -> bool {
        self.session.with_value(|session| session.terminal.busy())
    }

    /// Ctrl-C
    pub fn interrupt(self) {
        self.session.update_value(|session| {
            let now = session.history.cluster().now();
            session.terminal.interrupt(now);
        });
        self.show();
    }

    /// Ctrl-L
    pub fn clear(self) {
        self.session
            .update_value(|session| session.terminal.clear());
        self.show();
    }
}
