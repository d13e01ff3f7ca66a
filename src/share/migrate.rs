//! Older versions of the document become the present one, step by step.

use super::doc::{Doc, ShareError, VERSION};
use crate::k8s::Value;

/// Reads a document of any known version.
pub fn read(value: &Value) -> Result<Doc, ShareError> {
    match value.get("v").as_i64() {
        Some(VERSION) => Doc::from_value(value),
        Some(newer) if newer > VERSION => Err(ShareError::Newer(newer)),
        _ => Err(ShareError::Malformed("document")),
    }
}
