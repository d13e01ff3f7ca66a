//! Where in the tree a reader is: the path of a strict error and the chain of a Go struct field.

use crate::k8s::Str;

/// One step down.
enum Step {
    Field(&'static str),
    /// A struct whose fields are written among those of its parent.
    Embedded(&'static str),
    Index(usize),
    Key(Str),
}

/// The steps from the root.
#[derive(Default)]
pub(super) struct Place {
    steps: Vec<Step>,
}

impl Place {
    pub(super) fn depth(&self) -> usize {
        self.steps.len()
    }

    /// Goes back up to an earlier depth.
    pub(super) fn back(&mut self, depth: usize) {
        self.steps.truncate(depth);
    }

    pub(super) fn field(&mut self, embedded: Option<&'static str>, name: &'static str) {
        if let Some(parent) = embedded {
            self.steps.push(Step::Embedded(parent));
        }
        self.steps.push(Step::Field(name));
    }

    pub(super) fn index(&mut self, index: usize) {
        self.steps.push(Step::Index(index));
    }

    pub(super) fn key(&mut self, key: &Str) {
        self.steps.push(Step::Key(key.clone()));
    }

    /// `spec.containers[0].cmd`: this place and a field below it.
    pub(super) fn path(&self, last: &str) -> String {
        let mut path = String::new();
        let name = |path: &mut String, name: &str| {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(name);
        };
        for step in &self.steps {
            match step {
                Step::Field(text) => name(&mut path, text),
                Step::Key(text) => name(&mut path, text),
                Step::Embedded(_) => {}
                Step::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        name(&mut path, last);
        path
    }

    /// `spec.volumes.VolumeSource.hostPath`: fields only, embedded structs named.
    pub(super) fn chain(&self) -> String {
        let names = self.steps.iter().filter_map(|step| match step {
            Step::Field(text) | Step::Embedded(text) => Some(*text),
            Step::Index(_) | Step::Key(_) => None,
        });
        names.collect::<Vec<_>>().join(".")
    }
}
