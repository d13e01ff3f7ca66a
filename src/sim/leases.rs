//! Leases of nodes, in bulk: who holds one and when it was last renewed. Renewals are not writes to the store,
//! so that thousands of nodes that only live cost next to nothing; [`NodeLeases::shown`] gives the object as the
//! API shows it.

use super::SimTime;
use crate::k8s::ordered::BTreeMap;
use crate::k8s::{Kind, Object, Str, Value};
use std::cmp::Ordering;
use std::sync::Arc;

/// The namespace of the nodes' leases.
pub const NAMESPACE: &str = "kube-node-lease";

/// Renewal times by node. Clones share memory until the next beat.
#[derive(Clone, Debug, Default)]
pub struct NodeLeases(Arc<BTreeMap<Str, SimTime>>);

impl NodeLeases {
    /// A kubelet has registered.
    pub fn start(&mut self, node: &Str, now: SimTime) {
        Arc::make_mut(&mut self.0).insert(node.clone(), now);
    }

    /// The kubelets of some nodes, given in order, renew their leases.
    pub fn renew<'a>(&mut self, nodes: impl Iterator<Item = &'a Str>, now: SimTime) {
        let mut nodes = nodes.peekable();
        for (node, renewed) in Arc::make_mut(&mut self.0).iter_mut() {
            // Nearly all of them renew, so that the next one mostly is this one.
            while let Some(next) = nodes.peek() {
                let order = (*next).cmp(node);
                if order == Ordering::Greater {
                    break;
                }
                nodes.next();
                if order == Ordering::Equal {
                    *renewed = now;
                    break;
                }
            }
        }
    }

    /// When the node's lease was last renewed.
    pub fn renewed(&self, node: &str) -> Option<SimTime> {
        self.0.get(node).copied()
    }

    /// A stored Lease object as the API shows it: with the last renewal. Other objects stay as they are.
    pub fn shown(&self, object: &Arc<Object>) -> Arc<Object> {
        if object.kind() != Kind::Lease || object.namespace() != NAMESPACE {
            return object.clone();
        }
        let Some(renewed) = self.renewed(object.name()) else {
            return object.clone();
        };
        let mut value = object.value().clone();
        value.set_at(&["spec", "renewTime"], Value::from(renewed.micro_time()));
        Arc::new(Object::read(Kind::Lease, value, None))
    }
}
