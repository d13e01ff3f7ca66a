//! Pieces that every place of the page uses.

mod arrows;

mod beat;

mod choices;

mod fold;

mod header;

mod help;

pub mod escape;

mod icon;

mod icon_button;

pub mod keys;

mod live;

mod menu;

pub mod options;

mod sections;

mod shortcuts;

mod theme;

pub mod tour;

mod ways;

pub use arrows::arrows;
pub use beat::beat;
pub use fold::Fold;
pub use header::Header;
pub use help::{Help, HelpMenu, use_help};
pub use icon::Icon;
pub use icon_button::IconButton;
pub use live::Live;
pub use menu::Menu;
pub use sections::Sections;
pub use shortcuts::Shortcuts;
pub use theme::Theme;
pub use tour::Tour;
pub use ways::focus;
