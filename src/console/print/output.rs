//! `-o` of commands that print single objects.

use crate::console::error::Failure;
use crate::console::kubectl::Call;
use crate::k8s::{Value, json, yaml};

/// The formats that commands other than `get` know.
const FORMATS: &str = "go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,\
                       template,templatefile,yaml";

/// An unknown format is refused.
pub fn check(call: &Call) -> Result<(), Failure> {
    let output = call.flags.text("output").unwrap_or("");
    let format = output.split('=').next().unwrap_or("");
    if format.is_empty() || FORMATS.split(',').any(|f| f == format) {
        return Ok(());
    }
    Err(Failure::client(format!(
        "unable to match a printer suitable for the output format \"{output}\", allowed formats are: {FORMATS}"
    )))
}

/// One object in the format of `-o`, without its managedFields unless they are wanted.
pub fn object(call: &Call, value: &Value) -> Result<String, Failure> {
    let mut value = value.clone();
    if !call.flags.is("show-managed-fields") {
        value.remove_at(&["metadata", "managedFields"]);
    }
    match call.flags.text("output").unwrap_or("") {
        "yaml" => Ok(yaml::print(&value)),
        "json" => Ok(format!("{}\n", json::indented(&value))),
        other => Err(Failure::client(format!(
            "-o {other} is not known to this command"
        ))),
    }
}
