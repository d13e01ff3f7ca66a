//! Reads typed views from a [`Value`]. A view shares the texts and trees that it holds with the tree that it was read
//! from.
//!
//! Stored objects were validated, so a field of a wrong type counts as absent, and a field written as null too.

use super::{Str, Value};
use std::sync::Arc;

/// Something that a view may hold.
pub trait Read {
    /// Reads it; what is absent or of a wrong type is the default.
    fn read(value: &Value) -> Self;
}

/// Reads a type from a tree.
pub fn read<T: Read>(value: &Value) -> T {
    T::read(value)
}

/// Says by which names the fields of a view stand in a tree.
macro_rules! view {
    ($name:ident { $($field:ident: $key:literal),* $(,)? }) => {
        impl crate::k8s::de::Read for $name {
            fn read(value: &crate::k8s::Value) -> Self {
                Self { $($field: crate::k8s::de::read(value.get($key)),)* }
            }
        }
    };
}

pub(crate) use view;

impl Read for Value {
    fn read(value: &Value) -> Self {
        value.clone()
    }
}

impl Read for Str {
    fn read(value: &Value) -> Self {
        value.to_str()
    }
}

impl Read for bool {
    fn read(value: &Value) -> Self {
        value.as_bool() == Some(true)
    }
}

impl Read for i64 {
    fn read(value: &Value) -> Self {
        value.as_i64().unwrap_or(0)
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: &Value) -> Self {
        (!value.is_null()).then(|| T::read(value))
    }
}

impl<T: Read> Read for Box<T> {
    fn read(value: &Value) -> Self {
        Box::new(T::read(value))
    }
}

impl<T: Read> Read for Arc<T> {
    fn read(value: &Value) -> Self {
        Arc::new(T::read(value))
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: &Value) -> Self {
        value.items().iter().map(T::read).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::api::{Phase, PodSpec, PodStatus};
    use crate::value;

    #[test]
    fn views_share_their_trees_and_bear_wrong_types() {
        // Short texts lie in their values.
        let long = "a".repeat(63);
        let tree = value!({"nodeName": 5, "priority": "high", "hostNetwork": null, "containers": [
            {"name": (long.clone()), "resources": {"limits": {"cpu": "1"}}, "env": [{"name": "A"}]}, null, "b"]});
        let spec: PodSpec = read(&tree);
        assert!(spec.node_name.is_empty() && !spec.host_network);
        assert_eq!((spec.priority, spec.required_nodes()), (Some(0), None));
        let names: Vec<&str> = spec.containers.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, [long.as_str(), "", ""]);
        let first = tree.get("containers").index(0);
        assert!(spec.containers[0].env.same(first.get("env")));
        assert!(std::ptr::eq(
            spec.containers[0].name.as_str(),
            first.get("name").text()
        ));
        for (told, phase) in [
            ("Running", Phase::Running),
            ("Odd", Phase::None),
            ("", Phase::None),
        ] {
            let status: PodStatus = read(&value!({"phase": told}));
            assert_eq!(status.phase, phase);
        }
    }
}
