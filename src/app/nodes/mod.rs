//! A node's card and what can be done with it.

mod card;

mod head;

mod join;

mod pod;

mod slot;

mod taint_form;

mod taints;

pub use card::Card;
pub use join::Join;
