//! `kubectl rollout status`.
//!
//! Upstream: kubectl/pkg/cmd/rollout/rollout_status.go, kubectl/pkg/polymorphichelpers/rollout_status.go

use super::{REVISION, find};
use crate::cluster::{SimSpan, SimTime};
use crate::console::args::{Flag, Takes, long, short};
use crate::console::error::Failure;
use crate::console::kubectl::items::Item;
use crate::console::kubectl::{Call, Command, Run, fail, flags};
use crate::console::task::{Io, Step, Task, Wake};
use crate::k8s::{Kind, Value};

const FLAGS: &[Flag] = &[
    short('w', "watch", Takes::Bool),
    long("timeout", Takes::Duration),
    long("revision", Takes::Int),
];

pub static COMMANDS: &[Command] = &[Command {
    path: "rollout status",
    about: "Show the status of the rollout",
    usage: "(TYPE NAME | TYPE/NAME) [flags]",
    flags: &[FLAGS, flags::FILES, flags::SELECTOR],
    required: &[],
    run: Run::Task(start),
}];

fn start(call: Call) -> Result<Box<dyn Task>, Failure> {
    Ok(Box::new(Rollout {
        call,
        items: None,
        current: None,
        failures: Vec::new(),
    }))
}

#[derive(Clone)]
struct Rollout {
    call: Call,
    /// Objects still to be looked at; None before the first poll.
    items: Option<Vec<Item>>,
    current: Option<Watched>,
    failures: Vec<Failure>,
}

/// One object being watched.
#[derive(Clone)]
struct Watched {
    item: Item,
    /// The store's changes up to here were seen.
    seen: u64,
    until: Option<SimTime>,
}

/// What one version of an object says about its rollout.
struct Said {
    text: String,
    done: bool,
}

impl Task for Rollout {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        if self.items.is_none()
            && let Err(failure) = self.begin(io)
        {
            return fail(io, &failure);
        }
        loop {
            if let Some(watched) = &mut self.current {
                match watched.poll(&self.call, io) {
                    Ok(true) => self.current = None,
                    Ok(false) => return Step::Wait(Wake::change_or(watched.until)),
                    Err(failure) => {
                        self.failures.push(failure);
                        self.current = None;
                    }
                }
            }
            let items = self.items.get_or_insert_default();
            if items.is_empty() {
                break;
            }
            let item = items.remove(0);
            match self.first(item, io) {
                Ok(watched) => self.current = watched,
                Err(failure) => self.failures.push(failure),
            }
        }
        match Failure::gather(std::mem::take(&mut self.failures)) {
            Ok(()) => Step::Exit(0),
            Err(failure) => fail(io, &failure),
        }
    }
}

impl Rollout {
    fn begin(&mut self, io: &mut Io<'_>) -> Result<(), Failure> {
        let revision = self.call.flags.int("revision").unwrap_or(0);
        let found = find(&self.call, io)?;
        if revision < 0 {
            return Err(Failure::client(format!(
                "revision must be a positive integer: {revision}"
            )));
        }
        if found.items.is_empty() && found.failures.is_empty() {
            io.err_line(format!(
                "No resources found in {} namespace.",
                self.call.namespace
            ));
        }
        self.failures = found.failures;
        self.items = Some(found.items);
        Ok(())
    }

    /// The first look at an object; the answer is what is still to be watched.
    fn first(&self, item: Item, io: &mut Io<'_>) -> Result<Option<Watched>, Failure> {
        let Ok(live) = item.live(io.cluster.api()) else {
            return Err(Failure::client("object has been deleted"));
        };
        let said = said(&self.call, &item, live.value())?;
        io.out(&said.text);
        if said.done || !self.call.flags.is_or("watch", true) {
            return Ok(None);
        }
        let millis = self.call.flags.millis("timeout").filter(|t| *t > 0);
        let until = millis.map(|t| io.now() + SimSpan::from_millis(u64::try_from(t).unwrap_or(0)));
        Ok(Some(Watched {
            item,
            seen: io.cluster.api().store().committed(),
            until,
        }))
    }
}

impl Watched {
    /// Prints what the versions since the last look say; true when the rollout is done.
    fn poll(&mut self, call: &Call, io: &mut Io<'_>) -> Result<bool, Failure> {
        let store = io.cluster.api().store();
        let own = |object: &crate::k8s::Object| {
            Some(object.kind()) == self.item.ty.kind
                && object.namespace().as_str() == self.item.namespace
                && object.name().as_str() == self.item.name
        };
        let changes: Vec<_> = store.changes_since(self.seen).cloned().collect();
        self.seen = store.committed();
        for change in changes.iter().filter(|c| own(c.object())) {
            if change.new.is_none() {
                return Err(Failure::client("object has been deleted"));
            }
            let said = said(call, &self.item, change.object().value())?;
            io.out(&said.text);
            if said.done {
                return Ok(true);
            }
        }
        if self.until.is_some_and(|until| until <= io.now()) {
            return Err(Failure::client("timed out waiting for the condition"));
        }
        Ok(false)
    }
}

fn said(call: &Call, item: &Item, value: &Value) -> Result<Said, Failure> {
    match item.ty.kind {
        Some(Kind::DaemonSet) => daemon_set(value),
        Some(Kind::Deployment) => deployment(call, value),
        Some(Kind::StatefulSet) => stateful_set(value),
        _ => {
            let resource = item.ty.resource;
            let kind = if resource.group.is_empty() {
                resource.kind.to_owned()
            } else {
                format!("{}.{}", resource.kind, resource.group)
            };
            Err(Failure::client(format!(
                "no status viewer has been implemented for {kind}"
            )))
        }
    }
}

fn waits(text: String) -> Result<Said, Failure> {
    Ok(Said { text, done: false })
}

fn done(text: String) -> Result<Said, Failure> {
    Ok(Said { text, done: true })
}

fn only_rolling(value: &Value) -> Result<(), Failure> {
    if value.at(&["spec", "updateStrategy", "type"]).text() == "RollingUpdate" {
        return Ok(());
    }
    Err(Failure::client(
        "rollout status is only available for RollingUpdate strategy type",
    ))
}

fn number(value: &Value, path: &[&str]) -> i64 {
    value.at(path).as_i64().unwrap_or(0)
}

fn observed(value: &Value) -> bool {
    number(value, &["metadata", "generation"]) <= number(value, &["status", "observedGeneration"])
}

fn daemon_set(value: &Value) -> Result<Said, Failure> {
    only_rolling(value)?;
    let name = value.at(&["metadata", "name"]).text();
    if !observed(value) {
        return waits("Waiting for daemon set spec update to be observed...\n".to_owned());
    }
    let count = |field: &str| number(value, &["status", field]);
    let (desired, updated, available) = (
        count("desiredNumberScheduled"),
        count("updatedNumberScheduled"),
        count("numberAvailable"),
    );
    if updated < desired {
        return waits(format!(
            "Waiting for daemon set \"{name}\" rollout to finish: {updated} out of {desired} new pods have been \
             updated...\n"
        ));
    }
    if available < desired {
        return waits(format!(
            "Waiting for daemon set \"{name}\" rollout to finish: {available} of {desired} updated pods are \
             available...\n"
        ));
    }
    done(format!("daemon set \"{name}\" successfully rolled out\n"))
}

fn deployment(call: &Call, value: &Value) -> Result<Said, Failure> {
    let name = value.at(&["metadata", "name"]).text();
    let wanted = call.flags.int("revision").unwrap_or(0);
    if wanted > 0 {
        let running = value.at(&["metadata", "annotations"]).get(REVISION).text();
        let running: i64 = running.parse().unwrap_or(0);
        if running != wanted {
            return Err(Failure::client(format!(
                "desired revision ({wanted}) is different from the running revision ({running})"
            )));
        }
    }
    if !observed(value) {
        return waits("Waiting for deployment spec update to be observed...\n".to_owned());
    }
    let conditions = value.at(&["status", "conditions"]).items();
    let late = |c: &Value| {
        c.get("type").text() == "Progressing"
            && c.get("reason").text() == "ProgressDeadlineExceeded"
    };
    if conditions.iter().any(late) {
        return Err(Failure::client(format!(
            "deployment \"{name}\" exceeded its progress deadline"
        )));
    }
    let count = |field: &str| number(value, &["status", field]);
    let (all, updated, available) = (
        count("replicas"),
        count("updatedReplicas"),
        count("availableReplicas"),
    );
    let head = format!("Waiting for deployment \"{name}\" rollout to finish:");
    let wanted = value.at(&["spec", "replicas"]).as_i64();
    if let Some(wanted) = wanted.filter(|w| updated < *w) {
        return waits(format!(
            "{head} {updated} out of {wanted} new replicas have been updated...\n"
        ));
    }
    if all > updated {
        let old = all - updated;
        return waits(format!(
            "{head} {old} old replicas are pending termination...\n"
        ));
    }
    if available < updated {
        return waits(format!(
            "{head} {available} of {updated} updated replicas are available...\n"
        ));
    }
    done(format!("deployment \"{name}\" successfully rolled out\n"))
}

fn stateful_set(value: &Value) -> Result<Said, Failure> {
    only_rolling(value)?;
    let status = |field: &str| number(value, &["status", field]);
    if status("observedGeneration") == 0 || !observed(value) {
        return waits("Waiting for statefulset spec update to be observed...\n".to_owned());
    }
    let replicas = value.at(&["spec", "replicas"]).as_i64();
    let ready = status("readyReplicas");
    if let Some(replicas) = replicas.filter(|r| ready < *r) {
        return waits(format!(
            "Waiting for {} pods to be ready...\n",
            replicas - ready
        ));
    }
    let updated = status("updatedReplicas");
    let rolling = value.at(&["spec", "updateStrategy", "rollingUpdate"]);
    if !rolling.is_null() {
        let partition = rolling.get("partition").as_i64();
        if let (Some(replicas), Some(partition)) = (replicas, partition)
            && updated < replicas - partition
        {
            return waits(format!(
                "Waiting for partitioned roll out to finish: {updated} out of {} new pods have been updated...\n",
                replicas - partition
            ));
        }
        return done(format!(
            "partitioned roll out complete: {updated} new pods have been updated...\n"
        ));
    }
    let revision = |field: &str| value.at(&["status", field]).text();
    if revision("updateRevision") != revision("currentRevision") {
        return waits(format!(
            "waiting for statefulset rolling update to complete {updated} pods at revision {}...\n",
            revision("updateRevision")
        ));
    }
    done(format!(
        "statefulset rolling update complete {} pods at revision {}...\n",
        status("currentReplicas"),
        revision("currentRevision")
    ))
}
