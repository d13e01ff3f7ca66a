//! The annotation in which `apply` remembers what it applied, and the commands about it.
//!
//! Upstream: kubectl/pkg/util/apply.go, kubectl/pkg/cmd/apply/apply_view_last_applied.go,
//! apply_set_last_applied.go.

use crate::cluster::{Patch, Subresource};
use crate::console::args::{Flag, Takes, long};
use crate::console::error::Failure;
use crate::console::kubectl::builder::{self, Bare};
use crate::console::kubectl::items::{self, Look};
use crate::console::kubectl::manifest::{self, Check};
use crate::console::kubectl::request::Sender;
use crate::console::kubectl::{Call, Command, Run, flags, say};
use crate::console::task::Io;
use crate::k8s::decode::upgraded;
use crate::k8s::{Value, json, yaml};
use crate::value;

/// Its key.
pub const ANNOTATION: &str = "kubectl.kubernetes.io/last-applied-configuration";

const SET_FLAGS: &[Flag] = &[long("create-annotation", Takes::Bool)];

pub static COMMANDS: &[Command] = &[
    Command {
        path: "apply view-last-applied",
        about: "View the latest last-applied-configuration annotations of a resource/object",
        usage: "(TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)",
        flags: &[flags::FILES, flags::SELECTOR, flags::ALL, flags::OUTPUT],
        required: &[],
        run: Run::Once(view),
    },
    Command {
        path: "apply set-last-applied",
        about: "Set the last-applied-configuration annotation on a live object to match the contents of a file",
        usage: "-f FILENAME",
        flags: &[SET_FLAGS, flags::FILES, flags::OUTPUT, flags::DRY_RUN],
        required: &[],
        run: Run::Once(set),
    },
];

/// What was applied last; Null when nobody knows.
pub fn of(live: &Value) -> Value {
    let text = live.at(&["metadata", "annotations"]).get(ANNOTATION).text();
    upgraded(json::parse(text).unwrap_or_default())
}

/// The annotation as it stands, when it holds anything but an object.
pub fn broken(live: &Value) -> Option<&str> {
    let text = live.at(&["metadata", "annotations"]).get(ANNOTATION).text();
    let object = json::parse(text).is_ok_and(|value| value.as_map().is_some());
    (!text.is_empty() && !object).then_some(text)
}

/// What is wrong with the annotation for somebody who wants to edit it.
pub fn unread(call: &Call, live: &Value) -> Option<Failure> {
    if live
        .at(&["metadata", "annotations"])
        .get(ANNOTATION)
        .is_null()
    {
        return Some(Failure::client(
            "no last-applied-configuration annotation found on resources, to create the annotation, use command \
             `kubectl apply set-last-applied --create-annotation`",
        ));
    }
    let read = manifest::text(call, "edited-file", broken(live)?);
    read.failures.into_iter().next()
}

/// Refuses a patch whose origin nobody can read: two warnings, and what was to be compared.
pub fn refused(
    live: &Value,
    modified: &Value,
    about: &str,
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    let Some(original) = broken(live) else {
        return Ok(());
    };
    for version in ["v3 ", ""] {
        io.err_line(format!(
            "warning: error calculating patch from openapi {version}spec: invalid JSON document"
        ));
    }
    Err(Failure::client(format!(
        "{about}: creating patch with:\noriginal:\n{original}\nmodified:\n{}\n\n\
         current:\n{}\n\nfor: invalid JSON document",
        json::compact(modified),
        json::compact(live)
    )))
}

/// A manifest with its own text in the annotation.
pub fn annotated(manifest: &Value) -> Value {
    let mut value = emptied(manifest);
    let mut annotations = value.at(&["metadata", "annotations"]).clone();
    let text = format!("{}\n", json::compact(&value));
    annotations.set(ANNOTATION, text);
    value = upgraded(value);
    value.set_at(&["metadata", "annotations"], annotations);
    value
}

/// A manifest without the annotation, and with room for it.
pub fn emptied(manifest: &Value) -> Value {
    let mut value = manifest.clone();
    let mut annotations = value.at(&["metadata", "annotations"]).clone();
    if annotations.as_map().is_none() {
        annotations = Value::map();
    }
    annotations.remove(ANNOTATION);
    value.set_at(&["metadata", "annotations"], annotations);
    value
}

fn view(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let output = call.flags.text("output").unwrap_or("");
    if !matches!(output, "" | "yaml" | "json") {
        return Err(call.usage(format!(
            "Unexpected -o output mode: {output}, the flag 'output' must be one of yaml|json"
        )));
    }
    let found = items::find(call, call.args(), Bare::Refused, Look::Live, io)?;
    if let Some(failure) = found.failures.into_iter().next() {
        return Err(failure);
    }
    for item in found.items {
        let text = item
            .tree()
            .at(&["metadata", "annotations"])
            .get(ANNOTATION)
            .text();
        if text.is_empty() {
            if !item.source.is_empty() {
                return Err(Failure::client(format!(
                    "error when no last-applied-configuration annotation found on resource: {}\n {}: <nil>",
                    item.name,
                    crate::console::args::quoted(&item.source)
                )));
            }
        } else if output == "json" {
            let value = json::parse(text).map_err(|why| Failure::client(why.to_string()))?;
            let text = json::indented(&value).replace("    ", "  ");
            io.line(text);
        } else {
            let value = yaml::parse(text).map_err(Failure::client)?;
            io.out(yaml::print(&value));
        }
    }
    Ok(())
}

fn set(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    if !manifest::given(call) {
        return Err(builder::missing_resource());
    }
    let sender = Sender::of(call, "kubectl", io)?;
    let read = manifest::read(call, Check::Nothing, io)?;
    let mut failures = read.failures;
    if read.objects.is_empty() && failures.is_empty() {
        return Err(Failure::client("no objects passed to set-last-applied"));
    }
    for manifest in read.objects {
        let kind = items::stored(manifest.ty)?;
        let live = match io
            .cluster
            .api()
            .get(kind, &manifest.namespace, &manifest.name)
        {
            Ok(live) => live.clone(),
            Err(status) => {
                failures.push(status.into());
                continue;
            }
        };
        if live.meta().annotation(ANNOTATION).is_none() && !call.flags.is("create-annotation") {
            failures.push(Failure::client(format!(
                "no last-applied-configuration annotation found on resource: {}, to create the annotation, run the \
                 command with --create-annotation",
                manifest.name
            )));
            continue;
        }
        let operation = format!("configured{}", sender.suffix());
        let mut shown = live.value().clone();
        // The file as it is, without the empty annotations that apply writes.
        let text = Value::from(format!("{}\n", json::compact(&manifest.value)));
        if live.meta().annotations.get(ANNOTATION) == &text {
            io.line(format!(
                "set-last-applied {}: no changes required.",
                manifest.name
            ));
            continue;
        }
        if !sender.client_only() {
            let mut annotations = Value::map();
            annotations.set(ANNOTATION, text);
            let body = value!({"metadata": {"annotations": annotations}});
            let place = (manifest.namespace.as_str(), manifest.name.as_str());
            let written = sender.patch(kind, place, Subresource::Main, Patch::Merge(body), io)?;
            shown = written.object.value().clone();
        }
        say::object(call, manifest.ty, &manifest.name, &shown, &operation, io)?;
    }
    Failure::gather(failures)
}
