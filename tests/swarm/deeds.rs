//! What happens to a world: edits by people, faults of its parts.

use super::{PARTS, Swarm};
use daemonset_playground::cluster::{
    Cluster, Command, DeleteOptions, Effect, PartId, Patch, Propagation, Request, Rule,
    Subresource, Verb,
};
use daemonset_playground::k8s::{Kind, Str, Value};
use daemonset_playground::sim::Rng;
use daemonset_playground::value;

/// A node with a zone, and sometimes a taint.
pub fn node(name: &str, rng: &mut Rng) -> Value {
    let mut node = Cluster::node(name);
    let zone = if rng.below(2) == 0 { "a" } else { "b" };
    node.set_at(&["metadata", "labels"], value!({"zone": zone}));
    if rng.below(4) == 0 {
        let taint = value!({"key": "gpu", "value": "x", "effect": "NoSchedule"});
        node.set_at(&["spec", "taints"], value!([taint]));
    }
    node
}

/// Bare nodes have no such part.
pub fn of_machines(part: PartId) -> bool {
    matches!(
        part,
        PartId::Kubelets | PartId::NodeLifecycle | PartId::Scheduler
    )
}

fn pick<T: Clone>(rng: &mut Rng, from: &[T]) -> T {
    let i = usize::try_from(rng.below(from.len() as u64)).expect("small");
    from[i].clone()
}

impl Swarm {
    fn request(&mut self, verb: Verb) {
        self.dispatch(Command::Request(Request::new("swarm", verb)));
    }

    pub(super) fn patch(&mut self, kind: Kind, name: &Str, patch: Value) {
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
            .cluster()
            .objects(kind)
            .map(|o| o.name().clone())
            .collect();
        (!names.is_empty()).then(|| pick(&mut self.rng, &names))
    }

    fn delete(&mut self, kind: Kind, propagation: Option<Propagation>) {
        let Some(name) = self.any(kind) else { return };
        let namespace = if kind.namespaced() { "default" } else { "" };
        self.request(Verb::Delete {
            kind,
            namespace: namespace.into(),
            name,
            options: DeleteOptions {
                propagation,
                ..DeleteOptions::default()
            },
        });
    }

    pub(super) fn create_set(&mut self) {
        let name = pick(&mut self.rng, &["red", "blue", "green"]);
        let labels = value!({"app": name});
        let mut tolerations = value!([
            {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoSchedule"}
        ]);
        if self.chance(2) {
            tolerations.push(value!({"key": "gpu", "operator": "Exists"}));
        }
        let grace = if self.chance(2) { 0 } else { 30 };
        let min_ready = if self.chance(4) { 2 } else { 0 };
        let strategy = match name {
            "red" => value!({"type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}),
            "blue" => value!({"type": "RollingUpdate",
                "rollingUpdate": {"maxUnavailable": pick(&mut self.rng, &[1, 2])}}),
            _ => value!({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "34%"}}),
        };
        let value = value!({
            "apiVersion": "apps/v1", "kind": "DaemonSet",
            "metadata": {"name": name, "namespace": "default"},
            "spec": {
                "selector": {"matchLabels": &labels}, "minReadySeconds": min_ready,
                "updateStrategy": strategy, "revisionHistoryLimit": self.rng.below(3) as i64,
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
        let spec = match self.rng.below(6) {
            0 => value!({"template": {"spec": {"nodeSelector": {"zone": "a"}}}}),
            1 => value!({"template": {"spec": {"nodeSelector": null}}}),
            2 if name == "green" => {
                let on_delete = self.chance(2);
                let rolling =
                    value!({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "50%"}});
                let waiting = value!({"type": "OnDelete", "rollingUpdate": null});
                value!({"updateStrategy": if on_delete { waiting } else { rolling }})
            }
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
        let patch = match self.rng.below(6) {
            0 => value!({"spec": {"taints": taint("NoSchedule")}}),
            1 => value!({"spec": {"taints": taint("NoExecute")}}),
            2 => value!({"spec": {"taints": null}}),
            3 => value!({"metadata": {"labels": {"zone": "a"}}}),
            4 => value!({"spec": {"unschedulable": true}}),
            _ => value!({"metadata": {"labels": {"zone": "b"}}}),
        };
        self.patch(Kind::Node, &name, patch);
    }

    /// Calls of a part, or of everybody, are refused, or carried out and called failed.
    fn api_fault(&mut self) {
        let actors = [
            "daemonset-controller",
            "daemonset-controller",
            "kubelet",
            "default-scheduler",
            "",
        ];
        let verbs = ["create", "update", "patch", "delete", "bind", ""];
        let effects = [Effect::Fail, Effect::FailAfter, Effect::Conflict];
        let (actor, verb) = (pick(&mut self.rng, &actors), pick(&mut self.rng, &verbs));
        let effect = pick(&mut self.rng, &effects);
        if effect == Effect::FailAfter && (actor.is_empty() || actor.starts_with("daemon")) {
            self.doubled |= verb == "create" || verb.is_empty();
            self.overdrawn |= verb == "delete" || verb.is_empty();
        }
        let rule = Rule {
            actor: actor.into(),
            verb: verb.into(),
            kind: None,
            effect,
            times: Some(u32::try_from(self.rng.range(1, 3)).expect("small")),
        };
        self.dispatch(Command::ApiFault { rule });
    }

    fn fault(&mut self) {
        let bare = self.cluster().setup().bare_nodes;
        let parts: Vec<PartId> = PARTS
            .into_iter()
            .filter(|part| !(bare && of_machines(*part)))
            .collect();
        let part = if self.chance(2) {
            PartId::DaemonSet
        } else {
            pick(&mut self.rng, &parts)
        };
        match self.rng.below(6) {
            0 => {
                self.blind = true;
                self.dispatch(Command::LoseWatch { part });
            }
            1 => {
                self.dispatch(Command::PartStop { part });
                self.dispatch(Command::PartStart { part });
            }
            2 => self.dispatch(Command::PartStop { part }),
            3 => self.dispatch(Command::PartStart { part }),
            _ => self.api_fault(),
        }
    }

    /// A kubelet dies, comes back, or one of its containers ends.
    fn machine(&mut self) {
        let Some(node) = self.any(Kind::Node) else {
            return;
        };
        match self.rng.below(4) {
            0 | 1 => self.dispatch(Command::NodeStop { node }),
            2 => self.dispatch(Command::NodeStart { node }),
            _ => {
                if let Some(pod) = self.any(Kind::Pod) {
                    let (namespace, container) = ("default".into(), "main".into());
                    self.dispatch(Command::CrashContainer {
                        namespace,
                        pod,
                        container,
                    });
                }
            }
        }
    }

    fn arrivals(&mut self, i: u64) {
        match self.rng.below(4) {
            0 => self.delete(Kind::DaemonSet, None),
            1 => {
                self.doubled = true;
                self.delete(Kind::DaemonSet, Some(Propagation::Orphan));
            }
            2 => self.delete(Kind::Node, None),
            _ => {
                let node = node(&format!("late-{i}"), &mut self.rng);
                self.dispatch(Command::NodeAdd { node });
            }
        }
    }

    pub(super) fn deed(&mut self, i: u64) -> Result<(), String> {
        let choice = self.rng.below(16);
        let now = self.cluster().now();
        self.deeds.push(format!("{i}: {choice} at {now:?}"));
        let bare = self.cluster().setup().bare_nodes;
        match choice {
            0 | 1 => self.create_set(),
            2..=4 => self.edit_set(),
            5 | 6 => self.edit_node(),
            7 => self.delete(Kind::Pod, None),
            8 => {
                self.blind = true;
                self.delete(Kind::ControllerRevision, None);
            }
            9 => self.arrivals(i),
            10 => self.jump()?,
            11 | 12 if !bare => self.machine(),
            _ => self.fault(),
        }
        Ok(())
    }
}
