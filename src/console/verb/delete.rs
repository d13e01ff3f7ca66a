//! `kubectl delete`.
//!
//! Upstream: kubectl/pkg/cmd/delete/delete.go

use crate::cluster::{ApiServer, DeleteOptions, Propagation, SimSpan, SimTime, Status};
use crate::console::args::{Flag, Takes, long, short};
use crate::console::error::Failure;
use crate::console::kubectl::builder::{self, Bare};
use crate::console::kubectl::call::DryRun;
use crate::console::kubectl::items::{self, Item, Items, Look};
use crate::console::kubectl::request::{Sender, short_title};
use crate::console::kubectl::{Call, Command, Run, fail, flags, leave};
use crate::console::task::{Io, Step, Task, Wake};
use crate::console::verb::apply::about;
use crate::k8s::{Kind, Str};

pub const FLAGS: &[Flag] = &[
    long("grace-period", Takes::Int),
    long("now", Takes::Bool),
    long("force", Takes::Bool),
    long("cascade", Takes::Maybe("background")),
    long("wait", Takes::Bool),
    long("timeout", Takes::Duration),
    long("ignore-not-found", Takes::Bool),
    short('o', "output", Takes::Text),
    short('i', "interactive", Takes::Bool),
    long("raw", Takes::Text),
];

pub static COMMANDS: &[Command] = &[Command {
    path: "delete",
    about: "Delete resources by file names, stdin, resources and names, or by resources and label selector",
    usage: "([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])",
    flags: &[
        FLAGS,
        flags::FILES,
        flags::SELECTOR,
        flags::FIELD_SELECTOR,
        flags::ALL,
        flags::ALL_NAMESPACES,
        flags::DRY_RUN,
    ],
    required: &[],
    run: Run::Task(start),
}];

fn start(call: Call) -> Result<Box<dyn Task>, Failure> {
    Ok(Box::new(Delete {
        call,
        waiting: None,
    }))
}

/// How objects are to be deleted.
#[derive(Clone, Debug)]
pub struct How {
    pub options: DeleteOptions,
    /// The line says `force deleted`.
    pub force: bool,
}

#[derive(Clone)]
struct Delete {
    call: Call,
    waiting: Option<Vanishing>,
}

impl Task for Delete {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        if self.waiting.is_none() {
            match begin(&self.call, io) {
                Ok(Some(waiting)) => self.waiting = Some(waiting),
                Ok(None) => return Step::Exit(0),
                Err(failure) => return fail(io, &failure),
            }
        }
        let Some(waiting) = &mut self.waiting else {
            return Step::Exit(0);
        };
        match waiting.poll(io) {
            None => Step::Wait(waiting.wake()),
            Some(Ok(())) => Step::Exit(0),
            Some(Err(failure)) => fail(io, &failure),
        }
    }
}

/// Objects that are awaited to be gone.
#[derive(Clone, Debug)]
pub struct Vanishing {
    objects: Vec<(Item, Str)>,
    until: SimTime,
}

impl Vanishing {
    pub fn new(objects: Vec<(Item, Str)>, until: SimTime) -> Self {
        Self { objects, until }
    }

    /// None while some object is there and time is left.
    pub fn poll(&mut self, io: &Io<'_>) -> Option<Result<(), Failure>> {
        let api = io.cluster.api();
        self.objects.retain(|(item, uid)| is_there(item, uid, api));
        if self.objects.is_empty() {
            return Some(Ok(()));
        }
        if io.now() < self.until {
            return None;
        }
        let late = self.objects.iter().map(|(item, _)| timed_out(item));
        Some(Failure::gather(late.collect()))
    }

    pub fn wake(&self) -> Wake {
        Wake::change_or(Some(self.until))
    }
}

/// The object is still the one with this uid.
pub fn is_there(item: &Item, uid: &str, api: &ApiServer) -> bool {
    item.live(api).is_ok_and(|o| o.uid().as_str() == uid)
}

pub fn timed_out(item: &Item) -> Failure {
    Failure::client(format!(
        "timed out waiting for the condition on {}",
        short_title(item.ty, &item.name)
    ))
}

/// The moment until which `--timeout` waits; 0 means a week.
pub fn deadline(call: &Call, now: SimTime) -> SimTime {
    let millis = call.flags.millis("timeout").unwrap_or(0);
    let millis = u64::try_from(millis).unwrap_or(0);
    let week = 7 * 24 * 3600 * 1000;
    now + SimSpan::from_millis(if millis == 0 { week } else { millis })
}

/// `--cascade`
pub fn propagation(call: &Call, io: &mut Io<'_>) -> Result<Propagation, Failure> {
    match call.flags.text("cascade") {
        None | Some("background") => Ok(Propagation::Background),
        Some("foreground") => Ok(Propagation::Foreground),
        Some("orphan") => Ok(Propagation::Orphan),
        Some(text) => match crate::console::args::parse_bool(text) {
            Some(true) => {
                io.err_line(
                    "warning: --cascade=true is deprecated (boolean value) and can be replaced with \
                     --cascade=background.",
                );
                Ok(Propagation::Background)
            }
            Some(false) => {
                io.err_line(
                    "warning: --cascade=false is deprecated (boolean value) and can be replaced with \
                     --cascade=orphan.",
                );
                Ok(Propagation::Orphan)
            }
            None => Err(Failure::client(format!(
                "invalid cascade value ({text}). Must be \"background\", \"foreground\", or \"orphan\""
            ))),
        },
    }
}

/// The grace period of the flags; None is the object's own.
fn grace(call: &Call) -> Result<Option<i64>, Failure> {
    let flags = &call.flags;
    let mut grace = flags.int("grace-period").filter(|g| *g != -1);
    if flags.is("now") {
        if grace.is_some() {
            return Err(Failure::client(
                "--now and --grace-period cannot be specified together",
            ));
        }
        grace = Some(1);
    }
    if grace == Some(0) && !flags.is("force") {
        grace = Some(1);
    }
    if flags.is("force") && grace.is_none_or(|g| g < 0) {
        grace = Some(0);
    }
    Ok(grace)
}

fn check(call: &Call, grace: Option<i64>, io: &mut Io<'_>) -> Result<(), Failure> {
    let output = call.flags.text("output").unwrap_or("");
    if !matches!(output, "" | "name") {
        return Err(Failure::client(format!(
            "unexpected -o output mode: {output}. We only support '-o name'"
        )));
    }
    if call.flags.is("force") {
        if grace != Some(0) {
            return Err(Failure::client(
                "--force and --grace-period greater than 0 cannot be specified together",
            ));
        }
        io.err_line(
            "Warning: Immediate deletion does not wait for confirmation that the running resource has been \
             terminated. The resource may continue to run on the cluster indefinitely.",
        );
    }
    Ok(())
}

fn begin(call: &Call, io: &mut Io<'_>) -> Result<Option<Vanishing>, Failure> {
    if call.flags.given("interactive") && call.flags.text("interactive") != Some("false") {
        return Err(Failure::client(
            "--interactive is not part of this playground: kubectl delete TYPE NAME does without it",
        ));
    }
    if let Some(sent) = super::get_raw::send(call, io) {
        return sent.map(|()| None);
    }
    let propagation = propagation(call, io)?;
    let grace = grace(call)?;
    let sender = Sender::of(call, "kubectl", io)?;
    let selected = ["selector", "field-selector"]
        .iter()
        .any(|f| call.flags.text(f).is_some_and(|t| !t.is_empty()));
    if call.flags.is("all") && selected && call.args().len() < 2 {
        return Err(Failure::client(
            "setting 'all' parameter but found a non empty selector.",
        ));
    }
    let found = items::find(call, call.args(), Bare::Refused, Look::Given, io)?;
    check(call, grace, io)?;
    let how = How {
        options: DeleteOptions {
            grace_period: grace.filter(|g| *g >= 0),
            propagation: Some(propagation),
            ..DeleteOptions::default()
        },
        force: grace == Some(0),
    };
    let deleted = all(call, &sender, &how, found, io)?;
    if !call.flags.is_or("wait", true) || sender.dry_run != DryRun::None {
        return Ok(None);
    }
    Ok(Some(Vanishing::new(deleted, deadline(call, io.now()))))
}

/// Deletes everything that was found; the answer is what may still be there.
pub fn all(
    call: &Call,
    sender: &Sender,
    how: &How,
    found: Items,
    io: &mut Io<'_>,
) -> Result<Vec<(Item, Str)>, Failure> {
    let selecting = ["selector", "field-selector"]
        .iter()
        .any(|f| call.flags.text(f).is_some_and(|t| !t.is_empty()));
    let ignore = call
        .flags
        .is_or("ignore-not-found", call.flags.is("all") || selecting);
    let mut failures = Vec::new();
    if found.items.is_empty() && found.failures.is_empty() {
        io.line("No resources found");
        return Ok(Vec::new());
    }
    let mut warn = call.namespace_given && !call.flags.is("all-namespaces");
    let mut deleted = Vec::new();
    for item in found.items {
        if warn && !item.ty.namespaced() {
            io.err_line(
                "Warning: deleting cluster-scoped resources, not scoped to the provided namespace",
            );
            warn = false;
        }
        match one(call, sender, how, &item, io) {
            Ok(Some(uid)) => deleted.push((item, uid)),
            Ok(None) => {}
            Err(Failure::Api(status)) if ignore && status.is_not_found() => {}
            Err(failure) => failures.push(failure),
        }
    }
    match Failure::gather(found.failures) {
        Err(Failure::Many(several)) if failures.is_empty() => failures = several,
        other => failures.extend(other.err()),
    }
    Failure::gather(failures)?;
    Ok(deleted)
}

fn one(
    call: &Call,
    sender: &Sender,
    how: &How,
    item: &Item,
    io: &mut Io<'_>,
) -> Result<Option<Str>, Failure> {
    let mut uid = None;
    if !sender.client_only() {
        if item.ty.kind == Some(Kind::Endpoints) {
            io.warn(builder::ENDPOINTS);
        }
        super::apply::check_name(&item.name).map_err(|f| {
            if item.source.is_empty() {
                f
            } else {
                f.context(&format!("error when deleting \"{}\"", item.source))
            }
        })?;
        if item.ty.kind.is_none() && !item.ty.resource.verbs.contains(&"delete") {
            let why = "the server does not allow this method on the requested resource";
            return Err(Status::plain(405, "MethodNotAllowed", why).into());
        }
        if item.ty.resource.name == "apiservices" {
            item.kind()?;
        }
        let place = (item.namespace.as_str(), item.name.as_str());
        leave::ask(call, item.ty, ("delete", ""), place, io.cluster)
            .and_then(|()| item.live(io.cluster.api()))
            .map_err(|s| about("deleting", &item.source, s))?;
        let gone = sender.delete(item.kind()?, place, how.options.clone(), io);
        let gone = gone.map_err(|s| about("deleting", &item.source, s))?;
        uid = Some(gone.uid().clone());
    }
    print(call, sender, how, item, io);
    Ok(uid)
}

/// `pod "x" deleted from default namespace`
fn print(call: &Call, sender: &Sender, how: &How, item: &Item, io: &mut Io<'_>) {
    if call.flags.text("output") == Some("name") {
        io.line(item.title());
        return;
    }
    let mut line = format!("{} \"{}\"", item.ty.qualified(), item.name);
    line.push_str(if how.force {
        " force deleted"
    } else {
        " deleted"
    });
    if !item.namespace.is_empty() {
        line.push_str(&format!(" from {} namespace", item.namespace));
    }
    line.push_str(sender.suffix());
    io.line(line);
}
