//! Older versions of the document become the present one, step by step.

use super::doc::{Doc, ShareError, VERSION, VERSION_FIRST};
use crate::k8s::Value;

/// Reads a document of any known version.
pub fn read(value: &Value) -> Result<Doc, ShareError> {
    match value.get("v").as_i64() {
        // The second version added applies to come: a document of the first has none.
        Some(VERSION_FIRST) if !value.get("later").is_null() => {
            Err(ShareError::Malformed("document"))
        }
        Some(VERSION_FIRST..=VERSION) => Doc::from_value(value),
        Some(newer) if newer > VERSION => Err(ShareError::Newer(newer)),
        _ => Err(ShareError::Malformed("document")),
    }
}
