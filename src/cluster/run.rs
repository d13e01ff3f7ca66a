//! Making a cluster, doing commands, letting time pass.

use super::parts::{PartId, Parts};
use super::world::World;
use super::{Cluster, Command, Event, LogEntry, Reply, Request, Setup, Verb};
use crate::sim::{ApiServer, EventQueue, Rng, SimTime, Status, room};
use std::sync::Arc;

/// How far [`Cluster::advance_to`] came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Advanced {
    /// The wanted moment is reached.
    There,
    /// The limit of events was used up first.
    Limit,
}

/// Events between two looks at the room in memory.
const ROOM_EVERY: u64 = 64;

/// A bound on the events of the warm-up, far above what any setup needs.
const WARM_UP_LIMIT: usize = 50_000_000;

impl Cluster {
    /// Boots a cluster and lets it run up to the setup's start.
    pub fn new(setup: Setup) -> Self {
        let rng = Rng::new(setup.seed);
        let start = SimTime::of(setup.start);
        let mut api = ApiServer::new(rng.fork("apiserver"));
        api.account_wait = setup.latencies.account;
        let world = World {
            now: start - setup.warm_up,
            api,
            queue: EventQueue::default(),
            latencies: Arc::new(setup.latencies.clone()),
            pumped: 0,
            events_done: 0,
        };
        let setup = Arc::new(setup);
        let parts = Parts::new(&rng);
        let mut cluster = Self {
            setup: setup.clone(),
            world,
            parts,
            log: Vec::new(),
        };
        cluster.boot(&setup);
        let warm = cluster.advance_to(start, WARM_UP_LIMIT);
        assert_eq!(warm, Advanced::There, "the warm-up is bounded");
        cluster
    }

    fn boot(&mut self, setup: &Setup) {
        self.world.api.bootstrap(self.world.now);
        for id in PartId::ALL
            .iter()
            .filter(|id| !setup.bare_nodes || !id.needs_machines())
        {
            self.parts.start(&mut self.world, *id);
        }
        for node in &setup.nodes {
            self.add_node(node);
            self.pump();
        }
        self.pump();
    }

    /// Does a command now. Commands that may change the world go into the log.
    pub fn dispatch(&mut self, command: Command) -> Reply {
        let logged = !matches!(&command, Command::Request(Request { dry_run: true, .. }));
        if logged {
            let entry = LogEntry {
                at: self.world.now,
                after_events: self.world.events_done,
                command: command.clone(),
            };
            self.log.push(Arc::new(entry));
        }
        let reply = self.act(command);
        // A person's patience is not part of the world: only components wait for late answers.
        self.world.api.faults.take_waited();
        self.pump();
        reply
    }

    fn act(&mut self, command: Command) -> Reply {
        match command {
            Command::Request(request) => return self.request(request),
            Command::NodeAdd { node } => self.add_node(&node),
            command @ (Command::NodeStop { .. }
            | Command::NodeStart { .. }
            | Command::NetworkDown { .. }
            | Command::NetworkUp { .. }
            | Command::StaticAdd { .. }
            | Command::StaticRemove { .. }
            | Command::Pressure { .. }
            | Command::Registry { .. }
            | Command::SlowPulls { .. }
            | Command::CrashContainer { .. }) => self.machine(command),
            Command::PartStop { part } => self.parts.stop(part),
            Command::PartStart { part } => self.parts.start(&mut self.world, part),
            Command::LoseWatch { part } => self.parts.lose_watch(&mut self.world, part),
            Command::ApiFault { rule } => self.world.api.faults.add(rule),
            Command::ApiHeal => self.world.api.faults.heal(),
        }
        Reply::Done
    }

    fn request(&mut self, request: Request) -> Reply {
        let call = request.call(self.world.now);
        let api = &mut self.world.api;
        let written = match request.verb {
            Verb::Create {
                kind,
                namespace,
                value,
            } => api.create(&call, kind, &namespace, value),
            Verb::Update {
                kind,
                subresource,
                value,
            } => api.update(&call, kind, subresource, value),
            Verb::Patch {
                kind,
                namespace,
                name,
                subresource,
                patch,
            } => api.patch(&call, kind, &namespace, &name, subresource, &patch),
            Verb::Delete {
                kind,
                namespace,
                name,
                options,
            } => {
                return answer(
                    api.delete(&call, kind, &namespace, &name, &options),
                    Reply::Deleted,
                );
            }
            Verb::Evict {
                namespace,
                pod,
                options,
            } => return answer(api.evict(&call, &namespace, &pod, &options), Reply::Deleted),
        };
        answer(written, Reply::Written)
    }

    /// Lets time pass up to a moment, running at most `limit` events. Time only stands at `until` when all
    /// events up to it have run.
    pub fn advance_to(&mut self, until: SimTime, limit: usize) -> Advanced {
        for _ in 0..limit {
            let Some((at, event)) = self.world.queue.pop_until(until) else {
                self.world.now = self.world.now.max(until);
                return Advanced::There;
            };
            self.run(at, event);
        }
        if self.world.queue.next_at().is_none_or(|at| at > until) {
            self.world.now = self.world.now.max(until);
            return Advanced::There;
        }
        Advanced::Limit
    }

    /// From now on the cluster only looks ahead: what nobody will read of it, Events, managed fields, heartbeats, is
    /// not written. What becomes of nodes and pods is the same, which tests look at.
    pub fn look_ahead(&mut self) {
        self.world.api.ahead = true;
    }

    /// Wakes the controllers that have nothing to do, as if there were work for each. Nothing in the cluster may
    /// differ for it, which tests look at.
    pub fn wake_all(&mut self) {
        self.parts.wake_all(&mut self.world);
    }

    /// Runs the next event, whenever it is due. False when nothing is queued.
    pub fn step(&mut self) -> bool {
        let next = self.world.queue.pop();
        next.map(|(at, event)| self.run(at, event)).is_some()
    }

    fn run(&mut self, at: SimTime, event: Event) {
        assert!(at >= self.world.now, "time does not go back");
        self.world.now = at;
        self.world.events_done += 1;
        if self.world.events_done.is_multiple_of(ROOM_EVERY) {
            room::keep();
        }
        self.world.api.keep_service(at);
        match event {
            Event::Deliver(id) => self.parts.deliver(&mut self.world, id),
            Event::Timer(timer) => self.parts.timer(&mut self.world, timer),
            Event::Relist(id) => self.parts.relist(&mut self.world, id),
        }
        self.pump();
    }

    /// Puts the changes committed since the last time on their way.
    fn pump(&mut self) {
        let committed = self.world.api.store().committed();
        if committed == self.world.pumped {
            return;
        }
        let changes: Vec<_> = self
            .world
            .api
            .store()
            .changes_since(self.world.pumped)
            .cloned()
            .collect();
        debug_assert_eq!(
            changes.len() as u64,
            committed - self.world.pumped,
            "the log is long enough"
        );
        self.world.pumped = committed;
        self.world.api.store.trim_log();
        for change in &changes {
            self.parts.announce(&mut self.world, change);
        }
    }

    /// Repeats a logged command at its place; the events before it must have run.
    pub(super) fn replay(&mut self, entry: &Arc<LogEntry>) {
        while self.world.events_done < entry.after_events && self.step() {}
        self.world.now = self.world.now.max(entry.at);
        self.dispatch(entry.command.clone());
    }
}

fn answer<T>(result: Result<T, Status>, wrap: impl FnOnce(T) -> Reply) -> Reply {
    match result {
        Ok(value) => wrap(value),
        Err(status) => Reply::Refused(status),
    }
}
