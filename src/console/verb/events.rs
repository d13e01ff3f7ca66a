//! `kubectl events`.
//!
//! Upstream: kubectl/pkg/cmd/events/events.go.

use super::get;
use crate::cluster::SimTime;
use crate::console::args::{Flag, Takes, long, short};
use crate::console::error::Failure;
use crate::console::format::{self, Format};
use crate::console::kubectl::{Call, Command, Run, Type, flags, leave};
use crate::console::print::columns::event;
use crate::console::print::describe::pieces::interval;
use crate::console::print::{View, table};
use crate::console::task::{Io, Step, Task, Wake};
use crate::k8s::order::InOrder;
use crate::k8s::{Kind, Object, Timestamp, Value};
use std::sync::Arc;

const FLAGS: &[Flag] = &[
    long("for", Takes::Text),
    long("types", Takes::List),
    short('w', "watch", Takes::Bool),
    long("no-headers", Takes::Bool),
    long("chunk-size", Takes::Int),
];

pub static COMMANDS: &[Command] = &[Command {
    path: "events",
    about: "List events",
    usage: "[(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]",
    flags: &[FLAGS, flags::ALL_NAMESPACES, flags::OUTPUT],
    required: &[],
    run: Run::Task(start),
}];

/// What `--for` and `--types` ask for.
#[derive(Clone, Default)]
struct Wanted {
    about: Option<(Type, String)>,
    types: Vec<String>,
}

#[derive(Clone)]
struct Events {
    call: Call,
    wanted: Wanted,
    widths: table::Widths,
    /// Changes seen, once the list has been printed.
    cursor: Option<u64>,
    /// When `--request-timeout` ends it.
    until: Option<SimTime>,
}

/// The formats that `kubectl events` knows.
const FORMATS: &str = "go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,\
                       templatefile,yaml";

fn start(call: Call) -> Result<Box<dyn Task>, Failure> {
    let output = call.flags.text("output").unwrap_or("");
    let name = output.split('=').next().unwrap_or("");
    if !output.is_empty() && !FORMATS.split(',').any(|f| f == name) {
        return Err(Failure::client(format!(
            "unable to match a printer suitable for the output format \"{output}\", allowed formats are: {FORMATS}"
        )));
    }
    let mut wanted = Wanted::default();
    if let Some(text) = call.flags.text("for") {
        let form = || Failure::client("--for must be in resource/name form");
        let (word, name) = text.split_once('/').ok_or_else(form)?;
        if name.contains('/') {
            return Err(form());
        }
        if word.is_empty() {
            let why = "a resource must be present, got: /, Resource=";
            return Err(Failure::client(why));
        }
        let missing = || {
            Failure::Plain(format!(
                "the server doesn't have a resource type \"{word}\""
            ))
        };
        let ty = Type::find(word).ok_or_else(missing)?;
        // Without a name nothing is filtered.
        wanted.about = (!name.is_empty()).then(|| (ty, name.to_owned()));
    }
    for kind in call.flags.list("types") {
        let known = ["Normal", "Warning"]
            .into_iter()
            .find(|k| k.eq_ignore_ascii_case(kind));
        let known = known.ok_or_else(|| Failure::client("valid --types are Normal or Warning"))?;
        wanted.types.push(known.to_owned());
    }
    Ok(Box::new(Events {
        call,
        wanted,
        widths: table::Widths::default(),
        cursor: None,
        until: None,
    }))
}

impl Wanted {
    fn matches(&self, event: &Value) -> bool {
        let involved = event.get("involvedObject");
        let about = self.about.as_ref().is_none_or(|(ty, name)| {
            involved.get("kind").text() == ty.resource.kind && involved.get("name").text() == name
        });
        let kind = event.get("type").text();
        about && (self.types.is_empty() || self.types.iter().any(|t| t == kind))
    }
}

fn row(object: &Object, namespaces: bool, view: View<'_>) -> Vec<String> {
    let value = object.value();
    let involved = value.get("involvedObject");
    let mut row = Vec::new();
    if namespaces {
        row.push(object.namespace().to_string());
    }
    row.extend([
        interval(value, view),
        value.get("type").text().to_owned(),
        value.get("reason").text().to_owned(),
        format!(
            "{}/{}",
            involved.get("kind").text(),
            involved.get("name").text()
        ),
        value.get("message").text().trim().to_owned(),
    ]);
    row
}

impl Events {
    /// Prints what there is; tells whether there was anything.
    fn first(&mut self, io: &mut Io<'_>) -> Result<(), Failure> {
        let format = Format::of(&self.call, None, io)?;
        let namespace = self.call.list_namespace();
        leave::read(&self.call, Type::of(Kind::Event), "", io.cluster)?;
        let all = io.cluster.api().list(Kind::Event, namespace);
        let mut events: Vec<Arc<Object>> = all
            .filter(|e| self.wanted.matches(e.value()))
            .cloned()
            .collect();
        events.order_by_key(|e| Timestamp::parse(event::last_seen(e.value()).text()));
        if !format.is_table() {
            if format == Format::Name {
                // Upstream hands its printer of names a list, which has none.
                return Ok(());
            }
            let items = events
                .iter()
                .map(|e| format::shown(&self.call, e.value()))
                .collect();
            return format::print(&self.call, &format, &get::list(items), io);
        }
        if events.is_empty() {
            if !self.call.flags.is("watch") {
                match namespace {
                    Some(namespace) => {
                        io.err_line(format!("No events found in {namespace} namespace."));
                    }
                    None => io.err_line("No events found."),
                }
            }
            return Ok(());
        }
        let namespaces = self.call.flags.is("all-namespaces");
        let mut rows = Vec::new();
        if !self.call.flags.is("no-headers") {
            let names = [
                "NAMESPACE",
                "LAST SEEN",
                "TYPE",
                "REASON",
                "OBJECT",
                "MESSAGE",
            ];
            rows.push(
                names[usize::from(!namespaces)..]
                    .iter()
                    .map(|n| (*n).to_owned())
                    .collect(),
            );
        }
        let view = View {
            api: io.cluster.api(),
            now: io.now(),
        };
        rows.extend(events.iter().map(|e| row(e, namespaces, view)));
        let text = self.widths.print(&rows);
        io.out(text);
        Ok(())
    }
}

impl Task for Events {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        let Some(cursor) = self.cursor else {
            self.cursor = Some(io.cluster.api().store().committed());
            return match self.first(io) {
                Err(failure) => crate::console::kubectl::fail(io, &failure),
                Ok(()) if self.call.flags.is("watch") => {
                    self.until = flags::ends(&self.call, io);
                    Step::Wait(Wake::change_or(self.until))
                }
                Ok(()) => Step::Exit(0),
            };
        };
        if self.until.is_some_and(|until| io.now() >= until) {
            return Step::Exit(0);
        }
        let store = io.cluster.api().store();
        let namespace = self.call.list_namespace();
        let here = |o: &Object| namespace.is_none_or(|n| o.namespace().as_str() == n);
        let view = View {
            api: io.cluster.api(),
            now: io.now(),
        };
        let changes = store
            .changes_since(cursor)
            .filter(|c| c.kind == Kind::Event);
        let new = changes.filter_map(|c| c.new.clone());
        let new = new.filter(|e| here(e) && self.wanted.matches(e.value()));
        let rows: Vec<Vec<String>> = new
            .map(|e| row(&e, self.call.flags.is("all-namespaces"), view))
            .collect();
        self.cursor = Some(store.committed());
        let text = self.widths.print(&rows);
        io.out(text);
        Step::Wait(Wake::change_or(self.until))
    }
}
