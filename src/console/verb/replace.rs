//! `kubectl replace`.
//!
//! Upstream: kubectl/pkg/cmd/replace/replace.go

use super::apply::about;
use super::delete::{self, How, Vanishing};
use crate::cluster::{Caller, DeleteOptions, SimSpan, Subresource};
use crate::console::args::{Flag, Takes, long};
use crate::console::error::Failure;
use crate::console::kubectl::call::DryRun;
use crate::console::kubectl::items::{self, Item, Items};
use crate::console::kubectl::manifest::{self, Check, Manifest, Manifests};
use crate::console::kubectl::request::Sender;
use crate::console::kubectl::{Call, Command, Run, fail, flags, record, say};
use crate::console::task::{Io, Step, Task, Wake};
use crate::console::verb::apply::last_applied;
use crate::k8s::Value;

const FLAGS: &[Flag] = &[
    long("save-config", Takes::Bool),
    long("force", Takes::Bool),
    long("grace-period", Takes::Int),
    long("cascade", Takes::Maybe("background")),
    long("wait", Takes::Bool),
    long("timeout", Takes::Duration),
    long("raw", Takes::Text),
    long("subresource", Takes::Text),
];

/// How long `--force` waits for what it deleted.
const WAIT: SimSpan = SimSpan::from_secs(300);
/// How often it looks.
const LOOK: SimSpan = SimSpan::from_secs(1);

pub static COMMANDS: &[Command] = &[Command {
    path: "replace",
    about: "Replace a resource by file name or stdin",
    usage: "-f FILENAME",
    flags: &[
        FLAGS,
        flags::FILES,
        flags::OUTPUT,
        flags::DRY_RUN,
        flags::FIELD_MANAGER,
        flags::RECORD,
        flags::VALIDATE,
    ],
    required: &[],
    run: Run::Task(start),
}];

fn start(call: Call) -> Result<Box<dyn Task>, Failure> {
    Ok(Box::new(Replace {
        call,
        forcing: None,
    }))
}

#[derive(Clone)]
struct Replace {
    call: Call,
    forcing: Option<Forcing>,
}

/// `--force`: the old objects are awaited to be gone.
#[derive(Clone)]
struct Forcing {
    sender: Sender,
    read: Manifests,
    vanishing: Vanishing,
}

impl Task for Replace {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        if self.forcing.is_none() {
            match begin(&self.call, io) {
                Ok(None) => return Step::Exit(0),
                Ok(forcing) => self.forcing = forcing,
                Err(failure) => return fail(io, &failure),
            }
        }
        let Some(forcing) = &mut self.forcing else {
            return Step::Exit(0);
        };
        let ended = match forcing.vanishing.poll(io) {
            None => return Step::Wait(Wake::at(io.now() + LOOK)),
            Some(Ok(())) => recreate(&self.call, forcing, io),
            Some(Err(_)) => Err(Failure::client("timed out waiting for the condition")),
        };
        match ended {
            Ok(()) => Step::Exit(0),
            Err(failure) => fail(io, &failure),
        }
    }
}

fn begin(call: &Call, io: &mut Io<'_>) -> Result<Option<Forcing>, Failure> {
    say::check(call, io)?;
    let sender = Sender::of(call, "kubectl-replace", io)?;
    manifest::required(call)?;
    let force = call.flags.is("force");
    if force && sender.dry_run != DryRun::None {
        return Err(Failure::client(
            "--dry-run can not be used when --force is set",
        ));
    }
    if call.flags.int("grace-period").is_some_and(|g| g >= 0) && !force {
        return Err(Failure::client(
            "--grace-period must have --force specified",
        ));
    }
    if call.flags.millis("timeout").is_some_and(|t| t != 0) && !force {
        return Err(Failure::client("--timeout must have --force specified"));
    }
    if let Some(sent) = super::get_raw::send(call, io) {
        return sent.map(|()| None);
    }
    let check = match sender.validation {
        Caller::Ignore => Check::Nothing,
        Caller::Component | Caller::Strict | Caller::Warn => Check::Head,
    };
    let read = manifest::read(call, check, io)?;
    if force && !sender.client_only() {
        return delete_first(call, sender, read, io).map(Some);
    }
    let mut failures = Vec::new();
    for manifest in read.objects {
        if let Err(failure) = one(call, &sender, &manifest, io) {
            failures.push(failure);
        }
    }
    Failure::beside(failures, read.failures, Vec::new()).map(|()| None)
}

fn one(call: &Call, sender: &Sender, manifest: &Manifest, io: &mut Io<'_>) -> Result<(), Failure> {
    let mut value = configured(call, &manifest.value);
    record::note(call, &mut value);
    let operation = format!("replaced{}", sender.suffix());
    if !sender.client_only() {
        let kind = items::stored(manifest.ty)?;
        if let Err(failure) = super::apply::check_name(&manifest.name) {
            return Err(failure.context(&format!("error when replacing \"{}\"", manifest.source)));
        }
        if value.at(&["metadata", "resourceVersion"]).is_empty()
            && let Ok(live) = io
                .cluster
                .api()
                .get(kind, &manifest.namespace, &manifest.name)
        {
            let version = live.meta().resource_version.to_string();
            value.at_mut(&["metadata"]).set("resourceVersion", version);
        }
        let part = match call.flags.text("subresource") {
            Some("status") => Subresource::Status,
            Some("scale") => Subresource::Scale,
            Some("resize") => Subresource::Resize,
            _ => Subresource::Main,
        };
        let written = sender.update_part(kind, part, value, io);
        let written = written.map_err(|s| about("replacing", &manifest.source, s))?;
        value = written.object.value().clone();
    }
    say::between(call, io);
    say::object(call, manifest.ty, &manifest.name, &value, &operation, io)
}

/// With `--save-config`, or when it has the annotation already, the manifest remembers itself.
pub fn configured(call: &Call, manifest: &Value) -> Value {
    let annotations = manifest.at(&["metadata", "annotations"]);
    if call.flags.is("save-config") || annotations.field(last_applied::ANNOTATION).is_some() {
        last_applied::annotated(manifest)
    } else {
        manifest.clone()
    }
}

fn delete_first(
    call: &Call,
    sender: Sender,
    read: Manifests,
    io: &mut Io<'_>,
) -> Result<Forcing, Failure> {
    let propagation = delete::propagation(call, io)?;
    let how = How {
        options: DeleteOptions {
            grace_period: call.flags.int("grace-period").filter(|g| *g >= 0),
            propagation: Some(propagation),
            ..DeleteOptions::default()
        },
        force: false,
    };
    let there = |m: &Manifest| items::live(m.ty, &m.namespace, &m.name, io.cluster.api()).is_ok();
    let objects = read.objects.iter().filter(|m| there(m)).map(|m| Item {
        ty: m.ty,
        namespace: m.namespace.clone(),
        name: m.name.clone(),
        source: m.source.clone(),
        value: None,
    });
    let found = Items::of(objects.collect(), read.failures.clone());
    let gone = if found.items.is_empty() && found.failures.is_empty() {
        Vec::new()
    } else {
        delete::all(call, &sender, &how, found, io)?
    };
    Ok(Forcing {
        sender,
        read,
        vanishing: Vanishing::new(gone, io.now() + WAIT),
    })
}

fn recreate(call: &Call, forcing: &Forcing, io: &mut Io<'_>) -> Result<(), Failure> {
    let mut failures = forcing.read.failures.clone();
    for manifest in &forcing.read.objects {
        let kind = items::stored(manifest.ty)?;
        let mut value = configured(call, &manifest.value);
        record::note(call, &mut value);
        let created = forcing.sender.create(kind, &manifest.namespace, value, io);
        let said = created.map_err(Failure::Api).and_then(|written| {
            let operation = format!("replaced{}", forcing.sender.suffix());
            let value = written.object.value().clone();
            say::between(call, io);
            say::object(call, manifest.ty, &manifest.name, &value, &operation, io)
        });
        failures.extend(said.err());
    }
    Failure::gather(failures)
}
