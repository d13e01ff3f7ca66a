//! `kubectl explain`: the fields of a type, from the schema.
//!
//! Upstream: kubectl/pkg/explain/v2. Descriptions are left out where this playground has no own words.

use super::explain_rarer::{Row, Shape};
use crate::console::args::{Flag, Takes, long, short};
use crate::console::error::Failure;
use crate::console::format::jsonpath;
use crate::console::kubectl::{Call, Command, Run, Type};
use crate::console::task::Io;

/// How deep `--recursive` goes; the types that hold themselves would never end.
const DEPTH_MAX: usize = 12;
/// Values of an enum that are shown.
const ENUM_MAX: usize = 4;

const FLAGS: &[Flag] = &[
    short('R', "recursive", Takes::Bool),
    long("api-version", Takes::Text),
    short('o', "output", Takes::Text),
];

pub static COMMANDS: &[Command] = &[Command {
    path: "explain",
    about: "Get documentation for a resource",
    usage: "TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]",
    flags: &[FLAGS],
    required: &[],
    run: Run::Once(run),
}];

fn run(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let output = call.flags.text("output").unwrap_or("");
    if !matches!(output, "" | "plaintext") {
        return Err(Failure::client(format!("unrecognized format: {output}")));
    }
    let word = match call.args() {
        [word] => word,
        [] => {
            return Err(Failure::client(
                "You must specify the type of resource to explain. Use \"kubectl api-resources\" for a complete \
                 list of supported resources.",
            ));
        }
        _ => {
            return Err(Failure::client(
                "We accept only this format: explain RESOURCE",
            ));
        }
    };
    let word = word.strip_suffix('.').unwrap_or(word);
    check_path(word)?;
    let (ty, path) = split(word)?;
    for other in ty.others(word.split('.').next().unwrap_or(word)) {
        io.err_line(format!(
            "Warning: short name \"{word}\" could also match lower priority resource {other}"
        ));
    }
    let version = call.flags.text("api-version").filter(|v| !v.is_empty());
    let resource = ty.resource;
    let other = version.filter(|v| *v != resource.api_version());
    let elsewhere = other.and_then(|version| {
        let (group, version) = version.split_once('/').unwrap_or(("", version));
        let shape = Shape::of(group, version, resource.kind)?;
        (group == resource.group).then_some((shape, version))
    });
    if let Some(version) = other.filter(|v| v.matches('/').count() > 1) {
        return Err(Failure::client(format!(
            "unexpected GroupVersion string: {version}"
        )));
    }
    if let Some(version) = other.filter(|_| elsewhere.is_none()) {
        return Err(Failure::client(if version == "v1" {
            format!(
                "GVR (/v1, Resource={}) not found in OpenAPI schema",
                ty.resource.name
            )
        } else {
            format!(
                "couldn't find resource for \"{}{version}, Resource={}\"",
                if version.contains('/') { "" } else { "/" },
                ty.resource.name
            )
        }));
    }
    let own = Shape::of(resource.group, resource.version, resource.kind);
    let found = elsewhere.or(own.map(|shape| (shape, resource.version)));
    let (shape, version) = found.ok_or_else(|| {
        Failure::client(format!(
            "GVR ({}) not found in OpenAPI schema",
            ty.group_version_resource()
        ))
    })?;
    if !resource.group.is_empty() {
        io.line(format!("GROUP:      {}", resource.group));
    }
    io.line(format!("KIND:       {}", resource.kind));
    io.line(format!("VERSION:    {version}\n"));
    explain(shape, &path, call.flags.is("recursive"), io)
}

/// Refuses what is no path of fields.
fn check_path(word: &str) -> Result<(), Failure> {
    if word.is_empty() {
        return Err(Failure::client(
            "a resource must be present, got: /, Resource=",
        ));
    }
    let parsed = jsonpath::parse(&format!("{{.{word}}}")).map_err(Failure::Client)?;
    let field = |node: &jsonpath::Node| matches!(node, jsonpath::Node::Field(_));
    match parsed.first() {
        Some(jsonpath::Node::Action(nodes)) if nodes.iter().all(field) => Ok(()),
        _ => Err(Failure::client(
            "invalid jsonpath syntax, first node must be field node",
        )),
    }
}

/// The type and the path of fields that a word names: `ds.spec`, `daemonsets.apps.spec`. A group counts only behind
/// the full name of the type.
///
/// Upstream: kubectl/pkg/explain/explain.go `SplitAndParseResourceRequestWithMatchingPrefix`.
fn split(word: &str) -> Result<(Type, Vec<&str>), Failure> {
    let first = word.split('.').next().unwrap_or(word);
    let Some(found) = Type::find(first) else {
        return Err(Failure::Plain(format!(
            "the server doesn't have a resource type \"{first}\""
        )));
    };
    let same = Type::all().filter(|t| t.resource.name == found.resource.name);
    let whole = std::iter::once(found)
        .chain(same)
        .find_map(|t| Some((t, word.strip_prefix(t.full_name().as_str())?)));
    let (ty, rest) = whole.unwrap_or((found, &word[first.len()..]));
    Ok((ty, rest.split('.').filter(|p| !p.is_empty()).collect()))
}

fn explain(root: Shape, path: &[&str], recursive: bool, io: &mut Io<'_>) -> Result<(), Failure> {
    let mut place = Some(root);
    let mut last: Option<Row> = None;
    for name in path {
        // The last name of the path is told, wherever it broke.
        let told = path.last().copied().unwrap_or_default();
        let missing = || Failure::client(format!("field \"{told}\" does not exist"));
        let rows = place.ok_or_else(missing)?.rows();
        let row = rows.into_iter().find(|r| r.name == *name);
        let row = row.ok_or_else(missing)?;
        place = row.inner;
        last = Some(row);
    }
    if let Some(row) = &last {
        io.line(format!("FIELD: {} <{}>", row.name, row.ty));
        if has_enum(row) {
            io.line("ENUM:");
            for word in &row.words {
                io.line(format!("    {word}"));
            }
        }
        io.line("\n");
    }
    io.line("DESCRIPTION:");
    let about = match (&last, place) {
        (Some(row), _) => words(row.name),
        (None, Some(shape)) => words(shape.name()),
        (None, None) => None,
    };
    io.line(format!("    {}\n    ", about.unwrap_or_default()));
    let rows = place.map(Shape::rows).unwrap_or_default();
    if !rows.is_empty() {
        io.line("FIELDS:");
        let mut within: Vec<&str> = place.map(Shape::name).into_iter().collect();
        fields(&rows, recursive, &mut within, io);
    }
    io.line("");
    Ok(())
}

fn has_enum(row: &Row) -> bool {
    !row.words.is_empty() && !row.ty.starts_with("[]")
}

fn enums(row: &Row, level: usize, io: &mut Io<'_>) {
    if !has_enum(row) {
        return;
    }
    let mut text = row.words[..row.words.len().min(ENUM_MAX)].join(", ");
    if row.words.len() > ENUM_MAX {
        text.push_str(", ....");
    }
    io.line(format!("{}enum: {text}", "  ".repeat(level)));
}

/// `within` are the definitions around the fields, the outermost first; none is shown within itself.
fn fields(rows: &[Row], recursive: bool, within: &mut Vec<&'static str>, io: &mut Io<'_>) {
    let level = within.len().max(1);
    let indent = "  ".repeat(level);
    for row in rows {
        let required = if row.required { " -required-" } else { "" };
        io.line(format!("{indent}{}\t<{}>{required}", row.name, row.ty));
        if recursive {
            let inner = row
                .inner
                .filter(|s| !within.contains(&s.name()) && level < DEPTH_MAX);
            let rows = inner.map(Shape::rows).unwrap_or_default();
            match inner {
                Some(shape) if !rows.is_empty() => {
                    within.push(shape.name());
                    fields(&rows, recursive, within, io);
                    within.pop();
                }
                _ => enums(row, level, io),
            }
            continue;
        }
        enums(row, level, io);
        io.line(format!(
            "{indent}  {}\n",
            words(row.name).unwrap_or_default()
        ));
    }
    if recursive && level == 1 {
        io.line("");
    }
}

/// A sentence for the fields that this playground is about.
fn words(name: &str) -> Option<&'static str> {
    Some(match name {
        "DaemonSet" => "Keeps one pod of a template running on every node that fits it.",
        "Node" => "A machine that runs pods.",
        "Pod" => "Containers that run together on one node.",
        "ControllerRevision" => "A snapshot of a template, kept so that a rollout can be undone.",
        "apiVersion" => "The version of the schema that this object follows.",
        "kind" => "The type that this object is of.",
        "metadata" => "Name, namespace, labels, annotations and what the server keeps.",
        "spec" => "What is wanted.",
        "status" => "What was found; written by controllers.",
        "selector" => "Which pods belong to this object; must match the template's labels.",
        "template" => "The pod that is created.",
        "updateStrategy" => "How old pods are replaced when the template changes.",
        "rollingUpdate" => "How many pods may be missing or doubled while pods are replaced.",
        "maxUnavailable" => {
            "How many nodes may be without a ready pod during an update: a number or a percentage."
        }
        "maxSurge" => "How many nodes may run an old and a new pod at once during an update.",
        "minReadySeconds" => "How long a new pod must be ready before it counts as available.",
        "revisionHistoryLimit" => "How many old revisions are kept for undoing.",
        "tolerations" => "The taints that do not keep the pod away.",
        "taints" => "What keeps pods away from the node unless they tolerate it.",
        "effect" => "What happens to pods without a toleration.",
        "key" => "The name that is compared.",
        "value" => "The text that is compared.",
        "operator" => "How the value is compared.",
        "tolerationSeconds" => "How long a pod stays after a NoExecute taint appeared.",
        "nodeSelector" => "Labels that a node must have.",
        "affinity" => "Rules for the choice of a node.",
        "containers" => "The containers of the pod.",
        "initContainers" => "Containers that must end before the others start.",
        "image" => "The container image.",
        "resources" => "What the container needs and may use.",
        _ => return None,
    })
}
