//! What befalls machines and kubelets from outside: they join, die, come back, lose the network.

use super::node::Kubelet;
use super::state::Stage;
use super::{Kubelets, Kx, Registry};
use crate::k8s::{Kind, Str, Value};
use crate::sim::SimSpan;
use std::sync::Arc;

impl Kubelets {
    /// A machine joins: its kubelet will register the node given (name, labels, taints, capacity). A name whose
    /// machine lives and whose node is known does not join again.
    pub fn add_node(&mut self, ctx: &mut Kx<'_>, node: Value) {
        let name = node.at(&["metadata", "name"]).to_str();
        if name.is_empty() {
            return;
        }
        let mut life = 0;
        if let Some(old) = self.kubelet(&name) {
            let known = !old.registered || ctx.client.get(Kind::Node, "", &name).is_ok();
            if old.running && known {
                return;
            }
            // Its node was deleted or its kubelet is dead: the new machine takes its place.
            old.die();
            life = old.life;
        }
        let mut kubelet = Kubelet::new(node, self.machines);
        kubelet.life = life;
        self.machines += 1;
        kubelet.boot(ctx);
        self.nodes.insert(name, Arc::new(kubelet));
    }

    /// The node's kubelet dies.
    pub fn stop(&mut self, node: &str) {
        if let Some(kubelet) = self.kubelet(node) {
            kubelet.die();
        }
    }

    /// Whether the node's kubelet runs; none where there is no such machine.
    pub fn is_up(&self, node: &str) -> Option<bool> {
        self.nodes.get(node).map(|kubelet| kubelet.running)
    }

    /// The node's kubelet comes back, as after a reboot.
    pub fn boot(&mut self, ctx: &mut Kx<'_>, node: &str) {
        if let Some(kubelet) = self.kubelet(node) {
            kubelet.boot(ctx);
        }
    }

    /// The node's runtime reports its network as ready or not. The kubelet notices with its next status.
    pub fn network(&mut self, ctx: &mut Kx<'_>, node: &str, up: bool) {
        let Some(kubelet) = self.kubelet(node) else {
            return;
        };
        if kubelet.network == up {
            return;
        }
        kubelet.network = up;
        kubelet.stale = true;
        if !kubelet.running {
            return;
        }
        if up {
            return;
        }
        // Running pods meet the loss with their next full sync, within a minute or so.
        let uids: Vec<Str> = kubelet.pods.keys().cloned().collect();
        for uid in uids {
            let Some(mut pod) = kubelet.pods.remove(&uid) else {
                continue;
            };
            if pod.stage == Stage::Syncing && pod.work.is_none() && !pod.spec().host_network {
                let wait = SimSpan::from_millis(ctx.rng.range(1000, 60_000));
                let at = kubelet.tick(ctx.now() + wait);
                kubelet.resync_at(ctx, &mut pod, at);
            }
            kubelet.pods.insert(uid, pod);
        }
    }

    /// The image registry stops or starts answering.
    pub fn registry_up(&mut self, up: bool) {
        self.registry.up = up;
    }

    /// Pulls take this many times as long as usual.
    pub fn slow_pulls(&mut self, slowness: u32) {
        self.registry = Registry {
            slowness,
            ..self.registry
        };
    }

    /// A container of a pod ends at once with exit code 1.
    pub fn crash(&mut self, ctx: &mut Kx<'_>, namespace: &str, pod: &str, container: &str) {
        let on = |kubelet: &Kubelet| {
            let mut pods = kubelet.pods.iter();
            let found = pods
                .find(|(_, run)| run.object.name() == pod && run.object.namespace() == namespace);
            found.map(|(uid, _)| uid.clone())
        };
        let homes = self.nodes.iter();
        let found: Vec<(Str, Str)> = homes
            .filter_map(|(node, kubelet)| Some((node.clone(), on(kubelet)?)))
            .collect();
        for (node, uid) in found {
            let Some(kubelet) = self.kubelet(&node) else {
                continue;
            };
            let Some(mut run) = kubelet.pods.remove(&uid) else {
                continue;
            };
            if let Some(index) = run.index_of(container) {
                kubelet.exits(ctx, &mut run, index, 1);
            }
            kubelet.pods.insert(uid, run);
        }
    }
}
