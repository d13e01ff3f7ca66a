//! Random worlds under faults: a seed picks nodes, DaemonSets, edits and faults; invariants hold after each event;
//! when the faults end the cluster settles and stays settled.
//!
//! `make swarm SEEDS=1000` runs more seeds; a failure prints the command that repeats it.

use daemonset_playground::cluster::check::{check, check_books, check_settled};
use daemonset_playground::cluster::{Cluster, Command, PartId, Request, Setup, Verb};
use daemonset_playground::k8s::{Kind, Str, Value};
use daemonset_playground::sim::apiserver::{DeleteOptions, Patch, Subresource};
use daemonset_playground::sim::fault::{Effect, Rule};
use daemonset_playground::sim::{Rng, SimSpan};
use daemonset_playground::value;

/// Seeds of a plain test run.
const SEEDS: u64 = 150;

/// A world, its chance and what was done to it.
struct Swarm {
    cluster: Cluster,
    rng: Rng,
    events: u64,
    deeds: Vec<String>,
    /// A creation was carried out and its caller told otherwise: a second pod may follow.
    doubled: bool,
}

fn node(name: &str, rng: &mut Rng) -> Value {
    let mut node = Cluster::node(name);
    let zone = if rng.below(2) == 0 { "a" } else { "b" };
    node.set_at(&["metadata", "labels"], value!({"zone": zone}));
    if rng.below(4) == 0 {
        let taint = value!({"key": "gpu", "value": "x", "effect": "NoSchedule"});
        node.set_at(&["spec", "taints"], value!([taint]));
    }
    node
}

impl Swarm {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed).fork("swarm");
        let nodes = (0..rng.range(2, 4))
            .map(|i| node(&format!("node-{i}"), &mut rng))
            .collect();
        let cluster = Cluster::new(Setup {
            seed,
            nodes,
            bare_nodes: rng.below(2) == 0,
            warm_up: SimSpan::from_secs(1),
            ..Setup::default()
        });
        Self {
            cluster,
            rng,
            events: 0,
            deeds: Vec::new(),
            doubled: false,
        }
    }

    fn chance(&mut self, one_in: u64) -> bool {
        self.rng.below(one_in) == 0
    }

    fn request(&mut self, verb: Verb) {
        // A refusal is an answer like any other.
        let _ = self
            .cluster
            .dispatch(Command::Request(Request::new("swarm", verb)));
    }

    fn patch(&mut self, kind: Kind, name: &Str, patch: Value) {
        let namespace = if kind.namespaced() { "default" } else { "" };
        self.request(Verb::Patch {
            kind,
            namespace: namespace.into(),
            name: name.clone(),
            subresource: Subresource::Main,
            patch: Patch::Merge(patch),
        });
    }

    fn any(&mut self, kind: Kind) -> Option<Str> {
        let names: Vec<Str> = self
            .cluster
            .objects(kind)
            .map(|o| o.name().clone())
            .collect();
        let i = self.rng.below(names.len() as u64);
        names.get(usize::try_from(i).expect("small")).cloned()
    }

    fn delete(&mut self, kind: Kind) {
        let Some(name) = self.any(kind) else { return };
        let namespace = if kind.namespaced() { "default" } else { "" };
        self.request(Verb::Delete {
            kind,
            namespace: namespace.into(),
            name,
            options: DeleteOptions::default(),
        });
    }

    fn create_set(&mut self) {
        let name = if self.chance(2) { "red" } else { "blue" };
        let surge = i64::from(name == "red");
        let labels = value!({"app": name});
        let mut tolerations = value!([
            {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoSchedule"}
        ]);
        if self.chance(2) {
            tolerations.push(value!({"key": "gpu", "operator": "Exists"}));
        }
        let grace = if self.chance(2) { 0 } else { 30 };
        let min_ready = if self.chance(4) { 2 } else { 0 };
        let value = value!({
            "apiVersion": "apps/v1", "kind": "DaemonSet",
            "metadata": {"name": name, "namespace": "default"},
            "spec": {
                "selector": {"matchLabels": &labels}, "minReadySeconds": min_ready,
                "updateStrategy": {"type": "RollingUpdate",
                    "rollingUpdate": {"maxSurge": surge, "maxUnavailable": 1 - surge}},
                "template": {"metadata": {"labels": &labels}, "spec": {
                    "tolerations": tolerations, "terminationGracePeriodSeconds": grace,
                    "containers": [{"name": "main", "image": "example.com/x:1"}]
                }},
            },
        });
        self.request(Verb::Create {
            kind: Kind::DaemonSet,
            namespace: "default".into(),
            value,
        });
    }

    fn edit_set(&mut self) {
        let Some(name) = self.any(Kind::DaemonSet) else {
            return self.create_set();
        };
        let spec = match self.rng.below(4) {
            0 => value!({"template": {"spec": {"nodeSelector": {"zone": "a"}}}}),
            1 => value!({"template": {"spec": {"nodeSelector": null}}}),
            _ => {
                let tag = self.rng.below(3);
                let image = format!("example.com/x:{tag}");
                value!({"template": {"spec": {"containers": [{"name": "main", "image": image}]}}})
            }
        };
        self.patch(Kind::DaemonSet, &name, value!({"spec": spec}));
    }

    fn edit_node(&mut self) {
        let Some(name) = self.any(Kind::Node) else {
            return;
        };
        let taint = |effect: &'static str| value!([{"key": "gpu", "effect": effect}]);
        let patch = match self.rng.below(5) {
            0 => value!({"spec": {"taints": taint("NoSchedule")}}),
            1 => value!({"spec": {"taints": taint("NoExecute")}}),
            2 => value!({"spec": {"taints": null}}),
            3 => value!({"metadata": {"labels": {"zone": "a"}}}),
            _ => value!({"metadata": {"labels": {"zone": "b"}}}),
        };
        self.patch(Kind::Node, &name, patch);
    }

    fn fault(&mut self) {
        let part = PartId::DaemonSet;
        let command = match self.rng.below(4) {
            0 => Command::LoseWatch { part },
            1 => {
                self.cluster.dispatch(Command::PartStop { part });
                Command::PartStart { part }
            }
            _ => {
                let verbs = ["create", "update", "patch", "delete"];
                let verb = verbs[usize::try_from(self.rng.below(4)).expect("small")];
                let effects = [Effect::Fail, Effect::FailAfter, Effect::Conflict];
                let effect = effects[usize::try_from(self.rng.below(3)).expect("small")];
                self.doubled |= effect == Effect::FailAfter && verb == "create";
                let rule = Rule {
                    actor: "daemonset-controller".into(),
                    verb: verb.into(),
                    kind: None,
                    effect,
                    times: Some(u32::try_from(self.rng.range(1, 3)).expect("small")),
                };
                Command::ApiFault { rule }
            }
        };
        self.cluster.dispatch(command);
    }

    fn deed(&mut self, i: u64) {
        let choice = self.rng.below(12);
        self.deeds
            .push(format!("{i}: {choice} at {:?}", self.cluster.now()));
        match choice {
            0 | 1 => self.create_set(),
            2..=4 => self.edit_set(),
            5 | 6 => self.edit_node(),
            7 => self.delete(Kind::Pod),
            8 => self.delete(Kind::ControllerRevision),
            9 if self.chance(3) => self.delete(Kind::DaemonSet),
            9 => {
                let node = node(&format!("late-{i}"), &mut self.rng);
                self.cluster.dispatch(Command::NodeAdd { node });
            }
            _ => self.fault(),
        }
    }

    /// Lets time pass event by event, with a check after each.
    fn pass(&mut self, span: SimSpan) -> Result<(), String> {
        let until = self.cluster.now() + span;
        while self.cluster.next_event_at().is_some_and(|at| at <= until) {
            self.cluster.step();
            self.events += 1;
            if !self.doubled {
                check(&self.cluster)?;
            }
            if self.events.is_multiple_of(16) {
                check_books(&self.cluster)?;
            }
        }
        self.cluster.advance_to(until, 1);
        Ok(())
    }

    /// Everything of the DaemonSets that a settled cluster no longer changes.
    fn fingerprint(&self) -> Vec<(Kind, Str, u64)> {
        [Kind::DaemonSet, Kind::Pod, Kind::ControllerRevision]
            .into_iter()
            .flat_map(|kind| self.cluster.objects(kind))
            .map(|o| (o.kind(), o.name().clone(), o.meta().resource_version))
            .collect()
    }

    fn run(&mut self) -> Result<(), String> {
        self.create_set();
        for i in 0..10 {
            self.deed(i);
            let span = SimSpan::from_millis(self.rng.range(1, 1500));
            self.pass(span)?;
        }
        self.cluster.dispatch(Command::ApiHeal);
        // Long enough for the expectations of what was never seen to run out.
        self.pass(SimSpan::from_secs(2))?;
        for _ in 0..2 {
            let names: Vec<Str> = self
                .cluster
                .objects(Kind::DaemonSet)
                .map(|o| o.name().clone())
                .collect();
            let at = self.cluster.now().as_millis().to_string();
            for name in names {
                let touch = value!({"metadata": {"annotations": {"touched": at.clone()}}});
                self.patch(Kind::DaemonSet, &name, touch);
            }
            let until = self.cluster.now() + SimSpan::from_secs(400);
            self.cluster.advance_to(until, 2_000_000);
        }
        check_books(&self.cluster)?;
        check_settled(&self.cluster)?;
        let before = self.fingerprint();
        let until = self.cluster.now() + SimSpan::from_secs(100);
        self.cluster.advance_to(until, 1_000_000);
        if self.fingerprint() != before {
            return Err("the settled cluster still changes".to_owned());
        }
        Ok(())
    }
}

/// Runs a world; tells how many pods the controller has created in it.
fn run(seed: u64) -> usize {
    let mut swarm = Swarm::new(seed);
    if let Err(error) = swarm.run() {
        let deeds = swarm.deeds.join("\n");
        panic!(
            "seed {seed}: {error}\n{deeds}\nagain with: SWARM_SEED={seed} cargo test --test it swarm"
        );
    }
    let trace = swarm.cluster.api().trace().entries();
    let created = |e: &&daemonset_playground::sim::trace::Entry| {
        e.actor == "daemonset-controller" && e.verb == "create" && e.key.kind == Kind::Pod
    };
    trace.filter(created).count()
}

#[allow(
    clippy::disallowed_methods,
    reason = "the number of seeds is the caller's"
)]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn swarm() {
    if let Some(seed) = number("SWARM_SEED") {
        run(seed);
        return;
    }
    let seeds = number("SWARM_SEEDS").unwrap_or(SEEDS);
    let created: usize = (0..seeds).map(run).sum();
    assert!(created as u64 > seeds, "the worlds are not empty");
}
