//! The kubelets of all nodes, as one part: deliveries and timers are routed to the node's own state, so that
//! many nodes cost little.
//!
//! Reading order: [`node`] (registration, status, conditions), [`state`] (what is known of a pod), [`pod`]
//! (its life), [`sync`] (bringing it up), [`image`], [`probe`], [`stop`] (its end), [`phase`], [`status`] (what is
//! written), [`runtime`] (the pretended container runtime); then [`admit`], [`preempt`] and [`eviction`] (who may
//! stay), [`heartbeat`], [`fault`] (what befalls machines), [`volumes`], [`static_pod`].

pub mod node;

pub mod state;

pub mod pod;

pub mod sync;

pub mod image;

pub mod probe;
mod reference;

pub mod stop;

pub mod phase;

pub mod status;

pub mod runtime;

pub mod admit;

pub mod preempt;

pub mod heartbeat;

pub mod eviction;

pub mod fault;

pub mod volumes;

pub mod static_pod;

pub mod change;

use super::Part;
use crate::k8s::ordered::BTreeMap;
use crate::k8s::{Kind, Object, Str};
use crate::sim::store::Change;
use crate::sim::{Ctx, Delivery};
pub use node::Kubelet;
use state::ProbeKind;
use std::collections::VecDeque;
use std::sync::Arc;

/// The kubelets' view of the world for one call.
pub type Kx<'a> = Ctx<'a, Timer>;

/// All kubelets and what is common to them.
#[derive(Clone, Debug, Default)]
pub struct Kubelets {
    /// Shared one by one: a copy of the cluster that runs on copies the kubelets that act.
    nodes: BTreeMap<Str, Arc<Kubelet>>,
    registry: Registry,
    /// Nodes that have their lease made or post their status next; the latter, when it says so.
    due: VecDeque<(Str, bool)>,
    /// Machines so far; gives each an address of its own.
    machines: u32,
}

/// How the image registry behaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Registry {
    pub up: bool,
    /// Pulls take this many times as long as usual.
    pub slowness: u32,
}

impl Default for Registry {
    fn default() -> Self {
        Self {
            up: true,
            slowness: 1,
        }
    }
}

/// A moment that a kubelet asked for.
#[derive(Clone, Debug)]
pub enum Timer {
    /// All nodes: leases and statuses that are due.
    Beat,
    /// The next of the nodes that are due.
    Post,
    /// One node, in the life of its kubelet that asked.
    Node {
        node: Str,
        life: u32,
        step: NodeStep,
    },
    /// One pod of a node.
    Pod {
        node: Str,
        life: u32,
        uid: Str,
        step: Step,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NodeStep {
    /// The process is up: register.
    Register,
    /// Everything is initialized: the node becomes ready.
    Ready,
    /// Compute the node's status and post it if it changed.
    Status,
    /// The pull at the head of the queue is through.
    Pulled,
    /// The eviction manager's round, while a pressure is on.
    Evict,
}

/// What is to be done with a pod.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// The first status and the first sync.
    First,
    /// A re-sync, if no later one was asked for.
    Sync { turn: u32 },
    /// The sandbox runs.
    Sandbox,
    /// A container has been created and started.
    Started { container: usize },
    /// A container's command is through.
    Exit { container: usize, run: u32 },
    /// A probe is due.
    Probe {
        container: usize,
        run: u32,
        kind: ProbeKind,
    },
    /// Its end has been seen: acknowledge it.
    Acknowledge,
    /// Stop the containers.
    Stop,
    /// Containers have stopped: take the object away.
    Remove,
}

impl Part for Kubelets {
    type Timer = Timer;
    const NAME: &'static str = "kubelet";
    const MANY: bool = true;
    const KINDS: &'static [Kind] = &[Kind::Pod, Kind::Node];

    fn start(&mut self, ctx: &mut Kx<'_>) {
        ctx.after(ctx.latency.first_beat, Timer::Beat);
    }

    fn on_watch(&mut self, ctx: &mut Kx<'_>, delivery: &Delivery) {
        match delivery {
            Delivery::Change(change) => self.change(ctx, change),
            Delivery::List { kind, objects, .. } => self.list(ctx, *kind, objects),
        }
    }

    fn on_timer(&mut self, ctx: &mut Kx<'_>, timer: Timer) {
        let registry = self.registry;
        match timer {
            Timer::Beat => self.beat(ctx),
            Timer::Post => self.post(ctx),
            Timer::Node { node, life, step } => {
                if let Some(kubelet) = self.living(&node, life) {
                    kubelet.on_step(ctx, step, registry);
                }
            }
            Timer::Pod {
                node,
                life,
                uid,
                step,
            } => {
                if let Some(kubelet) = self.living(&node, life) {
                    kubelet.on_pod_step(ctx, &uid, step, registry);
                }
            }
        }
    }
}

impl Kubelets {
    /// The kubelets by node, for reading.
    pub fn nodes(&self) -> &BTreeMap<Str, Arc<Kubelet>> {
        &self.nodes
    }

    fn kubelet(&mut self, node: &str) -> Option<&mut Kubelet> {
        self.nodes.get_mut(node).map(Arc::make_mut)
    }

    pub fn registry(&self) -> Registry {
        self.registry
    }

    /// The node's kubelet if it still lives the life in which something was asked for.
    fn living(&mut self, node: &str, life: u32) -> Option<&mut Kubelet> {
        self.kubelet(node)
            .filter(|kubelet| kubelet.running && kubelet.life == life)
    }

    fn change(&mut self, ctx: &mut Kx<'_>, change: &Change) {
        let object = change.object();
        match change.kind {
            Kind::Node => {
                if let Some(kubelet) = self.kubelet(object.name().as_str()) {
                    kubelet.on_node(change.new.as_ref());
                }
            }
            Kind::Pod => {
                let Some(node) = object.pod().map(|pod| &pod.spec.node_name) else {
                    return;
                };
                if let Some(kubelet) = self.kubelet(node.as_str())
                    && kubelet.running
                {
                    match &change.new {
                        Some(pod) => kubelet.on_pod(ctx, pod),
                        None => kubelet.on_pod_gone(ctx, object),
                    }
                }
            }
            _ => {}
        }
    }

    fn list(&mut self, ctx: &mut Kx<'_>, kind: Kind, objects: &[Arc<Object>]) {
        if kind == Kind::Node {
            for object in objects {
                if let Some(kubelet) = self.kubelet(object.name().as_str()) {
                    kubelet.on_node(Some(object));
                }
            }
            return;
        }
        let mut by_node: BTreeMap<Str, Vec<Arc<Object>>> = BTreeMap::new();
        for object in objects {
            if let Some(pod) = object.pod()
                && !pod.spec.node_name.is_empty()
            {
                by_node
                    .entry(pod.spec.node_name.clone())
                    .or_default()
                    .push(object.clone());
            }
        }
        for (name, kubelet) in &mut self.nodes {
            if kubelet.running {
                let pods = by_node.remove(name).unwrap_or_default();
                Arc::make_mut(kubelet).on_pod_list(ctx, &pods);
            }
        }
    }
}
