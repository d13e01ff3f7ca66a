//! A node's card and what can be done with it.

mod card;

mod head;

mod join;

mod join_form;

mod menu;

mod pod;

mod room;

mod slot;

mod taint_form;

mod taints;

pub use card::Card;
pub use join::Join;
pub use join_form::JoinForm;
