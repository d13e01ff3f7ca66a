//! Emptying a node: evictions that are tried again, and pods that are awaited to be gone.
//!
//! Upstream: kubectl/pkg/drain/drain.go `evictPods`, `deletePods`, `waitForDelete`

use crate::cluster::{DeleteOptions, SimSpan, SimTime, Status};
use crate::console::args::format_duration;
use crate::console::kubectl::Call;
use crate::console::kubectl::call::DryRun;
use crate::console::kubectl::request::Sender;
use crate::console::task::{Io, Wake};
use crate::k8s::{Kind, Object};
use std::sync::Arc;

/// A refused eviction is tried again after this.
const RETRY: SimSpan = SimSpan::from_secs(5);
/// How often a pod that goes is looked at.
const LOOK: SimSpan = SimSpan::from_secs(1);

#[derive(Clone)]
pub(super) struct Eviction {
    pods: Vec<Going>,
    options: DeleteOptions,
    /// `--timeout`, and the moment it ends.
    timeout: Option<(i64, SimTime)>,
    /// `--disable-eviction`
    plain: bool,
    /// `--skip-wait-for-delete-timeout`, in seconds.
    skip: i64,
}

#[derive(Clone)]
struct Going {
    pod: Arc<Object>,
    state: State,
}

#[derive(Clone)]
enum State {
    /// The next attempt.
    Try(SimTime),
    /// The next look at the pod.
    Wait(SimTime),
    Done,
    Failed(String),
}

impl Eviction {
    /// Begins. Plain deletions are all sent at once.
    pub(super) fn new(
        call: &Call,
        sender: &Sender,
        pods: Vec<Arc<Object>>,
        io: &mut Io<'_>,
    ) -> Result<Self, Vec<String>> {
        let now = io.now();
        let timeout = call
            .flags
            .millis("timeout")
            .filter(|t| *t > 0)
            .map(|millis| {
                (
                    millis,
                    now + SimSpan::from_millis(u64::try_from(millis).unwrap_or(0)),
                )
            });
        let options = DeleteOptions {
            grace_period: call.flags.int("grace-period").filter(|g| *g >= 0),
            ..DeleteOptions::default()
        };
        let plain = call.flags.is("disable-eviction");
        let first = if plain {
            State::Wait(now)
        } else {
            State::Try(now)
        };
        let mut going = Vec::new();
        for pod in pods {
            if plain {
                let place = (pod.namespace().as_str(), pod.name().as_str());
                match sender.delete(Kind::Pod, place, options.clone(), io) {
                    Err(status) if !status.is_not_found() => return Err(vec![status.message]),
                    Ok(_) | Err(_) => {}
                }
            }
            going.push(Going {
                pod,
                state: first.clone(),
            });
        }
        Ok(Self {
            pods: going,
            options,
            timeout,
            plain,
            skip: call.flags.int("skip-wait-for-delete-timeout").unwrap_or(0),
        })
    }

    /// None when all are gone; the reasons when all have ended and some badly.
    pub(super) fn poll(
        &mut self,
        sender: &Sender,
        io: &mut Io<'_>,
    ) -> Result<Option<Wake>, Vec<String>> {
        let now = io.now();
        for i in 0..self.pods.len() {
            let state = match &self.pods[i].state {
                State::Try(at) if *at <= now => self.attempt(i, sender, io),
                State::Wait(at) if *at <= now => self.look(i, io),
                state => state.clone(),
            };
            self.pods[i].state = state;
            // An eviction that was accepted is looked at right away.
            if matches!(self.pods[i].state, State::Wait(at) if at <= now) {
                self.pods[i].state = self.look(i, io);
            }
        }
        let next = self.pods.iter().filter_map(|p| match p.state {
            State::Try(at) | State::Wait(at) => Some(at),
            State::Done | State::Failed(_) => None,
        });
        if let Some(at) = next.min() {
            return Ok(Some(Wake::at(at)));
        }
        let failed = self.pods.iter().filter_map(|p| match &p.state {
            State::Failed(why) => Some(why.clone()),
            State::Try(_) | State::Wait(_) | State::Done => None,
        });
        let mut reasons: Vec<String> = failed.collect();
        reasons.dedup();
        if reasons.is_empty() {
            Ok(None)
        } else {
            Err(reasons)
        }
    }

    fn late(&self, now: SimTime) -> Option<i64> {
        self.timeout
            .filter(|(_, end)| *end <= now)
            .map(|(millis, _)| millis)
    }

    fn attempt(&self, i: usize, sender: &Sender, io: &mut Io<'_>) -> State {
        let pod = &self.pods[i].pod;
        let (namespace, name) = (pod.namespace().as_str(), pod.name().as_str());
        let dry = sender.dry_run == DryRun::Server;
        let suffix = if dry { " (server dry run)" } else { "" };
        io.line(format!("evicting pod {namespace}/{name}{suffix}"));
        let about = format!("error when evicting pods/\"{name}\" -n \"{namespace}\"");
        if let Some(millis) = self.late(io.now()) {
            let limit = format_duration(millis);
            return State::Failed(format!("{about}: global timeout reached: {limit}"));
        }
        let again = State::Try(io.now() + RETRY);
        match sender.evict((namespace, name), self.options.clone(), io) {
            Ok(_) if dry => State::Done,
            Ok(_) => State::Wait(io.now()),
            Err(status) if status.is_not_found() => State::Done,
            Err(status) if status.reason == "TooManyRequests" => {
                io.err_line(format!("{about} (will retry after 5s): {status}"));
                again
            }
            Err(status) if terminating(&status) && pod.meta().terminating() => {
                State::Wait(io.now())
            }
            Err(status) if terminating(&status) => {
                io.err_line(format!(
                    "error when evicting pod \"{name}\" from terminating namespace \"{namespace}\" (will retry \
                     after 5s): {status}"
                ));
                again
            }
            Err(status) => State::Failed(format!("{about}: {status}")),
        }
    }

    fn look(&self, i: usize, io: &mut Io<'_>) -> State {
        let pod = &self.pods[i].pod;
        let (namespace, name) = (pod.namespace().as_str(), pod.name().as_str());
        let now = io.now();
        let live = io.cluster.api().get(Kind::Pod, namespace, name).ok();
        let Some(live) = live.filter(|live| live.uid() == pod.uid()) else {
            let word = if self.plain { "deleted" } else { "evicted" };
            io.line(format!("pod/{name} {word}"));
            return State::Done;
        };
        if let Some(since) = live.meta().deletion
            && self.skip > 0
            && now.timestamp().0 - since.0 > self.skip
        {
            let seconds = self.skip;
            io.line(format!(
                "pod \"{name}\" has DeletionTimestamp older than {seconds} seconds, skipping"
            ));
            return State::Done;
        }
        if self.late(now).is_some() {
            let why = "context deadline exceeded";
            return State::Failed(if self.plain {
                why.to_owned()
            } else {
                format!(
                    "error when waiting for pod \"{name}\" in namespace \"{namespace}\" to terminate: {why}"
                )
            });
        }
        let next = now + LOOK;
        State::Wait(self.timeout.map_or(next, |(_, end)| next.min(end)))
    }
}

fn terminating(status: &Status) -> bool {
    status.reason == "Forbidden" && status.has_cause("NamespaceTerminating")
}
