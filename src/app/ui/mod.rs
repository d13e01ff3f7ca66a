//! Pieces that every place of the page uses.

mod arrows;

mod choices;

mod header;

mod icon;

mod live;

mod menu;

pub mod options;

mod sections;

pub use arrows::arrows;
pub use header::Header;
pub use icon::Icon;
pub use live::Live;
pub use menu::Menu;
pub use sections::Sections;
