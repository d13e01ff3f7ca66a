//! `--record`: the command line in an annotation.
//!
//! Upstream: cli-runtime/pkg/genericclioptions/record_flags.go

use super::Call;
use crate::k8s::Value;

/// The annotation that `rollout history` shows.
pub const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";

/// The command line as `--record` keeps it; None without the flag.
pub fn cause(call: &Call) -> Option<String> {
    if !call.flags.is("record") {
        return None;
    }
    let mut text = call.path();
    for arg in call.args() {
        text.push(' ');
        text.push_str(arg);
    }
    for (name, value) in &call.flags.typed {
        text.push_str(&format!(" --{name}={value}"));
    }
    Some(text)
}

/// Puts the command line into an object's annotations.
pub fn note(call: &Call, value: &mut Value) {
    if let Some(cause) = cause(call) {
        let annotations = value.at_mut(&["metadata", "annotations"]);
        annotations.set(CHANGE_CAUSE, cause);
    }
}
