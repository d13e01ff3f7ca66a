//! Things that act on the cluster. Siblings never meet except through the API.

pub mod cronjob;

pub mod daemonset;

pub mod deployment;

pub mod disruption;

pub mod endpoints;

pub mod garbage_collector;

pub mod job;

pub mod kubelet;

pub mod namespace;

pub mod node_lifecycle;

pub mod pod_gc;

pub mod replicaset;

pub mod resource_quota;

pub mod scheduler;

pub mod service_account;

pub mod statefulset;

pub mod taint_eviction;

pub mod volumes;

use crate::k8s::{Kind, Object};
use crate::sim::{Ctx, Delivery};

/// A controller, the scheduler, the kubelets: told of changes by its watches, called back by its timers.
pub trait Part {
    type Timer;

    /// The name that signs its calls: `daemonset-controller`.
    const NAME: &'static str;

    /// It speaks for many processes: one that waits for an answer does not hold up the others.
    const MANY: bool = false;

    /// The kinds that it watches.
    const KINDS: &'static [Kind];

    /// Whether the part cares for a delivery of a kind that it watches; what it does not care for costs nothing.
    fn wants(&self, _delivery: &Delivery) -> bool {
        true
    }

    /// Kinds of no interest to the part until something [wakes](Part::wakes) it: while there is none of the objects
    /// that it works for, it is not told of these. It lists them when it wakes, and stays awake.
    const SLEEPS_THROUGH: &'static [Kind] = &[];

    /// Whether an object gives a part that sleeps something to do.
    fn wakes(_object: &Object) -> bool {
        true
    }

    /// Called once when the process starts, before any delivery.
    fn start(&mut self, ctx: &mut Ctx<'_, Self::Timer>);

    /// A watch tells something.
    fn on_watch(&mut self, ctx: &mut Ctx<'_, Self::Timer>, delivery: &Delivery);

    /// A moment that the part asked for has come.
    fn on_timer(&mut self, ctx: &mut Ctx<'_, Self::Timer>, timer: Self::Timer);
}

/// An object of a kind, or a pod that such an object controls, or did.
fn is_work(object: &Object, kind: Kind) -> bool {
    let controls = |object: &Object| {
        let owner = object.meta().controller();
        owner.is_some_and(|owner| owner.kind == kind.name())
    };
    object.kind() == kind || object.kind() == Kind::Pod && controls(object)
}
