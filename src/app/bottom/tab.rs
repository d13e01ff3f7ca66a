//! Which tab under the time line is in front.

use super::grip;
use crate::app::words::w;
use leptos::prelude::*;

/// A tab.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tab {
    #[default]
    Console,
    Events,
    Insides,
    Api,
    Lessons,
}

impl Tab {
    pub const ALL: [Tab; 5] = [
        Tab::Console,
        Tab::Events,
        Tab::Insides,
        Tab::Api,
        Tab::Lessons,
    ];

    /// As the page's hooks write it.
    pub const fn name(self) -> &'static str {
        match self {
            Tab::Console => "console",
            Tab::Events => "events",
            Tab::Insides => "insides",
            Tab::Api => "api",
            Tab::Lessons => "lessons",
        }
    }

    /// What stands on it, for `t`.
    pub const fn words(self) -> &'static str {
        match self {
            Tab::Console => w("Console"),
            Tab::Events => w("Events"),
            Tab::Insides => w("Insides"),
            Tab::Api => w("API log"),
            Tab::Lessons => w("Lessons"),
        }
    }

    /// The console is seen there.
    pub fn has_console(self) -> bool {
        matches!(self, Tab::Console | Tab::Lessons)
    }
}

/// The state of the tabs.
#[derive(Clone, Copy)]
pub struct Bottom {
    pub tab: RwSignal<Tab>,
    /// In hundredths of the window's height; zero until somebody chooses.
    pub height: RwSignal<u32>,
}

impl Bottom {
    /// Brings the console to the front, unless it is there already.
    pub fn show_console(self) {
        if !self.tab.get_untracked().has_console() {
            self.tab.set(Tab::Console);
        }
    }
}

impl Default for Bottom {
    fn default() -> Self {
        Self {
            tab: RwSignal::new(Tab::default()),
            height: RwSignal::new(grip::remembered()),
        }
    }
}

/// The tabs' state; one of its own where the page gave none.
pub fn use_bottom() -> Bottom {
    use_context().unwrap_or_default()
}
