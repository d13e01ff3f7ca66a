//! `World`: time, the API server and the queue; everything that is not a part.

use super::Event;
use super::parts::{PartId, Timer};
use crate::k8s::{Kind, Str};
use crate::parts::Part;
use crate::sim::store::Change;
use crate::sim::watch::Inbox;
use crate::sim::{ApiServer, Ctx, Delivery, EventQueue, Latencies, Rng, SimSpan, SimTime};
use std::sync::Arc;

#[derive(Clone)]
pub struct World {
    pub(super) now: SimTime,
    pub(super) api: ApiServer,
    pub(super) queue: EventQueue<Event>,
    pub(super) latencies: Arc<Latencies>,
    /// The store's changes up to here are on their way to the parts.
    pub(super) pumped: u64,
    pub(super) events_done: u64,
}

/// A part, its inbox and its chance.
#[derive(Clone)]
pub struct Slot<P> {
    pub(super) part: P,
    pub(super) inbox: Inbox,
    pub(super) rng: Rng,
    pub(super) alive: bool,
    /// False between the loss of a watch and the next list: changes are not delivered.
    pub(super) watching: bool,
    /// Counts the part's lives: timers of an earlier life are ignored.
    pub(super) epoch: u32,
    /// Nothing gives it work: see [`Part::SLEEPS_THROUGH`].
    pub(super) asleep: bool,
    /// Changes up to here are in the lists that it got when it woke.
    pub(super) woken: u64,
    /// It waits for the answer to a call that takes long; what comes meanwhile comes then.
    pub(super) busy: SimTime,
}

impl<P: Part + Default> Slot<P> {
    pub(super) fn new(rng: &Rng) -> Self {
        Self {
            part: P::default(),
            inbox: Inbox::default(),
            rng: rng.fork(P::NAME),
            alive: false,
            watching: false,
            asleep: false,
            woken: 0,
            epoch: 0,
            busy: SimTime::default(),
        }
    }

    /// The part itself, for reading.
    pub fn part(&self) -> &P {
        &self.part
    }

    /// Its process runs.
    pub fn alive(&self) -> bool {
        self.alive
    }

    /// Deliveries on their way.
    pub fn inbox(&self) -> &Inbox {
        &self.inbox
    }

    /// Lends the world to the part for one call and queues the timers that it asks for.
    pub(super) fn call<R>(
        &mut self,
        world: &mut World,
        wrap: fn(u32, P::Timer) -> Timer,
        act: impl FnOnce(&mut P, &mut Ctx<'_, P::Timer>) -> R,
    ) -> R {
        let mut timers = Vec::new();
        let mut ctx = Ctx::new(
            &mut world.api,
            world.now,
            Str::from(P::NAME),
            &mut self.rng,
            &world.latencies,
            &mut timers,
        );
        let answer = act(&mut self.part, &mut ctx);
        let waited = world.api.faults.take_waited();
        if !P::MANY && waited > SimSpan::ZERO {
            self.busy = world.now + waited;
        }
        for (at, timer) in timers {
            assert!(at >= world.now, "nothing is scheduled into the past");
            let at = at + waited;
            world.queue.push(at, Event::Timer(wrap(self.epoch, timer)));
        }
        answer
    }

    /// Starts the process: its caches are empty, and it lists what it watches.
    pub(super) fn start(
        &mut self,
        world: &mut World,
        id: PartId,
        wrap: fn(u32, P::Timer) -> Timer,
    ) {
        if self.alive {
            return;
        }
        self.part = P::default();
        self.alive = true;
        self.busy = SimTime::default();
        self.epoch += 1;
        let busy = |kind: &Kind| world.api.list(*kind, None).any(|object| P::wakes(object));
        self.asleep = !P::SLEEPS_THROUGH.is_empty() && !P::KINDS.iter().any(busy);
        self.call(world, wrap, Part::start);
        self.list(world, id);
    }

    pub(super) fn stop(&mut self) {
        self.alive = false;
        self.watching = false;
        self.inbox.clear();
        self.epoch += 1;
    }

    /// Sends fresh lists of everything that the part watches.
    pub(super) fn list(&mut self, world: &mut World, id: PartId) {
        self.watching = true;
        let asleep = self.asleep;
        self.list_some(world, id, |kind| !asleep || !through::<P>(kind));
    }

    fn list_some(&mut self, world: &mut World, id: PartId, of: impl Fn(Kind) -> bool) {
        for kind in P::KINDS.iter().filter(|kind| of(**kind)) {
            let objects = world.api.list(*kind, None).cloned().collect();
            self.send(
                world,
                id,
                Delivery::List {
                    kind: *kind,
                    objects,
                    resource_version: world.api.store().version(),
                },
            );
        }
    }

    /// Tells a sleeping part what it slept through.
    pub(super) fn wake(&mut self, world: &mut World, id: PartId) {
        if std::mem::take(&mut self.asleep) && self.watching {
            self.woken = world.api.store().version();
            self.list_some(world, id, through::<P>);
        }
    }

    /// Puts a change on its way, unless the part does not watch its kind or sleeps through it.
    pub(super) fn announce(&mut self, world: &mut World, id: PartId, change: &Arc<Change>) {
        if !self.watching || !P::KINDS.contains(&change.kind) {
            return;
        }
        if self.asleep && P::wakes(change.object()) {
            self.wake(world, id);
        }
        let known = self.asleep || change.resource_version <= self.woken;
        if !(known && through::<P>(change.kind)) {
            self.send(world, id, Delivery::Change(change.clone()));
        }
    }

    pub(super) fn send(&mut self, world: &mut World, id: PartId, delivery: Delivery) {
        if !self.part.wants(&delivery) {
            return;
        }
        let kind = match &delivery {
            Delivery::Change(change) => change.kind,
            Delivery::List { kind, .. } => *kind,
        };
        let late = world.api.faults.watch_delay(P::NAME, kind);
        let delay = world.latencies.watch + late;
        if let Some(at) = self.inbox.push(world.now, delay, delivery) {
            world.queue.push(at, Event::Deliver(id));
        }
    }

    /// Hands over the deliveries that are due.
    pub(super) fn deliver(
        &mut self,
        world: &mut World,
        id: PartId,
        wrap: fn(u32, P::Timer) -> Timer,
    ) {
        while self.busy <= world.now
            && let Some(delivery) = self.inbox.pop(world.now)
        {
            self.call(world, wrap, |part, ctx| part.on_watch(ctx, &delivery));
        }
        if let Some(at) = self.inbox.next_at() {
            let at = at.max(self.busy);
            world.queue.push(at, Event::Deliver(id));
        }
    }
}

fn through<P: Part>(kind: Kind) -> bool {
    P::SLEEPS_THROUGH.contains(&kind)
}
