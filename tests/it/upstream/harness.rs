//! The controller alone with an API server: what it creates and deletes is seen at once, as by upstream's fakes,
//! and every sync is asked for.

use daemonset_playground::k8s::{Kind, Object, Str, Value};
use daemonset_playground::parts::Part;
use daemonset_playground::parts::daemonset::revision::{self, HASH_LABEL};
use daemonset_playground::parts::daemonset::sync::Step;
use daemonset_playground::parts::daemonset::{DaemonSetController, Key, Timer};
use daemonset_playground::sim::{
    ApiServer, Call, Change, Ctx, DeleteOptions, Delivery, Latencies, Rng, SimSpan, SimTime, Spot,
};
use daemonset_playground::value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The labels of upstream's test DaemonSet.
pub const L: [(&str, &str); 2] = [("name", "simple-daemon"), ("type", "production")];
/// Other labels.
pub const L2: [(&str, &str); 2] = [("name", "simple-daemon"), ("type", "test")];
/// Labels of nodes.
pub const BLUE: [(&str, &str); 2] = [("color", "blue"), ("speed", "fast")];
pub const RED: [(&str, &str); 2] = [("color", "red"), ("speed", "fast")];

const START: SimTime = SimTime::from_millis(1_000_000_000_000);

/// A controller and its world.
pub struct Bench {
    pub api: ApiServer,
    pub part: DaemonSetController,
    pub now: SimTime,
    rng: Rng,
    latencies: Latencies,
    timers: BTreeMap<(SimTime, u64), Timer>,
    serial: u64,
    pumped: u64,
    /// How many entries of the trace were counted.
    counted: u64,
    /// Deleted pods vanish at once.
    pub reap: bool,
    /// What happens to pods at the API server is not seen.
    pub deaf: bool,
    /// Done once, after the first call of a sync that was refused.
    pub between: Option<fn(&mut Bench)>,
    /// Done once, before this batch of creations (counted from 1) of a sync.
    pub before_batch: Option<(usize, fn(&mut Bench))>,
}

/// A map of labels.
pub fn map(pairs: &[(&str, &str)]) -> Value {
    let mut map = Value::map();
    for (key, text) in pairs {
        map.set(Str::new(key), Value::str(text));
    }
    map
}

/// Upstream's test DaemonSet, called `foo`.
pub fn simple_ds() -> Value {
    value!({
        "apiVersion": "apps/v1", "kind": "DaemonSet",
        "metadata": {"name": "foo", "namespace": "default", "generation": 1},
        "spec": {
            "revisionHistoryLimit": 2, "selector": {"matchLabels": map(&L)},
            "updateStrategy": {"type": "OnDelete"},
            "template": {
                "metadata": {"labels": map(&L)},
                "spec": {
                    "containers": [{"name": "main", "image": "foo/bar", "resources": {},
                        "imagePullPolicy": "IfNotPresent", "terminationMessagePath": "/dev/termination-log",
                        "terminationMessagePolicy": "File"}],
                    "dnsPolicy": "ClusterFirst", "restartPolicy": "Always", "schedulerName": "default-scheduler",
                    "securityContext": {}, "terminationGracePeriodSeconds": 30,
                },
            },
        },
        "status": {"currentNumberScheduled": 0, "desiredNumberScheduled": 0, "numberMisscheduled": 0, "numberReady": 0},
    })
}

/// A strategy with maxUnavailable.
pub fn unavailable(max: impl Into<Value>) -> Value {
    let max: Value = max.into();
    value!({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": max, "maxSurge": 0}})
}

/// A strategy with maxSurge.
pub fn surge(max: impl Into<Value>) -> Value {
    let max: Value = max.into();
    value!({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": max}})
}

/// Runs a case for OnDelete and for RollingUpdate with maxUnavailable 1.
pub fn both(case: impl Fn(Value)) {
    for strategy in [value!({"type": "OnDelete"}), unavailable(1)] {
        let mut ds = simple_ds();
        ds.set_at(&["spec", "updateStrategy"], strategy);
        case(ds);
    }
}

/// A ready node with labels and no taints.
pub fn node(name: &str, labels: &[(&str, &str)]) -> Value {
    value!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": Value::str(name), "labels": map(labels)},
        "status": {"conditions": [{"type": "Ready", "status": "True"}]},
    })
}

/// A node with one taint.
pub fn tainted(name: &str, key: &str, effect: &str) -> Value {
    let mut value = node(name, &[]);
    let taint = value!({"key": Value::str(key), "value": "user1", "effect": Value::str(effect)});
    value.set_at(&["spec", "taints"], value!([taint]));
    value
}

/// A pod: bound to a node, or with an empty name nowhere.
pub fn pod(name: &str, node: &str, labels: &[(&str, &str)]) -> Value {
    let mut value = value!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": Value::str(name), "namespace": "default"},
        "spec": {"containers": [{"name": "main", "image": "foo/bar"}]},
    });
    if !labels.is_empty() {
        value.set_at(&["metadata", "labels"], map(labels));
    }
    if !node.is_empty() {
        value.set_at(&["spec", "nodeName"], Value::str(node));
    }
    value
}

impl Bench {
    pub fn new() -> Self {
        let ms = SimSpan::from_millis;
        let mut bench = Self {
            api: ApiServer::new(Rng::new(7)),
            part: DaemonSetController::default(),
            now: START,
            rng: Rng::new(8),
            latencies: Latencies {
                write: ms(0),
                watch: ms(0),
                ..Latencies::default()
            },
            timers: BTreeMap::new(),
            serial: 0,
            pumped: 0,
            counted: 0,
            reap: true,
            deaf: false,
            between: None,
            before_batch: None,
        };
        let call = bench.person();
        let namespace =
            value!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}});
        let _ = bench.api.create(&call, Kind::Namespace, "", namespace);
        let account = value!({"apiVersion": "v1", "kind": "ServiceAccount",
            "metadata": {"name": "default", "namespace": "default"}});
        let _ = bench
            .api
            .create(&call, Kind::ServiceAccount, "default", account);
        bench.pumped = bench.api.store().committed();
        bench
    }

    /// With nodes `node-0`, `node-1`, …
    pub fn with_nodes(count: usize) -> Self {
        let mut bench = Self::new();
        bench.add_nodes(0, count, &[]);
        bench
    }

    pub fn add_nodes(&mut self, first: usize, count: usize, labels: &[(&str, &str)]) {
        for i in first..first + count {
            self.put(Kind::Node, node(&format!("node-{i}"), labels));
        }
    }

    fn person(&self) -> Call {
        Call::component(self.now, "test")
    }

    /// Lends the world to the controller for one call.
    pub fn call(&mut self, act: impl FnOnce(&mut DaemonSetController, &mut Ctx<'_, Timer>)) {
        let mut timers = Vec::new();
        let mut ctx = Ctx::new(
            &mut self.api,
            self.now,
            Str::from(DaemonSetController::NAME),
            &mut self.rng,
            &self.latencies,
            &mut timers,
        );
        act(&mut self.part, &mut ctx);
        for (at, timer) in timers {
            self.serial += 1;
            self.timers.insert((at, self.serial), timer);
        }
    }

    /// The cached version of an object.
    pub fn cached(&self, kind: Kind, namespace: &str, name: &str) -> Option<Arc<Object>> {
        let informer = self.part.cache().informer();
        informer.get(kind, namespace, name).cloned()
    }

    /// Puts an object into the controller's cache, past the API server.
    pub fn put(&mut self, kind: Kind, value: Value) {
        let new = Object::read(kind, value, None);
        let old = self.cached(kind, new.namespace(), new.name());
        let new = Arc::new(Object::read(kind, new.value().clone(), old.as_deref()));
        self.tell(kind, old, Some(new));
    }

    /// Takes an object out of the controller's cache.
    pub fn take(&mut self, kind: Kind, namespace: &str, name: &str) {
        let old = self.cached(kind, namespace, name);
        assert!(old.is_some(), "{name} is in the cache");
        self.tell(kind, old, None);
    }

    fn tell(&mut self, kind: Kind, old: Option<Arc<Object>>, new: Option<Arc<Object>>) {
        let object = new.as_ref().or(old.as_ref());
        let spot = Spot::of(object.expect("an old or a new version"));
        let change = Change {
            spot,
            resource_version: self.api.store().version(),
            at: self.now,
            kind,
            old,
            new,
        };
        let delivery = Delivery::Change(Arc::new(change));
        self.call(|part, ctx| part.on_watch(ctx, &delivery));
    }

    /// Creates an object at the API server and shows the controller the version given, under its uid and
    /// resourceVersion.
    pub fn create(&mut self, kind: Kind, value: Value) -> Arc<Object> {
        let call = self.person();
        let namespace = value.at(&["metadata", "namespace"]).to_str();
        let mut plain = value.clone();
        for field in ["creationTimestamp", "deletionTimestamp", "resourceVersion"] {
            plain.remove_at(match field {
                "creationTimestamp" => &["metadata", "creationTimestamp"],
                "deletionTimestamp" => &["metadata", "deletionTimestamp"],
                _ => &["metadata", "resourceVersion"],
            });
        }
        let stored = self.api.create(&call, kind, &namespace, plain);
        let stored = stored.expect("the object is valid").object;
        self.pumped = self.api.store().committed();
        let mut shown = value;
        for field in ["uid", "resourceVersion", "creationTimestamp"] {
            if shown.at(&["metadata"]).get(field).is_null() {
                let text = stored.value().at(&["metadata", field]).clone();
                shown.at_mut(&["metadata"]).set(field, text);
            }
        }
        self.put(kind, shown);
        self.cached(kind, &namespace, stored.name())
            .expect("just put")
    }

    /// Creates the DaemonSet.
    pub fn add_ds(&mut self, ds: Value) -> Arc<Object> {
        self.create(Kind::DaemonSet, ds)
    }

    /// Creates pods that the DaemonSet owns and that carry its hash, as upstream's `addPods` does.
    pub fn add_pods(&mut self, node: &str, labels: &[(&str, &str)], ds: &Object, count: usize) {
        for _ in 0..count {
            self.serial += 1;
            let mut value = pod(&format!("foo-{:04}", self.serial), node, labels);
            let hash = revision::hash(ds);
            value.at_mut(&["metadata", "labels"]).set(HASH_LABEL, hash);
            self.create(Kind::Pod, owned(value, ds));
        }
    }

    /// Edits the controller's view of an object.
    pub fn edit(&mut self, kind: Kind, name: &str, edit: impl FnOnce(&mut Value)) {
        let namespace = if kind.namespaced() { "default" } else { "" };
        let cached = self.cached(kind, namespace, name).expect("is in the cache");
        let mut value = cached.value().clone();
        edit(&mut value);
        self.put(kind, value);
    }

    /// Edits the DaemonSet `foo` as a person would: the generation rises with the spec.
    pub fn edit_ds(&mut self, edit: impl FnOnce(&mut Value)) {
        self.edit(Kind::DaemonSet, "foo", |value| {
            let generation = value.at(&["metadata", "generation"]).as_i64().unwrap_or(0);
            edit(value);
            value.set_at(&["metadata", "generation"], generation + 1);
        });
    }

    pub fn set_image(&mut self, image: &str) {
        self.edit_ds(|ds| {
            let containers = ds.at_mut(&["spec", "template", "spec", "containers"]);
            containers.list_mut()[0].set("image", Value::str(image));
        });
    }

    pub fn set_strategy(&mut self, strategy: Value) {
        self.edit_ds(|ds| ds.set_at(&["spec", "updateStrategy"], strategy));
    }

    /// The cached pods, by name.
    pub fn pods(&self) -> Vec<Arc<Object>> {
        let pods = self.part.cache().informer().of(Kind::Pod);
        pods.iter(None).cloned().collect()
    }

    pub fn ready_where(&mut self, wanted: impl Fn(&Object) -> bool) -> usize {
        let names: Vec<Str> = self
            .pods()
            .iter()
            .filter(|p| {
                wanted(p)
                    && !p
                        .pod()
                        .is_some_and(daemonset_playground::k8s::api::Pod::ready)
            })
            .map(|p| p.name().clone())
            .collect();
        for name in &names {
            let since = self.now.timestamp().to_string();
            self.edit(Kind::Pod, name, |pod| set_ready(pod, "True", &since));
        }
        names.len()
    }

    /// Marks all pods ready.
    pub fn ready(&mut self) {
        self.ready_where(|_| true);
    }

    /// Exactly one sync of the DaemonSet `foo`: pod creations, pod deletions, events other than those of the
    /// creations and deletions themselves.
    pub fn sync(&mut self) -> (usize, usize, usize) {
        let ds = self.cached(Kind::DaemonSet, "default", "foo");
        if let Some(ds) = ds {
            self.put(Kind::DaemonSet, ds.value().clone());
        }
        self.work()
    }

    /// One round of the workers on whatever is in the queues.
    pub fn work(&mut self) -> (usize, usize, usize) {
        let events = self.other_events();
        self.counted = self.api.trace().count();
        self.call(|part, ctx| part.on_timer(ctx, Timer::Work));
        self.pump();
        let calls = |timer: &Timer| matches!(timer, Timer::Perform { .. } | Timer::Proceed { .. });
        while let Some(id) = self
            .timers
            .iter()
            .find(|((at, _), timer)| *at <= self.now && calls(timer))
            .map(|(id, _)| *id)
        {
            let timer = self.timers.remove(&id).expect("just found");
            let creating = |step| matches!(step, Step::Create(_));
            if matches!(timer, Timer::Perform { .. })
                && self.part.syncs().any(|sync| creating(sync.step()))
                && let Some((batch, act)) = self.before_batch.take()
            {
                if batch == 1 {
                    act(self);
                } else {
                    self.before_batch = Some((batch - 1, act));
                }
            }
            self.call(|part, ctx| part.on_timer(ctx, timer));
            self.pump();
            let refused = self.api.trace().entries().next_back();
            if refused.is_some_and(|e| !e.refused.is_empty())
                && let Some(act) = self.between.take()
            {
                act(self);
            }
        }
        let calls = |verb: &str| self.calls(verb, Kind::Pod);
        (
            calls("create"),
            calls("delete"),
            self.other_events() - events,
        )
    }

    /// Calls of the last sync.
    pub fn calls(&self, verb: &str, kind: Kind) -> usize {
        let new = usize::try_from(self.api.trace().count() - self.counted).expect("small");
        self.api
            .trace()
            .entries()
            .rev()
            .take(new)
            .filter(|e| e.actor == "daemonset-controller" && e.verb == verb && e.key.kind == kind)
            .count()
    }

    /// Calls of the last sync that were answered well.
    pub fn successes(&self, verb: &str, kind: Kind) -> usize {
        let new = usize::try_from(self.api.trace().count() - self.counted).expect("small");
        let entries = self.api.trace().entries().rev().take(new);
        entries
            .filter(|e| e.verb == verb && e.key.kind == kind && e.refused.is_empty())
            .count()
    }

    fn other_events(&self) -> usize {
        let own = [
            "SuccessfulCreate",
            "SuccessfulDelete",
            "FailedCreate",
            "FailedDelete",
        ];
        self.api
            .list(Kind::Event, None)
            .filter(|e| !own.contains(&e.value().get("reason").text()))
            .filter_map(|e| usize::try_from(e.value().get("count").as_i64()?).ok())
            .sum()
    }

    /// Reasons of the events so far.
    pub fn reasons(&self) -> Vec<String> {
        let events = self.api.list(Kind::Event, None);
        events
            .map(|e| e.value().get("reason").text().to_owned())
            .collect()
    }

    /// Shows the controller what the API server committed.
    fn pump(&mut self) {
        let store = self.api.store();
        let changes: Vec<_> = store.changes_since(self.pumped).cloned().collect();
        self.pumped = store.committed();
        for change in changes {
            match change.kind {
                Kind::DaemonSet => self.show_status(&change),
                Kind::Pod if self.deaf => {}
                Kind::Pod => self.show_pod(change.new.as_ref(), change.object()),
                Kind::ControllerRevision => {
                    let delivery = Delivery::Change(change);
                    self.call(|part, ctx| part.on_watch(ctx, &delivery));
                }
                _ => {}
            }
        }
    }

    /// The controller's own view of the DaemonSet stays, but for the status.
    fn show_status(&mut self, change: &Change) {
        let (Some(new), name) = (&change.new, change.object().name()) else {
            return;
        };
        if let Some(cached) = self.cached(Kind::DaemonSet, "default", name) {
            let mut value = cached.value().clone();
            value.set("status", new.value().get("status"));
            let version = new.value().at(&["metadata", "resourceVersion"]).clone();
            value.set_at(&["metadata", "resourceVersion"], version);
            self.put(Kind::DaemonSet, value);
        }
    }

    fn show_pod(&mut self, new: Option<&Arc<Object>>, last: &Arc<Object>) {
        match new {
            Some(pod) if pod.meta().terminating() && self.reap => {
                let call = self.person();
                let options = DeleteOptions {
                    grace_period: Some(0),
                    ..DeleteOptions::default()
                };
                let _ = self
                    .api
                    .delete(&call, Kind::Pod, pod.namespace(), pod.name(), &options);
                self.pumped = self.api.store().committed();
                self.take(Kind::Pod, pod.namespace(), pod.name());
            }
            Some(pod) => self.put(Kind::Pod, pod.value().clone()),
            None => {
                if self
                    .cached(Kind::Pod, last.namespace(), last.name())
                    .is_some()
                {
                    self.take(Kind::Pod, last.namespace(), last.name());
                }
            }
        }
    }

    /// The keys in the queue after the node queue was worked off.
    pub fn queued(&mut self) -> Vec<String> {
        self.part.process_nodes();
        self.part.queue().waiting().map(Key::to_string).collect()
    }

    /// Empties the queues by working them off.
    pub fn drain(&mut self) {
        for _ in 0..20 {
            if self.part.queue().is_idle() && self.part.node_queue().is_idle() {
                return;
            }
            self.work();
        }
        panic!("the queues do not become empty");
    }

    /// The status of the DaemonSet at the API server.
    pub fn status(&self, field: &str) -> i64 {
        let ds = self
            .api
            .get(Kind::DaemonSet, "default", "foo")
            .expect("foo exists");
        ds.value().at(&["status"]).get(field).as_i64().unwrap_or(0)
    }

    /// The error of the last sync.
    pub fn error(&self) -> Option<String> {
        self.part.note("default", "foo")?.error.clone()
    }

    pub fn foo(&self) -> Arc<Object> {
        self.cached(Kind::DaemonSet, "default", "foo")
            .expect("foo is cached")
    }

    pub fn foo_key(&self) -> Key {
        Key::of(&self.foo())
    }

    pub fn pass(&mut self, span: SimSpan) {
        self.now = self.now + span;
    }
}

/// The pod with a controller reference.
pub fn owned(mut pod: Value, ds: &Object) -> Value {
    let owner = daemonset_playground::sim::control::controller_ref(ds);
    pod.set_at(&["metadata", "ownerReferences"], value!([owner]));
    pod
}

/// Sets the Ready condition.
pub fn set_ready(pod: &mut Value, status: &'static str, since: &str) {
    let condition =
        value!({"type": "Ready", "status": status, "lastTransitionTime": Value::str(since)});
    pod.set_at(&["status", "conditions"], value!([condition]));
}
