//! What a changing command says of an object: a success line, or the object itself with `-o`.
//!
//! Upstream: cli-runtime/pkg/genericclioptions/print_flags.go, printers/name.go.

use super::{Call, Type};
use crate::console::error::Failure;
use crate::console::format::shown;
use crate::console::print::{go_json, output};
use crate::console::task::{Io, Stream};
use crate::k8s::Value;

/// Prints `daemonset.apps/x configured`, or what `-o` asks for. `operation` carries the suffix of a dry run.
pub fn object(
    call: &Call,
    ty: Type,
    name: &str,
    value: &Value,
    operation: &str,
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    // The server has still to make one.
    let name = if name.is_empty() { "<unknown>" } else { name };
    match call.flags.text("output").unwrap_or("") {
        "" if call.flags.text("template").is_none_or(str::is_empty) => {
            io.line(format!("{}/{name} {operation}", ty.qualified()));
            Ok(())
        }
        "name" => {
            io.line(format!("{}/{name}", ty.qualified()));
            Ok(())
        }
        _ => output::object(call, &ty.shown(value), io),
    }
}

/// The same of an object that kubectl made itself.
pub fn made(
    call: &Call,
    ty: Type,
    name: &str,
    value: &Value,
    operation: &str,
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    if call.flags.text("output") != Some("json") {
        return object(call, ty, name, value, operation, io);
    }
    io.line(go_json::indented(&shown(call, &ty.shown(value))));
    Ok(())
}

/// What stands between two objects of one command.
pub fn between(call: &Call, io: &mut Io<'_>) {
    let out = |(stream, _): &(Stream, String)| *stream == Stream::Out;
    if call.flags.text("output") == Some("yaml") && io.written.iter().any(out) {
        io.line("---");
    }
}

/// `-o` asks for the object itself.
pub fn whole(call: &Call) -> bool {
    let output = call.flags.text("output").unwrap_or("");
    !matches!(output, "" | "name") || call.flags.text("template").is_some_and(|t| !t.is_empty())
}

/// Refuses an unknown `-o` before anything is done.
pub fn check(call: &Call, io: &Io<'_>) -> Result<(), Failure> {
    output::check(call, io)
}
