//! `kubectl patch`.
//!
//! Upstream: kubectl/pkg/cmd/patch/patch.go

use crate::cluster::{Patch, Status, Subresource};
use crate::console::args::{Flag, Takes, long, quoted, short};
use crate::console::error::Failure;
use crate::console::kubectl::builder::Bare;
use crate::console::kubectl::items::{self, Item, Look};
use crate::console::kubectl::record;
use crate::console::kubectl::request::Sender;
use crate::console::kubectl::{Call, Command, Run, flags, say};
use crate::console::task::Io;
use crate::k8s::{Value, json, patch, yaml};

const FLAGS: &[Flag] = &[
    short('p', "patch", Takes::Text),
    long("patch-file", Takes::Text),
    long("type", Takes::Text),
    long("local", Takes::Bool),
    long("subresource", Takes::Text),
];

pub static COMMANDS: &[Command] = &[Command {
    path: "patch",
    about: "Update fields of a resource",
    usage: "(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]",
    flags: &[
        FLAGS,
        flags::FILES,
        flags::OUTPUT,
        flags::DRY_RUN,
        flags::FIELD_MANAGER,
        flags::RECORD,
    ],
    required: &[],
    run: Run::Once(run),
}];

/// `--type`
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Strategic,
    Merge,
    Json,
}

fn form(call: &Call) -> Result<Form, Failure> {
    let text = call.flags.text("type").unwrap_or("");
    match text.to_lowercase().as_str() {
        "" | "strategic" => Ok(Form::Strategic),
        "merge" => Ok(Form::Merge),
        "json" => Ok(Form::Json),
        _ => Err(Failure::client(format!(
            "--type must be one of [json merge strategic], not {}",
            quoted(text)
        ))),
    }
}

fn run(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let sender = Sender::of(call, "kubectl-patch", io)?.lenient();
    let text = call.flags.text("patch").unwrap_or("");
    let file = call.flags.text("patch-file").unwrap_or("");
    if !text.is_empty() && !file.is_empty() {
        return Err(Failure::client(
            "cannot specify --patch and --patch-file together",
        ));
    }
    if text.is_empty() && file.is_empty() {
        return Err(Failure::client(
            "must specify --patch or --patch-file containing the contents of the patch",
        ));
    }
    let form = form(call)?;
    say::check(call, io)?;
    let text = if file.is_empty() {
        text.to_owned()
    } else {
        let path = io.session.path(file);
        let read = io.session.files.read(&path).ok_or_else(|| {
            Failure::client(format!(
                "unable to read patch file: open {file}: no such file or directory"
            ))
        })?;
        read.to_string()
    };
    let body = body(&text)?;
    let part = subresource(call)?;
    let found = items::find(call, call.args(), Bare::Refused, Look::Changed, io)?;
    if found.items.is_empty() && found.failures.is_empty() {
        return Err(Failure::client("no objects passed to patch"));
    }
    found.visit(|item| match &body {
        Err(message) if sender.client_only() => Err(Failure::client(match form {
            Form::Strategic => NO_DOCUMENT,
            Form::Merge => NO_PATCH,
            Form::Json => message,
        })),
        Err(message) => Err(Status::bad_request(message.clone()).into()),
        Ok((body, doubled)) => {
            for field in doubled.iter().filter(|_| !sender.client_only()) {
                io.warn(&format!("duplicate field {}", quoted(field)));
            }
            one(call, &sender, form, body, part, &item, io)
        }
    })
}

/// The patch and its doubled fields; the inner error is the server's, about a text that looked like JSON.
///
/// Upstream: apimachinery/pkg/util/yaml `ToJSON`
fn body(text: &str) -> Result<Result<(Value, Vec<String>), String>, Failure> {
    if text.trim_start().starts_with('{') {
        return Ok(json::parse_noting(text).map_err(|e| e.to_string()));
    }
    let parsed = yaml::parse(text);
    let parsed = parsed
        .map_err(|why| Failure::client(format!("unable to parse {}: {why}", quoted(text))))?;
    Ok(Ok((parsed, Vec::new())))
}

/// `--subresource`
pub fn subresource(call: &Call) -> Result<Subresource, Failure> {
    match call.flags.text("subresource").unwrap_or("") {
        "" => Ok(Subresource::Main),
        "status" => Ok(Subresource::Status),
        "scale" => Ok(Subresource::Scale),
        "resize" => Ok(Subresource::Resize),
        _ => Err(no_part().into()),
    }
}

/// What the server says of parts that it does not know.
fn no_part() -> Status {
    let message = "the server could not find the requested resource";
    Status::plain(404, "NotFound", message.to_owned())
}

const NO_DOCUMENT: &str = "invalid JSON document";
const NO_PATCH: &str = "Invalid JSON Patch";

/// What kubectl itself says of a patch of the wrong shape.
///
/// Upstream: kubectl/pkg/cmd/patch/patch.go `getPatchedJSON`
fn check_shape_here(form: Form, body: &Value) -> Result<(), Failure> {
    let (map, list) = (body.as_map().is_some(), body.as_list().is_some());
    let unfit = |what: &str| {
        let found = body.json_type();
        format!("json: cannot unmarshal {found} into Go value of type {what}")
    };
    let why = match form {
        Form::Strategic if !map && !body.is_null() => NO_DOCUMENT.to_owned(),
        Form::Merge if list => unfit("unstructured.detector"),
        Form::Merge if !map => NO_PATCH.to_owned(),
        Form::Json if !list && !body.is_null() => unfit("jsonpatch.Patch"),
        _ => return Ok(()),
    };
    Err(Failure::client(why))
}

/// What the server says of a patch of the wrong shape.
fn check_shape(form: Form, body: &Value) -> Result<(), Status> {
    let (fits, head, want) = match form {
        Form::Strategic => (body.as_map().is_some(), "", "map[string]interface {}"),
        Form::Merge => (
            body.as_map().is_some(),
            "error decoding patch: ",
            "map[string]interface {}",
        ),
        Form::Json => (
            body.as_list().is_some(),
            "error decoding patch: ",
            "[]handlers.jsonPatchOp",
        ),
    };
    if fits || body.is_null() {
        return Ok(());
    }
    Err(Status::bad_request(format!(
        "{head}json: cannot unmarshal {} into Go value of type {want}",
        body.json_type()
    )))
}

fn one(
    call: &Call,
    sender: &Sender,
    form: Form,
    body: &Value,
    part: Subresource,
    item: &Item,
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    let kind = item.kind()?;
    if part != Subresource::Main && !item.ty.has_part(part.name()) {
        return Err(no_part().into());
    }
    let old = item.tree();
    let (value, changed) = if sender.client_only() {
        check_shape_here(form, body)?;
        let patched = match form {
            Form::Strategic => patch::strategic(kind, old, body).map(|p| p.value),
            Form::Merge => patch::merge(old, body),
            Form::Json => patch::json_patch(old, body),
        };
        let value = patched.map_err(|e| Failure::client(e.message()))?;
        let changed = &value != old;
        (value, changed)
    } else {
        check_shape(form, body)?;
        let sent = match form {
            Form::Strategic => Patch::Strategic(body.clone()),
            Form::Merge => Patch::Merge(body.clone()),
            Form::Json => Patch::Json(body.clone()),
        };
        let place = (item.namespace.as_str(), item.name.as_str());
        let mut written = sender.patch(kind, place, part, sent, io)?;
        let changed = written.object.value() != old;
        if let Some(cause) = record::cause(call)
            && written.object.meta().annotation(record::CHANGE_CAUSE) != Some(&cause)
        {
            let mut note = Value::map();
            record::note(call, &mut note);
            written = sender.patch(kind, place, part, Patch::Merge(note), io)?;
        }
        (written.object.value().clone(), changed)
    };
    let operation = if changed {
        "patched"
    } else {
        "patched (no change)"
    };
    if part == Subresource::Scale && !say::whole(call) {
        let scale = format!("scale.autoscaling/{}", item.name);
        io.line(match call.flags.text("output") {
            Some("name") => scale,
            _ => format!("{scale} {operation}"),
        });
        return Ok(());
    }
    say::object(call, item.ty, &item.name, &value, operation, io)
}
