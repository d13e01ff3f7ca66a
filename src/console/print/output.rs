//! `-o` of commands that print single objects.

use crate::console::error::Failure;
use crate::console::format::{self, Format};
use crate::console::kubectl::Call;
use crate::console::task::Io;
use crate::k8s::Value;

/// The formats that commands other than `get` know.
const FORMATS: &str = "go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,\
                       template,templatefile,yaml";

/// An unknown format is refused.
pub fn check(call: &Call, io: &Io<'_>) -> Result<(), Failure> {
    Format::of(call, Some(FORMATS), io).map(|_| ())
}

/// Prints one object in the format of `-o`, without its managedFields unless they are wanted.
pub fn object(call: &Call, value: &Value, io: &mut Io<'_>) -> Result<(), Failure> {
    let format = Format::of(call, Some(FORMATS), io)?;
    format::print(call, &format, &format::shown(call, value), io)
}
