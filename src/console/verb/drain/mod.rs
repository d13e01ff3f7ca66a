//! `kubectl cordon`, `uncordon`, `drain`.
//!
//! Upstream: kubectl/pkg/cmd/drain/drain.go, kubectl/pkg/drain/drain.go

mod evict;
mod pods;

use crate::cluster::{Patch, SimSpan, Subresource};
use crate::console::args::{Flag, Takes, long};
use crate::console::error::Failure;
use crate::console::kubectl::builder::{self, Bare, Info};
use crate::console::kubectl::request::Sender;
use crate::console::kubectl::{Call, Command, Run, Type, fail, flags, say};
use crate::console::task::{Io, Step, Task, Wake};
use crate::k8s::selector::Selector;
use crate::k8s::{Kind, Value, patch};
use evict::Eviction;

const FLAGS: &[Flag] = &[
    long("ignore-daemonsets", Takes::Bool),
    long("delete-emptydir-data", Takes::Bool),
    long("delete-local-data", Takes::Bool),
    long("force", Takes::Bool),
    long("grace-period", Takes::Int),
    long("timeout", Takes::Duration),
    long("pod-selector", Takes::Text),
    long("disable-eviction", Takes::Bool),
    long("skip-wait-for-delete-timeout", Takes::Int),
    long("chunk-size", Takes::Int),
];

pub static COMMANDS: &[Command] = &[
    Command {
        path: "cordon",
        about: "Mark node as unschedulable",
        usage: "NODE",
        flags: &[flags::SELECTOR, flags::DRY_RUN],
        required: &[],
        run: Run::Task(cordon),
    },
    Command {
        path: "uncordon",
        about: "Mark node as schedulable",
        usage: "NODE",
        flags: &[flags::SELECTOR, flags::DRY_RUN],
        required: &[],
        run: Run::Task(uncordon),
    },
    Command {
        path: "drain",
        about: "Drain node in preparation for maintenance",
        usage: "NODE",
        flags: &[FLAGS, flags::SELECTOR, flags::DRY_RUN],
        required: &[],
        run: Run::Task(drain),
    },
];

/// Between the requests about one node and those about the next.
const BETWEEN_NODES: SimSpan = SimSpan::from_millis(15);

fn cordon(call: Call) -> Result<Box<dyn Task>, Failure> {
    Ok(Box::new(Marking {
        call,
        wanted: true,
        rest: None,
    }))
}

fn uncordon(call: Call) -> Result<Box<dyn Task>, Failure> {
    Ok(Box::new(Marking {
        call,
        wanted: false,
        rest: None,
    }))
}

/// `cordon` and `uncordon`: one node after the other.
#[derive(Clone)]
struct Marking {
    call: Call,
    wanted: bool,
    /// The nodes still to do; None before the first look.
    rest: Option<(Sender, Vec<Info>)>,
}

impl Task for Marking {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        if self.rest.is_none() {
            let found = Sender::of(&self.call, "kubectl", io)
                .and_then(|sender| Ok((sender, nodes(&self.call, io)?)));
            match found {
                Ok(found) => self.rest = Some(found),
                Err(failure) => return fail(io, &failure),
            }
        }
        if let Some((sender, rest)) = &mut self.rest
            && !rest.is_empty()
        {
            let node = rest.remove(0);
            mark(&self.call, sender, &node, self.wanted, io);
            if !rest.is_empty() {
                let at = Some(io.cluster.now() + BETWEEN_NODES);
                return Step::Wait(Wake {
                    at,
                    on_change: false,
                });
            }
        }
        Step::Exit(0)
    }
}

/// The nodes that the arguments name; the first that is missing refuses all.
fn nodes(call: &Call, io: &mut Io<'_>) -> Result<Vec<Info>, Failure> {
    if call.args().is_empty() && !call.flags.given("selector") {
        return Err(call.usage(format!("USAGE: {} NODE [flags]", call.command.path)));
    }
    if !call.args().is_empty() && call.selects() {
        return Err(call.usage("cannot specify both a node name and a --selector option"));
    }
    if Selector::parse(call.flags.text("pod-selector").unwrap_or("")).is_err() {
        return Err(Failure::client(
            "--pod-selector=<pod_selector> must be a valid label selector",
        ));
    }
    let ty = Type::of(Kind::Node);
    if call.args().is_empty() {
        let found = builder::list(call, ty, io.cluster)?;
        return Ok(found
            .into_iter()
            .map(|object| Info { ty, object })
            .collect());
    }
    let mut infos = Vec::new();
    for arg in call.args() {
        let words = if arg.contains('/') {
            vec![arg.clone()]
        } else {
            vec!["nodes".to_owned(), arg.clone()]
        };
        let found = builder::objects(call, &words, Bare::Refused, io)?;
        if let Some(failure) = found.failures.into_iter().next() {
            return Err(failure);
        }
        infos.extend(found.infos);
    }
    if let Some(other) = infos.iter().find(|i| i.object.kind() != Kind::Node) {
        return Err(Failure::client(format!(
            "error: expected resource of type node, got {}",
            crate::console::args::quoted(&other.ty.group_version_resource())
        )));
    }
    Ok(infos)
}

/// Sets `spec.unschedulable` of a node, or says that it is so already.
fn mark(call: &Call, sender: &Sender, node: &Info, wanted: bool, io: &mut Io<'_>) {
    let old = node.object.value();
    let is = old.at(&["spec", "unschedulable"]).as_bool() == Some(true);
    let word = match (wanted, is == wanted) {
        (true, true) => "already cordoned",
        (true, false) => "cordoned",
        (false, true) => "already uncordoned",
        (false, false) => "uncordoned",
    };
    if is != wanted && !sender.client_only() {
        let mut new = old.clone();
        if wanted {
            new.set_at(&["spec", "unschedulable"], true);
        } else {
            new.remove_at(&["spec", "unschedulable"]);
        }
        let name = node.object.name().as_str();
        let body = patch::two_way(Kind::Node, old, &new).unwrap_or(Value::map());
        let sent = Patch::Strategic(body);
        if let Err(status) = sender.patch(Kind::Node, ("", name), Subresource::Main, sent, io) {
            let verb = if wanted { "cordon" } else { "uncordon" };
            io.err_line(format!("error: unable to {verb} node \"{name}\": {status}"));
            return;
        }
    }
    let operation = format!("{word}{}", sender.suffix());
    // Without -o nothing can be refused here.
    let _ = say::object(call, node.ty, node.object.name(), old, &operation, io);
}

fn drain(call: Call) -> Result<Box<dyn Task>, Failure> {
    Ok(Box::new(Drain {
        call,
        state: State::New,
        failed: Vec::new(),
    }))
}

#[derive(Clone)]
struct Drain {
    call: Call,
    state: State,
    /// The nodes that could not be drained, with every reason.
    failed: Vec<(String, Vec<String>)>,
}

#[derive(Clone)]
enum State {
    New,
    Running(Box<Running>),
}

/// The nodes still to do; the first one is being emptied.
#[derive(Clone)]
struct Running {
    sender: Sender,
    nodes: Vec<Info>,
    eviction: Option<Eviction>,
}

impl Task for Drain {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        if let State::New = self.state {
            match begin(&self.call, io) {
                Ok(running) => self.state = State::Running(Box::new(running)),
                Err(failure) => return fail(io, &failure),
            }
        }
        let State::Running(running) = &mut self.state else {
            return Step::Exit(0);
        };
        while let Some(node) = running.nodes.first().cloned() {
            match running.node(&self.call, &node, io) {
                Progress::Waits(step) => return step,
                Progress::Done => {
                    let operation = format!("drained{}", running.sender.suffix());
                    let name = node.object.name().as_str();
                    let value = node.object.value();
                    let _ = say::object(&self.call, node.ty, name, value, &operation, io);
                }
                Progress::Failed(reasons) => {
                    let name = node.object.name().as_str().to_owned();
                    io.err_line(format!(
                        "error: unable to drain node \"{name}\" due to error: {}, continuing command...",
                        joined(&reasons)
                    ));
                    self.failed.push((name, reasons));
                }
            }
            running.nodes.remove(0);
            running.eviction = None;
        }
        self.end(io)
    }
}

impl Drain {
    fn end(&self, io: &mut Io<'_>) -> Step {
        if self.failed.is_empty() {
            return Step::Exit(0);
        }
        io.err_line("There are pending nodes to be drained:");
        for (name, _) in &self.failed {
            io.err_line(format!(" {name}"));
        }
        // The reasons of one node stand on a line each; those of several nodes on one line a node.
        match &self.failed[..] {
            [(_, reasons)] => reasons.iter().for_each(|reason| io.err_line(reason)),
            several => several
                .iter()
                .for_each(|(_, reasons)| io.err_line(joined(reasons))),
        }
        Step::Exit(1)
    }
}

fn begin(call: &Call, io: &mut Io<'_>) -> Result<Running, Failure> {
    if call.flags.given("delete-local-data") {
        io.err_line(
            "Flag --delete-local-data has been deprecated, This option is deprecated and will be deleted. Use \
             --delete-emptydir-data.",
        );
    }
    let nodes = nodes(call, io)?;
    let sender = Sender::of(call, "kubectl", io)?;
    for node in &nodes {
        mark(call, &sender, node, true, io);
    }
    Ok(Running {
        sender,
        nodes,
        eviction: None,
    })
}

/// How far one node is.
enum Progress {
    Waits(Step),
    Done,
    Failed(Vec<String>),
}

impl Running {
    fn node(&mut self, call: &Call, node: &Info, io: &mut Io<'_>) -> Progress {
        if self.eviction.is_none() {
            let name = node.object.name();
            let found = match pods::on(call, name, io.cluster.api()) {
                Ok(found) => found,
                Err(reasons) => return Progress::Failed(reasons),
            };
            if !found.warnings.is_empty() {
                io.err_line(format!("Warning: {}", found.warnings.join("; ")));
            }
            if self.sender.client_only() {
                for pod in &found.pods {
                    io.line(format!(
                        "evicting pod {}/{} (dry run)",
                        pod.namespace(),
                        pod.name()
                    ));
                }
                return Progress::Done;
            }
            match Eviction::new(call, &self.sender, found.pods, io) {
                Ok(eviction) => self.eviction = Some(eviction),
                Err(reasons) => return Progress::Failed(reasons),
            }
        }
        let Some(eviction) = &mut self.eviction else {
            return Progress::Done;
        };
        match eviction.poll(&self.sender, io) {
            Ok(Some(wake)) => Progress::Waits(Step::Wait(wake)),
            Ok(None) => Progress::Done,
            Err(reasons) => {
                if let Ok(left) = pods::on(call, node.object.name(), io.cluster.api())
                    && !left.pods.is_empty()
                {
                    io.err_line(format!(
                        "There are pending pods in node \"{}\" when an error occurred: {}",
                        node.object.name(),
                        joined(&reasons)
                    ));
                    for pod in &left.pods {
                        io.err_line(format!("pod/{}", pod.name()));
                    }
                }
                Progress::Failed(reasons)
            }
        }
    }
}

/// Several reasons in brackets.
fn joined(reasons: &[String]) -> String {
    match reasons {
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    }
}
