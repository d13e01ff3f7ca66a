//! Pieces that every place of the page uses.

mod arrows;

mod beat;

mod choices;

mod fold;

mod header;

mod icon;

mod live;

mod menu;

pub mod options;

mod sections;

pub use arrows::arrows;
pub use beat::beat;
pub use fold::Fold;
pub use header::Header;
pub use icon::Icon;
pub use live::Live;
pub use menu::Menu;
pub use sections::Sections;
