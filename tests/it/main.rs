//! The native tests, one binary.

mod tidy;
