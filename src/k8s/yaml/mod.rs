//! YAML text.
