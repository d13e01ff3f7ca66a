//! Pod networks of nodes: every node gets a /24 of 10.244.0.0/16, and the annotation that tells kubelets how long
//! they may keep objects.
//!
//! Upstream: pkg/controller/nodeipam, pkg/controller/ttl

use super::Nx;
use crate::k8s::ordered::BTreeMap;
use crate::k8s::{Kind, Object, Str};
use crate::value;
use std::sync::Arc;

const TTL: &str = "node.alpha.kubernetes.io/ttl";

/// Networks in use.
#[derive(Clone, Debug, Default)]
pub struct Ipam {
    by_node: BTreeMap<Str, u32>,
    /// The first number that has never been given.
    fresh: u32,
    /// Numbers that were given back.
    free: Vec<u32>,
}

impl Ipam {
    /// Gives a node what it lacks.
    pub(super) fn assign(&mut self, ctx: &mut Nx<'_>, node: &Arc<Object>) {
        let has_network = !node.value().at(&["spec", "podCIDR"]).is_null();
        let has_ttl = node.meta().annotation(TTL).is_some();
        if has_network && has_ttl {
            return;
        }
        let Ok(live) = ctx.client.get(Kind::Node, "", node.name()) else {
            return;
        };
        let mut value = live.value().clone();
        if value.at(&["spec", "podCIDR"]).is_null() {
            let number = *self.by_node.entry(node.name().clone()).or_insert_with(|| {
                self.free.pop().unwrap_or_else(|| {
                    self.fresh += 1;
                    self.fresh - 1
                })
            });
            let cidr = Str::from(network(number));
            value.set_at(&["spec", "podCIDR"], &cidr);
            value.set_at(&["spec", "podCIDRs"], value!([&cidr]));
            let mut client = ctx.client.signed("node-ipam-controller");
            match client.update(Kind::Node, value) {
                Ok(object) => value = object.value().clone(),
                Err(_) => return,
            }
        }
        if live.meta().annotation(TTL).is_none() {
            let mut annotations = value.at(&["metadata", "annotations"]).clone();
            annotations.set(TTL, ttl(self.by_node.len()));
            value.set_at(&["metadata", "annotations"], annotations);
            let mut client = ctx.client.signed("ttl-controller");
            // Tried again when the node changes.
            let _ = client.update(Kind::Node, value);
        }
    }

    /// The node is gone: its network can be given to another.
    pub(super) fn release(&mut self, name: &str) {
        if let Some(number) = self.by_node.remove(name) {
            self.free.push(number);
        }
    }
}

/// The n-th network. Beyond 10.244.0.0/16 the numbers run on, so that large clusters work too.
fn network(number: u32) -> String {
    format!("10.{}.{}.0/24", 244 + number / 256 % 12, number % 256)
}

/// Seconds, by the number of nodes.
fn ttl(nodes: usize) -> &'static str {
    match nodes {
        0..=100 => "0",
        101..=500 => "15",
        501..=1000 => "30",
        1001..=2000 => "60",
        _ => "300",
    }
}
