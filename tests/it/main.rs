//! The native tests, one binary.

mod stored_form;
mod tidy;
mod validate;
