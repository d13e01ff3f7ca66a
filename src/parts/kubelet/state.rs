//! What a kubelet knows of one pod: its containers as they run, and where it stands in its life.

use crate::k8s::api::{Container, PodSpec};
use crate::k8s::{Object, Str, Timestamp, Value};
use crate::sim::{SimSpan, SimTime};
use std::collections::VecDeque;
use std::sync::Arc;

/// One pod on a node.
#[derive(Clone, Debug)]
pub struct PodRun {
    /// The newest version seen; for a static pod what its file says.
    pub object: Arc<Object>,
    pub stage: Stage,
    /// `status.startTime`.
    pub started: Timestamp,
    /// When its probes' ticks began.
    pub added: SimTime,
    /// None until the sandbox runs; its address, empty with `hostNetwork`.
    pub sandbox: Option<Str>,
    /// Init containers first, then the others, both in the order of the spec.
    pub containers: Vec<ContainerRun>,
    /// A sync is at work.
    pub work: Option<Box<Work>>,
    /// Something asked for another sync while one was at work.
    pub again: bool,
    /// The number of the next re-sync; timers of earlier ones are ignored.
    pub turn: u32,
    /// Why the pod as a whole failed: reason and message.
    pub verdict: Option<(Str, Str)>,
    /// The last status that was written.
    pub written: Value,
    /// The version of that write.
    pub written_version: u64,
    /// The node's static pod: the mirror in the API follows it.
    pub is_static: bool,
    /// Failed tries to set up its volumes.
    pub mount_tries: u8,
    /// Its spec was changed, and it does not run like that yet.
    pub change: Option<Box<super::change::Change>>,
}

/// Where a pod stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Seen and admitted; nothing was written yet.
    New,
    /// Its containers are to run.
    Syncing,
    /// Its containers are to stop.
    Stopping,
    /// Its containers have stopped.
    Stopped,
    /// It was refused by the node, or was over before the kubelet saw it: its status stays as it is.
    Rejected,
}

/// One container of a pod.
#[derive(Clone, Debug, Default)]
pub struct ContainerRun {
    pub state: RunState,
    /// The exit before the present state.
    pub last: Option<Box<Exit>>,
    pub restarts: i64,
    /// Why it waits, as its last start attempt told: reason and message.
    pub why: Option<Box<(Str, Str)>>,
    /// Passed its startup probe (or has none).
    pub started: bool,
    /// Passed its readiness probe (or has none).
    pub ready: bool,
    /// Its end was read from the status that an earlier life of the kubelet wrote: the runtime knows nothing of it.
    pub recalled: bool,
    /// Counts its starts: timers of an earlier one are ignored.
    pub run: u32,
    /// In a row: (startup, liveness, readiness) probes with the same result.
    pub streak: [Streak; 3],
}

/// Results of one probe in a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Streak {
    pub passed: bool,
    pub count: u16,
}

/// What a container does now.
#[derive(Clone, Debug, Default)]
pub enum RunState {
    /// Was never started on this node (since the runtime lost its memory).
    #[default]
    Waiting,
    Running {
        id: Str,
        since: Timestamp,
    },
    Exited(Box<Exit>),
}

/// How a container ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exit {
    /// Empty when the container was lost.
    pub id: Str,
    pub code: i64,
    pub reason: Str,
    pub message: Str,
    /// None when the container was lost.
    pub started: Option<Timestamp>,
    pub finished: Option<Timestamp>,
    /// The moment of the end, for back-off.
    pub at: SimTime,
}

/// One sync's work: containers to start, one after another.
#[derive(Clone, Debug, Default)]
pub struct Work {
    pub todo: VecDeque<usize>,
    /// Something failed.
    pub failed: bool,
    /// A container was started.
    pub started: bool,
    /// The runtime's state changed: the next relist will notice.
    pub touched: bool,
    /// The containers that this sync itself stopped: their ends are not known yet when their back-offs are looked up.
    pub killed: Vec<usize>,
    /// The shortest rest of a crash back-off that stopped a start.
    pub backoff: Option<SimSpan>,
}

/// Which of a container's probes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ProbeKind {
    Startup,
    Liveness,
    Readiness,
}

impl PodRun {
    pub fn new(object: Arc<Object>, now: SimTime) -> Self {
        let containers = object.pod().map_or(0, |pod| {
            pod.spec.init_containers.len() + pod.spec.containers.len()
        });
        Self {
            object,
            stage: Stage::New,
            started: now.timestamp(),
            added: now,
            sandbox: None,
            containers: vec![ContainerRun::default(); containers],
            work: None,
            again: false,
            turn: 0,
            verdict: None,
            written: Value::Null,
            written_version: 0,
            is_static: false,
            mount_tries: 0,
            change: None,
        }
    }

    pub fn spec(&self) -> &Arc<PodSpec> {
        &self.object.pod().expect("a kubelet holds pods").spec
    }

    /// How many of the containers are init containers.
    pub fn inits(&self) -> usize {
        self.spec().init_containers.len()
    }

    /// The spec of a container by its place in `containers`.
    pub fn container(spec: &PodSpec, index: usize) -> &Container {
        spec.init_containers
            .get(index)
            .or_else(|| spec.containers.get(index - spec.init_containers.len()))
            .expect("a container per run")
    }

    /// The place of a container by name.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        let spec = self.spec();
        (0..self.containers.len()).find(|i| Self::container(spec, *i).name == name)
    }

    /// Some app container has been started.
    pub fn initialized(&self) -> bool {
        self.containers[self.inits()..]
            .iter()
            .any(ContainerRun::was_started)
    }

    pub fn any_running(&self) -> bool {
        self.containers.iter().any(ContainerRun::is_running)
    }

    pub fn terminating(&self) -> bool {
        self.object.meta().terminating()
    }
}

impl ContainerRun {
    pub fn is_running(&self) -> bool {
        matches!(self.state, RunState::Running { .. })
    }

    pub fn exit(&self) -> Option<&Exit> {
        match &self.state {
            RunState::Exited(exit) => Some(exit),
            RunState::Waiting | RunState::Running { .. } => None,
        }
    }

    /// Runs, or has run since the runtime remembers.
    pub fn was_started(&self) -> bool {
        !matches!(self.state, RunState::Waiting)
    }

    /// Ends a running container; the exit stays to be seen.
    pub fn end(&mut self, code: i64, now: SimTime) {
        let RunState::Running { id, since } = &self.state else {
            return;
        };
        let reason = if code == 0 { "Completed" } else { "Error" };
        self.state = RunState::Exited(Box::new(Exit {
            id: id.clone(),
            code,
            reason: reason.into(),
            message: Str::default(),
            started: Some(*since),
            finished: Some(now.timestamp()),
            at: now,
        }));
        self.started = false;
        self.ready = false;
        self.streak = Default::default();
    }

    /// Runs from now on.
    pub fn begin(&mut self, id: Str, now: SimTime) {
        if let RunState::Exited(exit) = std::mem::take(&mut self.state) {
            if !self.recalled {
                self.last = Some(exit);
            }
            self.restarts += 1;
        }
        self.recalled = false;
        self.state = RunState::Running {
            id,
            since: now.timestamp(),
        };
        self.why = None;
        self.run += 1;
    }
}

impl Exit {
    /// The exit of a container that the runtime does not know any more.
    pub fn lost(now: SimTime, message: &'static str) -> Self {
        Self {
            id: Str::default(),
            code: 137,
            reason: "ContainerStatusUnknown".into(),
            message: message.into(),
            started: None,
            finished: None,
            at: now,
        }
    }
}

/// An init container that keeps running beside the others.
pub fn is_sidecar(container: &Container) -> bool {
    container.restart_policy == "Always"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_pod_is_small() {
        let pod = size_of::<PodRun>() + 3 * size_of::<ContainerRun>() + size_of::<Str>();
        assert!(pod <= 1024, "{pod}");
    }
}
