//! Patches: strategic merge, JSON merge, JSON patch, and the three-way merge of `kubectl apply`.
//!
//! Reading order: `merge` and `lists` (applying a strategic patch), `diff` (making one), `meta` (what the schema
//! says of a field), `json` (the two JSON kinds), `go_text` (how Go prints a tree).

mod diff;
mod go_text;
mod json;
mod lists;
mod merge;
mod meta;

pub use go_text::go_text;
pub use json::{json_patch, merge};

use super::{Kind, Value};
use merge::Options;
use meta::At;

/// Why a patch was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PatchError {
    /// 400 BadRequest with this message.
    BadRequest(String),
    /// 422 with this message and no details; kubectl prints `The request is invalid: the server rejected our request
    /// due to an error in our request`.
    Unprocessable(String),
    /// 500 InternalError with this message; kubectl prints it after `Error from server: `.
    Internal(String),
}

impl PatchError {
    /// The sentence.
    pub fn message(&self) -> &str {
        match self {
            Self::BadRequest(text) | Self::Unprocessable(text) | Self::Internal(text) => text,
        }
    }

    /// Sorts a merge error by what the server makes of it.
    ///
    /// Upstream: apiserver/pkg/endpoints/handlers/patch.go `interpretStrategicMergePatchError`.
    fn of_merge(message: String) -> Self {
        if message.starts_with("invalid patch format of ") {
            Self::BadRequest(message)
        } else if message == lists::NO_LIST_OF_LISTS {
            Self::Unprocessable(message)
        } else {
            Self::Internal(message)
        }
    }
}

/// An object with a strategic merge patch applied.
#[derive(Clone, Debug)]
pub struct Patched {
    pub value: Value,
    /// The patch without the directives that were used up. The server prints it (with [`go_text()`]) when the patched
    /// tree turns out not to fit: `patch: Invalid value: "map[…]": unrecognized type: int32`.
    pub remains: Value,
}

/// Applies a strategic merge patch, with the merge keys of the schema.
pub fn strategic(kind: Kind, original: &Value, patch: &Value) -> Result<Patched, PatchError> {
    json::require_map(patch).map_err(PatchError::BadRequest)?;
    let mut remains = patch.clone();
    let options = Options { applying: true };
    let merged = merge::maps(original.clone(), &mut remains, At::root(kind), options);
    merged
        .map(|value| Patched { value, remains })
        .map_err(PatchError::of_merge)
}

/// The strategic merge patch that `kubectl apply` sends: from what was applied last (Null when unknown), what is
/// applied now (with its annotation) and what the server has. Its [`Display`](std::fmt::Display) is the text that
/// kubectl prints.
///
/// Upstream: apimachinery/pkg/util/strategicpatch/patch.go `CreateThreeWayMergePatch`.
pub fn three_way(
    kind: Kind,
    last_applied: &Value,
    modified: &Value,
    current: &Value,
) -> Result<Value, String> {
    let additions = diff::Options {
        additions: true,
        deletions: false,
        order: true,
        retain_keys: false,
    };
    let deletions = diff::Options {
        additions: false,
        deletions: true,
        ..additions
    };
    let mut delta = diff::maps(current, modified, At::root(kind), additions)?;
    let gone = diff::maps(last_applied, modified, At::root(kind), deletions)?;
    merge::maps(
        gone,
        &mut delta,
        At::root(kind),
        Options { applying: false },
    )
}

/// The strategic merge patch that turns one tree into another (what `kubectl label`, `set image` and the like send).
///
/// Upstream: apimachinery/pkg/util/strategicpatch/patch.go `CreateTwoWayMergePatch`.
pub fn two_way(kind: Kind, original: &Value, modified: &Value) -> Result<Value, String> {
    let all = diff::Options {
        additions: true,
        deletions: true,
        order: true,
        retain_keys: false,
    };
    diff::maps(original, modified, At::root(kind), all)
}

#[cfg(test)]
mod tests;
