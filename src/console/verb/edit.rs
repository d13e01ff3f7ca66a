//! `kubectl edit` and `apply edit-last-applied`: the page's editor on an object.
//!
//! The object is written to a virtual file and [`Wish::Open`] asks for the editor; when the editor is closed, the
//! page puts the file's path into [`crate::console::Session::closed`] and the command goes on.
//!
//! Upstream: kubectl/pkg/cmd/util/editor/editoptions.go

use super::apply::last_applied;
use crate::cluster::{Patch, Status};
use crate::console::args::{Flag, Takes, long, quoted};
use crate::console::error::Failure;
use crate::console::format::go;
use crate::console::kubectl::builder::Bare;
use crate::console::kubectl::items::{self, Item, Look};
use crate::console::kubectl::manifest;
use crate::console::kubectl::request::Sender;
use crate::console::kubectl::{Call, Command, Run, fail, flags, say};
use crate::console::runner::Runner;
use crate::console::session::Wish;
use crate::console::shell;
use crate::console::task::{Io, Step, Task, Wake};
use crate::k8s::{Value, json, patch, yaml};
use std::sync::Arc;

const FLAGS: &[Flag] = &[
    long("output-patch", Takes::Bool),
    long("save-config", Takes::Bool),
    long("windows-line-endings", Takes::Bool),
    long("subresource", Takes::Text),
];

const SETS: &[&[Flag]] = &[
    FLAGS,
    flags::FILES,
    flags::OUTPUT,
    flags::FIELD_MANAGER,
    flags::RECORD,
    flags::VALIDATE,
];

pub static COMMANDS: &[Command] = &[
    Command {
        path: "edit",
        about: "Edit a resource on the server",
        usage: "(RESOURCE/NAME | -f FILENAME)",
        flags: SETS,
        required: &[],
        run: Run::Task(start),
    },
    Command {
        path: "apply edit-last-applied",
        about: "Edit latest last-applied-configuration annotations of a resource/object",
        usage: "(RESOURCE/NAME | -f FILENAME)",
        flags: SETS,
        required: &[],
        run: Run::Task(start),
    },
];

/// What stands above every object.
const HEAD: &str = "# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
";

fn start(call: Call) -> Result<Box<dyn Task>, Failure> {
    Ok(Box::new(Edit {
        call,
        items: None,
        current: None,
        several: false,
        edited: false,
        unchanged: Vec::new(),
        code: 0,
    }))
}

#[derive(Clone)]
struct Edit {
    call: Call,
    /// Objects still to be edited; None before the first poll.
    items: Option<Vec<Item>>,
    current: Option<Editing>,
    /// Several objects are one edit: what was left as it is gets told at the end.
    several: bool,
    edited: bool,
    unchanged: Vec<String>,
    code: u8,
}

/// One object in the editor.
#[derive(Clone)]
struct Editing {
    item: Item,
    /// The tree as it was shown.
    shown: Value,
    /// The text that was given to the editor, without comments.
    text: String,
    path: String,
    /// It was refused before.
    refused: bool,
    /// A program of `$KUBE_EDITOR` instead of the page's editor.
    program: Option<(String, Runner)>,
}

impl Task for Edit {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        if self.items.is_none() {
            match self.found(io) {
                Ok(items) => {
                    self.several = items.len() > 1;
                    self.items = Some(items);
                }
                Err(failure) => return fail(io, &failure),
            }
        }
        loop {
            if self.current.is_none() {
                let items = self.items.get_or_insert_default();
                if items.is_empty() {
                    self.tell_unchanged(io);
                    return Step::Exit(self.code);
                }
                let item = items.remove(0);
                let last = self.call.command.path == "apply edit-last-applied";
                let unread = || last_applied::unread(&self.call, item.tree());
                if let Some(failure) = last.then(unread).flatten() {
                    return fail(io, &failure);
                }
                let editing = Editing::new(&self.call, item);
                self.current = Some(editing.open("", io));
            }
            let Some(editing) = &mut self.current else {
                return Step::Exit(self.code);
            };
            match editing.closed(io) {
                Ok(None) => {}
                Ok(Some(wait)) => return wait,
                Err(failure) => return fail(io, &failure),
            }
            let editing = editing.clone();
            let title = editing.item.title();
            match editing.saved(&self.call, io) {
                Ok(Saved::Again(again)) => self.current = Some(*again),
                Ok(Saved::Edited) => {
                    self.edited = true;
                    self.current = None;
                }
                Ok(Saved::Unchanged) => {
                    self.unchanged.push(title);
                    self.current = None;
                }
                Err(failure) => {
                    self.code = failure.code();
                    fail(io, &failure);
                    self.current = None;
                }
            }
        }
    }
}

impl Edit {
    /// The objects to edit.
    fn found(&self, io: &mut Io<'_>) -> Result<Vec<Item>, Failure> {
        let found = items::find(&self.call, self.call.args(), Bare::Means, Look::Live, io)?;
        Failure::gather(found.failures)?;
        let output = self.call.flags.text("output").unwrap_or("");
        if !["", "json", "kyaml", "yaml"].contains(&output) {
            return Err(Failure::client(format!(
                "unable to match a printer suitable for the output format \"{output}\", allowed formats are: \
                 json,kyaml,yaml"
            )));
        }
        say::check(&self.call, io)?;
        Ok(found.items)
    }

    fn tell_unchanged(&mut self, io: &mut Io<'_>) {
        let unchanged = std::mem::take(&mut self.unchanged);
        if unchanged.is_empty() {
            return;
        }
        if self.several && self.edited {
            for title in unchanged {
                io.line(format!("{title} skipped"));
            }
        } else {
            io.err_line("Edit cancelled, no changes made.");
        }
    }
}

/// What stands above the text after a refusal.
fn invalid(title: &str, status: &Status) -> String {
    let causes = status.causes.iter();
    let mut lines: String = causes
        .map(|c| format!("# * {}: {}\n", c.field, c.message))
        .collect();
    if lines.is_empty() {
        lines = format!("# * {status}\n");
    }
    format!("# {title} was not valid:\n{lines}#\n")
}

/// What came of a change that was sent.
enum Sent {
    Done,
    Nothing,
    /// With what stands above the text when it is opened again.
    Refused(String),
}

/// What came of a saved text.
enum Saved {
    Edited,
    Unchanged,
    /// It was refused and is open again.
    Again(Box<Editing>),
}

impl Editing {
    fn new(call: &Call, item: Item) -> Self {
        let mut shown = item.tree().clone();
        shown.remove_at(&["metadata", "managedFields"]);
        if call.command.path == "apply edit-last-applied" {
            shown = last_applied::of(&shown);
        }
        let text = if call.flags.text("output") == Some("json") {
            format!("{}\n", json::indented(&shown))
        } else {
            yaml::print(&shown)
        };
        Self {
            path: format!("tmp/kubectl-edit-{}.yaml", item.name),
            item,
            shown,
            text,
            refused: false,
            program: None,
        }
    }

    /// Puts the text into the editor, with comments above it.
    fn open(mut self, comments: &str, io: &mut Io<'_>) -> Self {
        let text = format!("{HEAD}{comments}{}", self.text);
        io.session.files.write(&self.path, &text);
        io.session.closed.retain(|p| *p != self.path);
        let variables = &io.session.variables;
        let editor = ["KUBE_EDITOR", "EDITOR"]
            .iter()
            .find_map(|v| variables.get(*v));
        let own = editor
            .filter(|e| !matches!(e.as_str(), "" | "vi" | "vim" | "nano"))
            .cloned();
        self.program = own.and_then(|editor| {
            let script = shell::parse(&format!("{editor} /{}", self.path)).ok()?;
            Some((editor, Runner::new(Arc::new(script))))
        });
        if self.program.is_none() {
            io.session.wishes.push(Wish::Open(self.path.clone()));
        }
        self
    }

    /// None when the editor was closed.
    fn closed(&mut self, io: &mut Io<'_>) -> Result<Option<Step>, Failure> {
        if let Some((editor, program)) = &mut self.program {
            return match program.poll(io) {
                Step::Wait(wake) => Ok(Some(Step::Wait(wake))),
                Step::Exit(0) => Ok(None),
                Step::Exit(_) => Err(Failure::client(format!(
                    "there was a problem with the editor {}",
                    quoted(editor)
                ))),
            };
        }
        let before = io.session.closed.len();
        io.session.closed.retain(|p| *p != self.path);
        Ok((io.session.closed.len() == before).then_some(Step::Wait(Wake::INPUT)))
    }

    /// Does what the saved text asks for; the answer is the next round when the text was refused.
    fn saved(mut self, call: &Call, io: &mut Io<'_>) -> Result<Saved, Failure> {
        let read = io
            .session
            .files
            .read(&self.path)
            .unwrap_or_default()
            .to_string();
        let lines = read.lines().filter(|l| !l.trim_start().starts_with('#'));
        let text: String = lines.map(|l| format!("{l}\n")).collect();
        let checked = !matches!(call.flags.text("validate"), Some("false" | "ignore"));
        if text.trim().is_empty() && !checked {
            io.err_line("Edit cancelled, saved file was empty.");
            return Ok(Saved::Edited);
        }
        if text == self.text {
            if self.refused {
                self.keep(io);
                return Err(Failure::client(
                    "Edit cancelled, no valid changes were saved.",
                ));
            }
            return Ok(Saved::Unchanged);
        }
        let title = self.title();
        let read = yaml::parse(&text).and_then(|value| manifest::head(&value).map(|()| value));
        let why = match read {
            Ok(value) => match self.send(call, &value, io)? {
                Sent::Done => return Ok(Saved::Edited),
                Sent::Nothing => return Ok(Saved::Unchanged),
                Sent::Refused(why) => why,
            },
            Err(why) if !checked => {
                format!(
                    "# The edited file had a syntax error: error parsing edited-file: {why}\n#\n"
                )
            }
            Err(why) => {
                io.err_line(format!("error: {title} is invalid"));
                format!(
                    "# {title} was not valid:\n# * <nil>: Invalid value: \"The edited file failed validation\": \
                     {why}\n#\n"
                )
            }
        };
        self.text = text;
        self.refused = true;
        Ok(Saved::Again(Box::new(self.open(&why, io))))
    }

    /// `daemonsets.apps "x"`
    fn title(&self) -> String {
        format!("{} \"{}\"", self.item.ty.full_name(), self.item.name)
    }

    /// Says where a text is that came to nothing.
    fn keep(&self, io: &mut Io<'_>) {
        io.err_line(format!(
            "A copy of your changes has been stored to \"/{}\"",
            self.path
        ));
    }

    /// What of an object must stay as it is.
    fn check(&self, call: &Call, value: &Value) -> Result<(), Failure> {
        let namespace = value.at(&["metadata", "namespace"]).text();
        let own = &self.item.namespace;
        if !namespace.is_empty() && !own.is_empty() && namespace != own {
            return Err(manifest::other_namespace(namespace, own));
        }
        let last = call.command.path == "apply edit-last-applied";
        let uid = ["metadata", "uid"];
        if !last && value.at(&uid) != self.shown.at(&uid) {
            let object = go::syntax(value);
            return Err(Failure::client(format!(
                "no original object found for &unstructured.Unstructured{{Object:{object}}}"
            )));
        }
        let paths: [&[&str]; 3] = [&["apiVersion"], &["kind"], &["metadata", "name"]];
        let same = |path: &&[&str]| value.at(path) == self.shown.at(path);
        if paths.iter().all(same) {
            return Ok(());
        }
        Err(Failure::client(
            "At least one of apiVersion, kind and name was changed",
        ))
    }

    /// Sends the change; the answer is what stands above the text when it is opened again.
    fn send(&self, call: &Call, value: &Value, io: &mut Io<'_>) -> Result<Sent, Failure> {
        let (version, name) = (value.get("apiVersion").text(), value.get("kind").text());
        if manifest::of(version, name).is_none() {
            return Ok(Sent::Refused(format!(
                "# The edited file had a syntax error: resource mapping not found for name: {:?} namespace: {:?} from \
                 \"edited-file\": no matches for kind {name:?} in version {version:?}\n# ensure CRDs are installed \
                 first\n#\n",
                value.at(&["metadata", "name"]).text(),
                value.at(&["metadata", "namespace"]).text(),
            )));
        }
        if let Err(failure) = self.check(call, value) {
            self.keep(io);
            return Err(failure);
        }
        let kind = self.item.kind()?;
        let last = call.command.path == "apply edit-last-applied";
        let body = if last {
            let annotated = last_applied::annotated(value);
            let text = annotated
                .at(&["metadata", "annotations"])
                .get(last_applied::ANNOTATION);
            let mut body = Value::map();
            let annotations = body.at_mut(&["metadata", "annotations"]);
            annotations.set(last_applied::ANNOTATION, text.clone());
            body
        } else {
            patch::two_way(kind, &self.shown, value).map_err(Failure::client)?
        };
        if body.is_empty() {
            return Ok(Sent::Nothing);
        }
        if call.flags.is("output-patch") {
            io.line(format!("Patch: {}", json::compact(&body)));
        }
        let sender = Sender::of(call, "kubectl-edit", io)?;
        let place = (self.item.namespace.as_str(), self.item.name.as_str());
        let sent = Patch::Strategic(body);
        let title = self.title();
        match sender.patch(kind, place, super::patch::subresource(call)?, sent, io) {
            Ok(written) => {
                let value = written.object.value().clone();
                say::object(call, self.item.ty, &self.item.name, &value, "edited", io)?;
                Ok(Sent::Done)
            }
            Err(status) if status.is_not_found() => {
                io.err_line(format!(
                    "The edits you made on deleted resources have been saved to \"/{}\"",
                    self.path
                ));
                Err(Failure::client(format!(
                    "{title} could not be found on the server"
                )))
            }
            Err(status) if status.reason == "Invalid" => {
                io.err_line(format!("error: {title} is invalid"));
                Ok(Sent::Refused(invalid(&title, &status)))
            }
            Err(status) => {
                io.err_line(format!("error: {title} could not be patched: {status}"));
                io.err_line(format!(
                    "You can run `kubectl replace -f /{}` to try this update again.",
                    self.path
                ));
                Err(Failure::Code(1))
            }
        }
    }
}
