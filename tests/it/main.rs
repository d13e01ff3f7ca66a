//! The native tests, one binary.

mod case;
mod golden;
mod mask;
mod rhythm;
mod stored_form;
mod tidy;
mod validate;

mod upstream;
