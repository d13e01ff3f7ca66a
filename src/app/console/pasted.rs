//! What is pasted into the line to type.

use super::state::State;
use crate::console::line::Typed;
use crate::console::paste;
use leptos::ev;

impl State {
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
