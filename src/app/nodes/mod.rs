//! A node's card and what can be done with it.

mod card;

mod chip;

mod chip_fields;

mod chip_form;

mod chip_text;

mod chips;

mod deeds;

mod head;

mod join;

mod join_form;

mod menu;

mod pod;

mod pod_menu;

mod room;

mod slot;

pub use card::Card;
pub use join::Join;
pub use join_form::JoinForm;
