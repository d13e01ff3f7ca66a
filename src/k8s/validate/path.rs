//! `Path`: the place of a field, as a chain of borrowed steps that costs nothing until an error prints it.

use std::fmt;

/// One field, element or key below another. Chains live on the stack of the validating functions.
#[derive(Clone, Copy)]
pub struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Field(&'a str),
    Index(usize),
    Key(&'a str),
}

impl<'a> Path<'a> {
    /// The first field of a path.
    pub const fn root(name: &'a str) -> Self {
        Path {
            parent: None,
            step: Step::Field(name),
        }
    }

    /// `path.name`; the name itself may contain dots.
    pub const fn child(&'a self, name: &'a str) -> Self {
        Path {
            parent: Some(self),
            step: Step::Field(name),
        }
    }

    /// `path[index]`
    pub const fn index(&'a self, index: usize) -> Self {
        Path {
            parent: Some(self),
            step: Step::Index(index),
        }
    }

    /// `path[key]`
    pub const fn key(&'a self, key: &'a str) -> Self {
        Path {
            parent: Some(self),
            step: Step::Key(key),
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Field(name) if self.parent.is_none() => f.write_str(name),
            Step::Field(name) => write!(f, ".{name}"),
            Step::Index(index) => write!(f, "[{index}]"),
            Step::Key(key) => write!(f, "[{key}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_fields_indexes_and_keys() {
        let spec = Path::root("spec");
        let containers = spec.child("containers");
        let first = containers.index(0);
        let limits = first
            .child("resources")
            .child("limits")
            .key("cpu")
            .to_string();
        assert_eq!(limits, "spec.containers[0].resources.limits[cpu]");
    }
}
