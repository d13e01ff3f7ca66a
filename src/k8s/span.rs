//! Positions in YAML text.
