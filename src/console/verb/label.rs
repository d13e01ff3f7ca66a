//! `kubectl label` and `kubectl annotate`.
//!
//! Upstream: kubectl/pkg/cmd/label/label.go, kubectl/pkg/cmd/annotate/annotate.go

use crate::cluster::{Patch, Subresource};
use crate::console::args::{Flag, Takes, long, quoted};
use crate::console::error::Failure;
use crate::console::kubectl::items::{self, Item};
use crate::console::kubectl::record::{self, CHANGE_CAUSE};
use crate::console::kubectl::request::Sender;
use crate::console::kubectl::{Call, Command, Run, flags, manifest, say};
use crate::console::task::Io;
use crate::k8s::{Str, Value, names};

const FLAGS: &[Flag] = &[
    long("overwrite", Takes::Bool),
    long("list", Takes::Bool),
    long("local", Takes::Bool),
    long("resource-version", Takes::Text),
];

pub static COMMANDS: &[Command] = &[
    Command {
        path: "label",
        about: "Update the labels on a resource",
        usage: "[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]",
        flags: SETS,
        required: &[],
        run: Run::Once(label),
    },
    Command {
        path: "annotate",
        about: "Update the annotations on a resource",
        usage: "[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]",
        flags: SETS,
        required: &[],
        run: Run::Once(annotate),
    },
];

const SETS: &[&[Flag]] = &[
    FLAGS,
    flags::FILES,
    flags::SELECTOR,
    flags::FIELD_SELECTOR,
    flags::ALL,
    flags::ALL_NAMESPACES,
    flags::OUTPUT,
    flags::DRY_RUN,
    flags::FIELD_MANAGER,
    flags::RECORD,
];

/// Which of the two maps.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Labels,
    Annotations,
}

impl Field {
    fn key(self) -> &'static str {
        match self {
            Field::Labels => "labels",
            Field::Annotations => "annotations",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Field::Labels => "label",
            Field::Annotations => "annotation",
        }
    }
}

/// What the arguments ask for.
#[derive(Default)]
struct Changes {
    set: Vec<(String, String)>,
    remove: Vec<String>,
}

fn label(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    run(call, Field::Labels, io)
}

fn annotate(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    run(call, Field::Annotations, io)
}

/// Arguments that a changing command takes; real clusters refuse far fewer labels by their size.
const ARGS_MAX: usize = 1000;

/// Refuses a command that would change more than anybody reads.
pub fn too_many(args: usize) -> Result<(), Failure> {
    if args > ARGS_MAX {
        return Err(Failure::client(format!(
            "{args} arguments are too many for this playground ({ARGS_MAX} at most): use several commands"
        )));
    }
    Ok(())
}

/// Splits arguments into resources and changes.
///
/// Upstream: kubectl/pkg/cmd/util/helpers.go `GetResourcesAndPairs`
pub fn resources_and_pairs(
    args: &[String],
    what: &str,
) -> Result<(Vec<String>, Vec<String>), Failure> {
    let (mut resources, mut pairs) = (Vec::new(), Vec::new());
    too_many(args.len())?;
    for arg in args {
        let pair =
            (arg.contains('=') && !arg.starts_with('=')) || (arg.ends_with('-') && arg != "-");
        if pair {
            pairs.push(arg.clone());
        } else if pairs.is_empty() {
            resources.push(arg.clone());
        } else {
            return Err(Failure::client(format!(
                "all resources must be specified before {what} changes: {arg}"
            )));
        }
    }
    Ok((resources, pairs))
}

fn parse(pairs: &[String], field: Field) -> Result<Changes, Failure> {
    let mut changes = Changes::default();
    for pair in pairs {
        if let Some((key, value)) = pair.split_once('=') {
            if field == Field::Labels {
                if value.contains('=') {
                    return Err(Failure::client(format!("invalid label spec: {pair}")));
                }
                let errors = names::label_value_errors(value);
                if !errors.is_empty() {
                    return Err(Failure::client(format!(
                        "invalid label value: {}: {}",
                        quoted(pair),
                        errors.join(";")
                    )));
                }
            }
            changes.set.retain(|(k, _)| k != key);
            changes.set.push((key.to_owned(), value.to_owned()));
        } else if let Some(key) = pair.strip_suffix('-') {
            changes.remove.push(key.to_owned());
        }
    }
    if field == Field::Labels && changes.both().next().is_some() {
        return Err(Failure::client(
            "can not both modify and remove a label in the same command",
        ));
    }
    Ok(changes)
}

impl Changes {
    fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }

    /// Keys that are set and removed at once.
    fn both(&self) -> impl Iterator<Item = &str> {
        let set = |key: &&str| self.set.iter().any(|(k, _)| k == key);
        self.remove.iter().map(String::as_str).filter(set)
    }
}

fn run(call: &Call, field: Field, io: &mut Io<'_>) -> Result<(), Failure> {
    let manager = if field == Field::Labels {
        "kubectl-label"
    } else {
        "kubectl-annotate"
    };
    let sender = Sender::of(call, manager, io)?;
    let (resources, pairs) = resources_and_pairs(call.args(), field.word())?;
    let changes = parse(&pairs, field)?;
    check(call, field, &resources, &changes)?;
    say::check(call, io)?;
    let found = items::find_or_all(call, &resources, io)?;
    let version = call.flags.text("resource-version").unwrap_or("");
    if !version.is_empty() && !found.single {
        return Err(Failure::client(
            "--resource-version may only be used with a single resource",
        ));
    }
    let single = found.single || manifest::given(call);
    let listing = call.flags.is("list");
    found.visit(|item| {
        let item = if changes.is_empty() {
            item
        } else {
            one(call, &sender, field, &changes, item, listing, io)?
        };
        if listing {
            list(field, &item, single, io);
        }
        Ok(())
    })
}

fn check(
    call: &Call,
    field: Field,
    resources: &[String],
    changes: &Changes,
) -> Result<(), Failure> {
    let flags = &call.flags;
    let printed = flags.text("output").is_some_and(|o| !o.is_empty());
    if field == Field::Labels && flags.is("list") && printed {
        return Err(Failure::client(
            "--list and --output may not be specified together",
        ));
    }
    for selector in ["selector", "field-selector"] {
        if flags.is("all") && flags.text(selector).is_some_and(|s| !s.is_empty()) {
            return Err(Failure::client(format!(
                "cannot set --all and --{selector} at the same time"
            )));
        }
    }
    if resources.is_empty() && !manifest::given(call) {
        return Err(Failure::client(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>",
        ));
    }
    if changes.is_empty() && !flags.is("list") {
        return Err(Failure::client(format!(
            "at least one {} update is required",
            field.word()
        )));
    }
    if field == Field::Annotations {
        let both: Vec<&str> = changes.both().collect();
        if !both.is_empty() {
            return Err(Failure::client(format!(
                "can not both modify and remove the following annotation(s) in the same command: {}",
                both.join(", ")
            )));
        }
    }
    Ok(())
}

fn list(field: Field, item: &Item, single: bool, io: &mut Io<'_>) {
    if !single {
        let (kind, group) = (item.ty.resource.kind, item.ty.resource.group);
        io.line(format!(
            "Listing {} for {kind}.{group}/{}:",
            field.key(),
            item.name
        ));
    }
    let indent = if single { "" } else { " " };
    for (key, value) in item.tree().at(&["metadata", field.key()]).fields() {
        io.line(format!("{indent}{key}={}", value.text()));
    }
}

fn one(
    call: &Call,
    sender: &Sender,
    field: Field,
    changes: &Changes,
    mut item: Item,
    listing: bool,
    io: &mut Io<'_>,
) -> Result<Item, Failure> {
    let mut value = item.value.clone().unwrap_or_default();
    let old = value.at(&["metadata", field.key()]).clone();
    if field == Field::Labels && !sender.client_only() && !listing {
        for key in changes.remove.iter().filter(|k| old.field(k).is_none()) {
            io.line(format!("label {} not found.", quoted(key)));
        }
    }
    if !call.flags.is("overwrite") {
        refuse_overwrites(field, changes, &old)?;
    }
    let mut new = if old.is_null() {
        Value::map()
    } else {
        old.clone()
    };
    let mut difference = Value::map();
    let (mut added, mut removed) = (false, false);
    for (key, text) in &changes.set {
        let text = Value::str(text);
        if old.get(key) != &text {
            added = true;
            new.set(Str::new(key), text.clone());
            difference.set(Str::new(key), text);
        }
    }
    for key in changes.remove.iter().filter(|k| old.field(k).is_some()) {
        removed = true;
        new.remove(key);
        difference.set(Str::new(key), Value::Null);
    }
    value.at_mut(&["metadata"]).set(field.key(), new);
    record::note(call, &mut value);
    if !listing && !sender.client_only() && (added || removed || field == Field::Annotations) {
        let body = body(call, field, difference);
        let place = (item.namespace.as_str(), item.name.as_str());
        let sent = Patch::Merge(body);
        let written = sender.patch(item.kind()?, place, Subresource::Main, sent, io)?;
        value = written.object.value().clone();
    }
    let word = match (field, added, removed) {
        (Field::Annotations, ..) => "annotated",
        (Field::Labels, true, true) => "modified",
        (Field::Labels, true, false) => "labeled",
        (Field::Labels, false, true) => "unlabeled",
        (Field::Labels, false, false) => "not labeled",
    };
    let operation = format!("{word}{}", sender.suffix());
    if !listing {
        // Annotated objects are printed by one printer, labeled ones by one each.
        if field == Field::Annotations {
            say::between(call, io);
        }
        say::object(call, item.ty, &item.name, &value, &operation, io)?;
    }
    item.value = Some(value);
    Ok(item)
}

/// The merge patch.
fn body(call: &Call, field: Field, difference: Value) -> Value {
    let mut body = Value::map();
    if !difference.is_empty() {
        body.set_at(&["metadata", field.key()], difference);
    }
    if let Some(version) = call
        .flags
        .text("resource-version")
        .filter(|v| !v.is_empty())
    {
        body.set_at(&["metadata", "resourceVersion"], Str::new(version));
    }
    record::note(call, &mut body);
    body
}

fn refuse_overwrites(field: Field, changes: &Changes, old: &Value) -> Result<(), Failure> {
    let taken = changes.set.iter().filter_map(|(key, value)| {
        let current = old.get(key).as_str()?;
        let free = field == Field::Annotations && key == CHANGE_CAUSE;
        let told = match field {
            Field::Labels => {
                format!("'{key}' already has a value ({current}), and --overwrite is false")
            }
            Field::Annotations => format!("'{key}' already has a value ({current})"),
        };
        (current != value && !free).then_some(told)
    });
    let taken: Vec<String> = taken.collect();
    match (&taken[..], field) {
        ([], _) => Ok(()),
        (all, Field::Annotations) => Err(Failure::client(format!(
            "--overwrite is false but found the following declared annotation(s): {}",
            all.join("; ")
        ))),
        ([one], Field::Labels) => Err(Failure::client(one.clone())),
        (several, Field::Labels) => Err(Failure::client(format!("[{}]", several.join(", ")))),
    }
}
