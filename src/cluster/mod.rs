//! The world and its only public face.
//!
//! Reading order: [`setup`] (what a run starts from), [`command`] (every way to change the world), [`parts`]
//! (who lives in it), [`event`] (what the queue can hold), [`history`] (input log, checkpoints, seek, branch),
//! [`check`] (what always holds).

pub mod setup;

pub mod command;

pub mod event;

pub mod world;

pub mod parts;

pub mod machines;

mod bare;

pub mod run;

pub mod history;

pub mod deeds;

pub mod remains;

pub mod resume;

pub mod check;

pub use command::{Command, Reply, Request, Verb};
pub use event::Event;
pub use history::History;
pub use parts::{PartId, Parts};
pub use remains::Remains;
pub use resume::{Resume, Resumed};
pub use run::Advanced;
pub use setup::Setup;

use crate::k8s::{Kind, Object, Value};
/// The controller's decision values, for whoever explains them.
pub use crate::parts::daemonset;
/// What pods request and nodes have, for whoever shows it.
pub use crate::parts::scheduler::fit;
pub use crate::sim::apiserver::scale::scale_of;
pub use crate::sim::apiserver::{Caller, DeleteOptions, Patch, Propagation, Subresource, Written};
pub use crate::sim::fault::{Effect, Rule};
pub use crate::sim::status::Cause;
pub use crate::sim::store::Change;
pub use crate::sim::{ApiServer, Rng, SimSpan, SimTime, Status};

use std::sync::Arc;
use world::World;

/// A running cluster. Cloning is cheap and gives an independent one with the same future.
#[derive(Clone)]
pub struct Cluster {
    setup: Arc<Setup>,
    world: World,
    parts: Parts,
    log: Vec<Arc<LogEntry>>,
}

/// One command and exactly where it came: replaying the log on the same setup gives the same run.
#[derive(Clone, Debug)]
pub struct LogEntry {
    pub at: SimTime,
    /// How many events had run before it.
    pub after_events: u64,
    pub command: Command,
}

impl Cluster {
    /// The setup it was made from.
    pub fn setup(&self) -> &Arc<Setup> {
        &self.setup
    }

    pub fn now(&self) -> SimTime {
        self.world.now
    }

    /// For reading only: get, list, changes, trace.
    pub fn api(&self) -> &ApiServer {
        &self.world.api
    }

    /// The parts and what they hold, for reading.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// All objects of a kind in storage order.
    pub fn objects(&self, kind: Kind) -> impl Iterator<Item = &Arc<Object>> {
        self.world.api.list(kind, None)
    }

    /// The commands so far.
    pub fn log(&self) -> &[Arc<LogEntry>] {
        &self.log
    }

    /// How many events have run.
    pub fn events_done(&self) -> u64 {
        self.world.events_done
    }

    /// When something happens next, if nobody does anything.
    pub fn next_event_at(&self) -> Option<SimTime> {
        self.world.queue.next_at()
    }

    /// What happens next.
    pub fn next_event(&self) -> Option<(SimTime, &Event)> {
        self.world.queue.peek()
    }

    /// A node object as a person would declare it: `v1 Node` with name, labels, taints, capacity.
    pub fn node(name: &str) -> Value {
        crate::value!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": Value::str(name)}})
    }
}
