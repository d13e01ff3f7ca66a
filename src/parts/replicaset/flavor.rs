//! What differs between ReplicaSets and ReplicationControllers.

use crate::k8s::selector::Selector;
use crate::k8s::{Kind, Object};
use crate::value;
use std::fmt::Debug;

/// A kind of objects that keep a number of pods.
pub trait Flavor: Clone + Debug + 'static {
    /// The name of the controller.
    const PART: &'static str;
    const KIND: Kind;
    /// Its status counts the pods that are ending.
    const COUNTS_TERMINATING: bool;

    fn selector(set: &Object) -> Selector;
}

/// ReplicaSets: nearly every cluster has some.
#[derive(Clone, Debug)]
pub struct Sets;

impl Flavor for Sets {
    const PART: &'static str = "replicaset-controller";
    const KIND: Kind = Kind::ReplicaSet;
    const COUNTS_TERMINATING: bool = true;

    fn selector(set: &Object) -> Selector {
        Selector::read(set.value().at(&["spec", "selector"]))
    }
}

/// ReplicationControllers, whose selector is a plain set of labels: hardly any cluster has one.
#[derive(Clone, Debug)]
pub struct ReplicationControllers;

impl Flavor for ReplicationControllers {
    const PART: &'static str = "replication-controller";
    const KIND: Kind = Kind::ReplicationController;
    const COUNTS_TERMINATING: bool = false;

    fn selector(set: &Object) -> Selector {
        let labels = set.value().at(&["spec", "selector"]);
        Selector::read(&value!({"matchLabels": labels}))
    }
}
