//! The node controller: hears heartbeats, declares nodes unknown, taints them by their conditions, marks the pods
//! of silent nodes as not ready, and gives new nodes their pod network.
//!
//! Reading order: [`health`] (heartbeats and conditions), [`taints`] (which taints a node should carry), [`zone`]
//! (how many nodes may be tainted how fast), [`ipam`] (addresses).
//!
//! Upstream: pkg/controller/nodelifecycle/node_lifecycle_controller.go

pub mod health;

pub mod taints;

pub mod zone;

pub mod ipam;

use super::Part;
use crate::k8s::ordered::{BTreeMap, BTreeSet};
use crate::k8s::{Kind, Object, Str, Value};
use crate::sim::{Ctx, Delivery, EventType, Informer, ObjectRef, Recorder, SimSpan, SimTime};
use health::Health;
use std::sync::Arc;
use zone::Zone;

/// Upstream: `NodeMonitorPeriod`.
pub const MONITOR_PERIOD: SimSpan = SimSpan::from_secs(5);
/// Upstream: `nodeEvictionPeriod`: the rhythm of the NoExecute queue.
const TAINT_PERIOD: SimSpan = SimSpan::from_millis(100);

type Nx<'a> = Ctx<'a, Timer>;

/// The controller and what it remembers of each node.
#[derive(Clone, Debug)]
pub struct NodeLifecycle {
    informer: Informer,
    recorder: Recorder,
    health: BTreeMap<Str, Health>,
    zones: BTreeMap<Str, Zone>,
    /// Nodes whose object changed since the last pass.
    changed: BTreeSet<Str>,
    /// When a node is silent for too long, if nothing is heard until then.
    deadlines: BTreeSet<(SimTime, Str)>,
    /// Nodes that are not ready.
    unready: BTreeSet<Str>,
    taint_timer: bool,
    ipam: ipam::Ipam,
}

impl Default for NodeLifecycle {
    fn default() -> Self {
        Self {
            informer: Informer::default(),
            recorder: Recorder::new("node-controller", ""),
            health: BTreeMap::new(),
            zones: BTreeMap::new(),
            changed: BTreeSet::new(),
            deadlines: BTreeSet::new(),
            unready: BTreeSet::new(),
            taint_timer: false,
            ipam: ipam::Ipam::default(),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Timer {
    /// A pass over the nodes' health.
    Monitor,
    /// The NoExecute queues.
    Taint,
}

impl Part for NodeLifecycle {
    type Timer = Timer;
    const NAME: &'static str = "node-controller";
    const KINDS: &'static [Kind] = &[Kind::Node, Kind::Pod];

    fn start(&mut self, ctx: &mut Nx<'_>) {
        ctx.after(MONITOR_PERIOD, Timer::Monitor);
    }

    fn on_watch(&mut self, ctx: &mut Nx<'_>, delivery: &Delivery) {
        for delta in self.informer.apply(delivery) {
            match (delta.kind(), &delta.new) {
                (Kind::Node, Some(node)) => {
                    let node = node.clone();
                    self.changed.insert(node.name().clone());
                    if let Some(health) = self.health.get_mut(node.name()) {
                        health.declared_unknown &= health::ready(&node) == "Unknown";
                    }
                    self.ipam.assign(ctx, &node);
                    self.no_schedule(ctx, &node);
                }
                (Kind::Node, None) => {
                    let name = delta.object().name().clone();
                    self.ipam.release(&name);
                    self.changed.insert(name);
                }
                (Kind::Pod, Some(pod)) => self.bound_to_silent(ctx, pod),
                _ => {}
            }
        }
    }

    fn on_timer(&mut self, ctx: &mut Nx<'_>, timer: Timer) {
        match timer {
            Timer::Monitor => {
                self.monitor(ctx);
                ctx.after(MONITOR_PERIOD, Timer::Monitor);
            }
            Timer::Taint => {
                self.taint_timer = false;
                self.work_queues(ctx);
            }
        }
    }
}

impl NodeLifecycle {
    /// What is remembered of each node, for reading.
    pub fn health(&self) -> &BTreeMap<Str, Health> {
        &self.health
    }

    /// The zones, for reading.
    pub fn zones(&self) -> &BTreeMap<Str, Zone> {
        &self.zones
    }

    fn node(&self, name: &str) -> Option<Arc<Object>> {
        self.informer.get(Kind::Node, "", name).cloned()
    }

    /// One pass: who joined, who left, who fell silent.
    ///
    /// Upstream: `monitorNodeHealth`
    fn monitor(&mut self, ctx: &mut Nx<'_>) {
        let now = ctx.now();
        let mut due = std::mem::take(&mut self.changed);
        while let Some((at, name)) = self.deadlines.first().cloned() {
            if at >= now {
                break;
            }
            self.deadlines.pop_first();
            let known = !self.unready.contains(&name) && !due.contains(&name);
            if !(known && self.heard(ctx, &name)) {
                due.insert(name);
            }
        }
        let mut silent = Vec::new();
        for name in due {
            match self.node(&name) {
                Some(node) => {
                    if self.examine(ctx, &node) {
                        silent.push(node);
                    }
                }
                None => self.left(ctx, &name),
            }
        }
        self.mark_pods(ctx, &silent);
        for name in self.unready.clone() {
            self.want_no_execute(ctx, &name);
        }
        self.disruption(ctx);
        self.schedule_taints(ctx);
    }

    /// A node that is well, has not changed, and has renewed its lease in time.
    fn heard(&mut self, ctx: &mut Nx<'_>, name: &Str) -> bool {
        let renewed = ctx.client.leases().renewed(name);
        let Some(health) = self.health.get_mut(name) else {
            return false;
        };
        let heard = health.hear(renewed, ctx.now());
        if heard {
            self.deadlines.insert((health.deadline(), name.clone()));
        }
        heard
    }

    /// A node that is not there any more.
    fn left(&mut self, ctx: &mut Nx<'_>, name: &Str) {
        let Some(health) = self.health.remove(name) else {
            return;
        };
        self.unready.remove(name);
        self.deadlines.remove(&(health.deadline(), name.clone()));
        if let Some(zone) = self.zones.get_mut(&health.zone) {
            zone.dequeue(name);
        }
        let text = format!("Node {name} event: Removing Node {name} from Controller");
        self.event(ctx, &health.about, "RemovingNode", &text);
    }

    fn event(&mut self, ctx: &mut Nx<'_>, about: &ObjectRef, reason: &'static str, text: &str) {
        self.recorder
            .event(&mut ctx.client, about, EventType::Normal, reason, text);
    }

    /// Looks at one node. True: it has just been found silent, so that its pods are to be marked.
    fn examine(&mut self, ctx: &mut Nx<'_>, node: &Arc<Object>) -> bool {
        let name = node.name().clone();
        let now = ctx.now();
        self.meet(ctx, node);
        let renewed = ctx.client.leases().renewed(&name);
        let Some(health) = self.health.get_mut(&name) else {
            return false;
        };
        self.deadlines.remove(&(health.deadline(), name.clone()));
        let observed = health.observe(node, renewed, now);
        let deadline = health.deadline();
        let silent = health.is_silent(now);
        let current = if silent {
            // Looked at with every pass until something is heard.
            self.changed.insert(name.clone());
            self.declare_unknown(ctx, node)
                .unwrap_or_else(|| observed.clone())
        } else {
            self.deadlines.insert((deadline, name.clone()));
            observed.clone()
        };
        if !silent && node.node().is_none_or(|n| n.condition("Ready").is_none()) {
            // Has never reported anything and still has time to.
            return false;
        }
        if current == "True" {
            self.unready.remove(&name);
            self.clear_no_execute(ctx, &name);
        } else {
            self.unready.insert(name.clone());
        }
        let lost = observed == "True" && current != "True";
        if lost {
            let about = ObjectRef::of(node);
            let text = format!("Node {name} status is now: NodeNotReady");
            self.event(ctx, &about, "NodeNotReady", &text);
        }
        lost
    }

    /// A node that is seen for the first time.
    fn meet(&mut self, ctx: &mut Nx<'_>, node: &Arc<Object>) {
        let name = node.name();
        if self.health.contains_key(name) {
            return;
        }
        let text = format!("Node {name} event: Registered Node {name} in Controller");
        let about = ObjectRef::of(node);
        self.event(ctx, &about, "RegisteredNode", &text);
        let health = Health::new(node, ctx.now());
        self.zones.entry(health.zone.clone()).or_default();
        self.health.insert(name.clone(), health);
    }

    /// Sets the conditions of a silent node to Unknown; returns what Ready says then. None: nothing was written.
    fn declare_unknown(&mut self, ctx: &mut Nx<'_>, node: &Arc<Object>) -> Option<Str> {
        let status = health::unknown(node, ctx.now())?;
        // Refused: tried again with the next pass.
        let fresh = update_status(ctx, node, &status)?;
        if let Some(health) = self.health.get_mut(node.name()) {
            health.note(&fresh);
        }
        self.no_schedule(ctx, &fresh);
        Some(health::ready(&fresh))
    }

    /// Marks the pods of nodes that fell silent as not ready.
    ///
    /// Upstream: pkg/controller/util/node/controller_utils.go `MarkPodsNotReady`
    fn mark_pods(&mut self, ctx: &mut Nx<'_>, nodes: &[Arc<Object>]) {
        if nodes.is_empty() {
            return;
        }
        let names: BTreeSet<&Str> = nodes.iter().map(|node| node.name()).collect();
        let pods: Vec<Arc<Object>> = self
            .informer
            .of(Kind::Pod)
            .iter(None)
            .filter(|pod| pod.pod().is_some_and(|p| names.contains(&p.spec.node_name)))
            .cloned()
            .collect();
        for pod in pods {
            self.mark_not_ready(ctx, &pod);
        }
    }

    /// A pod that turns up on a node which the controller found silent is marked too.
    fn bound_to_silent(&mut self, ctx: &mut Nx<'_>, pod: &Arc<Object>) {
        let Some(view) = pod.pod() else { return };
        let silent = self
            .health
            .get(&view.spec.node_name)
            .is_some_and(|health| health.declared_unknown);
        if silent && view.ready() {
            self.mark_not_ready(ctx, pod);
        }
    }

    fn mark_not_ready(&mut self, ctx: &mut Nx<'_>, pod: &Arc<Object>) {
        let Ok(live) = ctx.client.get(Kind::Pod, pod.namespace(), pod.name()) else {
            return;
        };
        if live.uid() != pod.uid() || !live.pod().is_some_and(crate::k8s::api::Pod::ready) {
            return;
        }
        let mut value = live.value().clone();
        let stamp = ctx.now().timestamp().to_string();
        for condition in value.at_mut(&["status", "conditions"]).list_mut() {
            if condition.get("type").text() == "Ready" {
                condition.set("status", "False");
                condition.set("lastTransitionTime", stamp.clone());
            }
        }
        self.recorder.event(
            &mut ctx.client,
            &ObjectRef::of(&live),
            EventType::Warning,
            "NodeNotReady",
            "Node is not ready",
        );
        // A conflict means that its kubelet lives.
        let _ = ctx.client.update_status(Kind::Pod, value);
    }
}

/// Writes a node's conditions; None when it was refused.
fn update_status(ctx: &mut Nx<'_>, node: &Object, status: &Value) -> Option<Arc<Object>> {
    let live = ctx.client.get(Kind::Node, "", node.name()).ok()?;
    let mut tree = live.value().clone();
    tree.set_at(&["status", "conditions"], status.get("conditions"));
    ctx.client.update_status(Kind::Node, tree).ok()
}

/// Replaces a node's taints if it is still the version that was looked at.
fn write_taints(ctx: &mut Nx<'_>, node: &Object, taints: Vec<Value>) -> Option<Arc<Object>> {
    let live = ctx.client.get(Kind::Node, "", node.name()).ok()?;
    let mut tree = live.value().clone();
    if taints.is_empty() {
        tree.remove_at(&["spec", "taints"]);
    } else {
        tree.set_at(&["spec", "taints"], Value::from(taints));
    }
    ctx.client.update(Kind::Node, tree).ok()
}
