//! Faults of the API server: which calls it refuses.

use crate::k8s::{Kind, Str};

/// What happens to a call that matches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// It is refused with an internal error and changes nothing.
    Fail,
    /// It is carried out, but the caller is told that it failed.
    FailAfter,
}

/// Which calls. Empty or None matches all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// The caller's name, or the part of it before `/`.
    pub actor: Str,
    /// `create`, `update`, `patch`, `delete`, `bind`; empty for all.
    pub verb: Str,
    pub kind: Option<Kind>,
    pub effect: Effect,
    /// How many matching calls are hit before the rule ends; None: until healed.
    pub times: Option<u32>,
}
