//! Cascades, told through a small cluster: a server and the collector, changes handed over in order.

use super::*;
use crate::sim::apiserver::{Call, DeleteOptions, Propagation, Subresource};
use crate::sim::fault::{Effect, Rule};
use crate::sim::{ApiServer, Latencies, Rng, SimSpan, SimTime};
use crate::value;

struct World {
    api: ApiServer,
    collector: GarbageCollector,
    pumped: u64,
    now: SimTime,
}

impl World {
    fn new() -> Self {
        let now = SimTime::from_millis(1_767_225_600_000);
        let mut api = ApiServer::new(Rng::new(1));
        api.bootstrap(now);
        let mut world = Self {
            api,
            collector: GarbageCollector::default(),
            pumped: 0,
            now,
        };
        for kind in GarbageCollector::KINDS {
            let objects: Vec<_> = world.api.list(*kind, None).cloned().collect();
            let resource_version = world.api.store().version();
            let kind = *kind;
            world.call(|c, ctx| {
                c.on_watch(
                    ctx,
                    &Delivery::List {
                        kind,
                        objects,
                        resource_version,
                    },
                );
            });
        }
        world.pumped = world.api.store().committed();
        world
    }

    fn call(&mut self, act: impl FnOnce(&mut GarbageCollector, &mut Ctx<'_, Timer>)) -> usize {
        let (mut rng, latency, mut timers) = (Rng::new(1), Latencies::default(), Vec::new());
        let mut ctx = Ctx::new(
            &mut self.api,
            self.now,
            GarbageCollector::NAME,
            &mut rng,
            &latency,
            &mut timers,
        );
        act(&mut self.collector, &mut ctx);
        timers.len()
    }

    /// Hands over all changes and lets the collector work until nothing is left.
    fn settle(&mut self) {
        for _ in 0..100 {
            let changes: Vec<_> = self
                .api
                .store()
                .changes_since(self.pumped)
                .cloned()
                .collect();
            self.pumped = self.api.store().committed();
            let quiet = changes.is_empty();
            for change in changes {
                if GarbageCollector::KINDS.contains(&change.kind) {
                    self.call(|c, ctx| c.on_watch(ctx, &Delivery::Change(change)));
                }
            }
            self.now = self.now + SimSpan::from_millis(10);
            self.call(|c, ctx| c.on_timer(ctx, Timer::Due));
            self.call(|c, ctx| c.on_timer(ctx, Timer::Work));
            if quiet && self.collector.queue.is_idle() {
                return;
            }
        }
        panic!("the collector does not settle");
    }

    fn make(&mut self, kind: Kind, name: &str, owner: Option<(&str, Kind, bool)>) {
        let mut value = value!({"metadata": {"name": Str::new(name)}});
        if let Some((owner, kind, block)) = owner {
            let uid = self
                .api
                .get(kind, "default", owner)
                .expect("an owner")
                .uid()
                .clone();
            let reference = value!({
                "apiVersion": kind.api_version(), "kind": kind.name(), "name": Str::new(owner),
                "uid": uid, "controller": true, "blockOwnerDeletion": block,
            });
            value
                .at_mut(&["metadata", "ownerReferences"])
                .push(reference);
        }
        let call = Call::component(self.now, "test");
        self.api
            .create(&call, kind, "default", value)
            .expect("accepted");
    }

    fn delete(&mut self, kind: Kind, name: &str, propagation: Propagation) {
        let options = DeleteOptions {
            propagation: Some(propagation),
            ..DeleteOptions::default()
        };
        let call = Call::component(self.now, "test");
        self.api
            .delete(&call, kind, "default", name, &options)
            .expect("deleted");
    }

    fn names(&self) -> Vec<String> {
        [Kind::ConfigMap, Kind::Secret]
            .into_iter()
            .flat_map(|kind| self.api.list(kind, Some("default")))
            .map(|o| o.name().to_string())
            .collect()
    }
}

/// `root` owns `a` and `b`; `a` owns `leaf`.
fn family() -> World {
    let mut world = World::new();
    world.make(Kind::ConfigMap, "root", None);
    world.make(Kind::Secret, "a", Some(("root", Kind::ConfigMap, true)));
    world.make(Kind::Secret, "b", Some(("root", Kind::ConfigMap, false)));
    world.make(Kind::Secret, "leaf", Some(("a", Kind::Secret, true)));
    world.settle();
    assert_eq!(world.names(), ["root", "a", "b", "leaf"]);
    world
}

#[test]
fn background_takes_the_owner_first_and_then_everything() {
    let mut world = family();
    world.delete(Kind::ConfigMap, "root", Propagation::Background);
    assert_eq!(world.names(), ["a", "b", "leaf"]);
    world.settle();
    assert!(world.names().is_empty());
}

#[test]
fn foreground_waits_for_those_that_block() {
    let mut world = family();
    let mut held = world
        .api
        .get(Kind::Secret, "default", "a")
        .expect("there")
        .value()
        .clone();
    held.set_at(&["metadata", "finalizers"], value!(["example.com/hold"]));
    let call = Call::component(world.now, "test");
    world
        .api
        .update(&call, Kind::Secret, Subresource::Main, held)
        .expect("written");
    world.delete(Kind::ConfigMap, "root", Propagation::Foreground);
    world.settle();
    assert_eq!(world.names(), ["root", "a"]);
    let mut free = world
        .api
        .get(Kind::Secret, "default", "a")
        .expect("there")
        .value()
        .clone();
    free.at_mut(&["metadata"]).remove("finalizers");
    world
        .api
        .update(&call, Kind::Secret, Subresource::Main, free)
        .expect("written");
    world.settle();
    assert!(world.names().is_empty());
}

#[test]
fn orphans_stay_without_their_owner() {
    let mut world = family();
    world.delete(Kind::ConfigMap, "root", Propagation::Orphan);
    world.settle();
    assert_eq!(world.names(), ["a", "b", "leaf"]);
    let owners = |name: &str| {
        world
            .api
            .get(Kind::Secret, "default", name)
            .expect("there")
            .meta()
            .owners
            .len()
    };
    assert_eq!((owners("a"), owners("b"), owners("leaf")), (0, 0, 1));
}

#[test]
fn a_conflict_on_the_way_is_tried_again() {
    let mut world = family();
    for _ in 0..3 {
        world.api.faults.add(Rule {
            actor: Str::default(),
            verb: "update".into(),
            kind: None,
            effect: Effect::Conflict,
            times: Some(1),
        });
    }
    world.delete(Kind::ConfigMap, "root", Propagation::Orphan);
    world.settle();
    world.now = world.now + SimSpan::from_secs(1);
    world.settle();
    assert_eq!(world.names(), ["a", "b", "leaf"]);
}

#[test]
fn an_object_born_with_a_dead_owner_goes() {
    let mut world = family();
    let value = value!({"metadata": {"name": "late", "ownerReferences": [{
        "apiVersion": "v1", "kind": "ConfigMap", "name": "root", "uid": "another",
    }]}});
    let call = Call::component(world.now, "test");
    world
        .api
        .create(&call, Kind::Secret, "default", value)
        .expect("accepted");
    world.settle();
    assert_eq!(world.names(), ["root", "a", "b", "leaf"]);
}

#[test]
fn a_second_owner_keeps_an_object_and_the_dead_reference_goes() {
    let mut world = family();
    world.make(Kind::ConfigMap, "other", None);
    let other = world
        .api
        .get(Kind::ConfigMap, "default", "other")
        .expect("there")
        .uid()
        .clone();
    let mut value = world
        .api
        .get(Kind::Secret, "default", "b")
        .expect("there")
        .value()
        .clone();
    value.at_mut(&["metadata", "ownerReferences"]).push(value!({
        "apiVersion": "v1", "kind": "ConfigMap", "name": "other", "uid": other,
    }));
    let call = Call::component(world.now, "test");
    world
        .api
        .update(&call, Kind::Secret, Subresource::Main, value)
        .expect("written");
    world.settle();
    world.delete(Kind::ConfigMap, "root", Propagation::Background);
    world.settle();
    assert_eq!(world.names(), ["other", "b"]);
    let b = world.api.get(Kind::Secret, "default", "b").expect("there");
    assert_eq!(b.meta().owners.len(), 1);
}
