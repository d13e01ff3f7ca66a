//! Validation of whole objects: every refusal of the API server, in its order and in its words.
//!
//! Objects are expected after decoding and defaulting. A value of a wrong type counts as absent.

mod affinity;
mod container;
mod daemon_set;
mod dns;
mod env;
mod errors;
mod meta;
mod node;
mod path;
mod pod;
mod pod_spec;
mod ports;
mod probe;
mod projected;
mod pvc;
mod resources;
mod security;
mod selector;
mod syntax;
mod template;
mod toleration;
mod topology;
mod volume;
mod volume_source;
mod windows;
mod workload;

pub(crate) use errors::{Errors, Shown};
pub use errors::{FieldError, Reason};
pub(crate) use path::Path;

use super::{Kind, Value};

/// What is wrong with a new object.
pub fn create(kind: Kind, value: &Value) -> Vec<FieldError> {
    let mut errors = Errors::default();
    match kind {
        Kind::Pod => pod::create(&mut errors, value),
        Kind::Node => node::create(&mut errors, value),
        Kind::DaemonSet => daemon_set::create(&mut errors, value),
        _ => {}
    }
    errors.into_list()
}

/// What is wrong with a change of an object, apart from its status.
pub fn update(kind: Kind, new: &Value, old: &Value) -> Vec<FieldError> {
    let mut errors = Errors::default();
    match kind {
        Kind::Pod => pod::update(&mut errors, new, old),
        Kind::Node => node::update(&mut errors, new, old),
        Kind::DaemonSet => daemon_set::update(&mut errors, new, old),
        _ => {}
    }
    errors.into_list()
}

/// What is wrong with a change of an object's status.
pub fn update_status(kind: Kind, new: &Value, old: &Value) -> Vec<FieldError> {
    let mut errors = Errors::default();
    match kind {
        Kind::Node => node::update_status(&mut errors, new, old),
        Kind::DaemonSet => daemon_set::update_status(&mut errors, new, old),
        _ => {}
    }
    errors.into_list()
}

/// The lines that the server sends as `Warning:` with an accepted create (`old` is None) or update.
pub fn warnings(kind: Kind, new: &Value, old: Option<&Value>) -> Vec<String> {
    let _ = (kind, new, old);
    Vec::new()
}
