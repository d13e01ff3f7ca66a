//! Preemption: which lesser pods would have to go so that a pod fits.
//!
//! Upstream: pkg/scheduler/framework/preemption/preemption.go

use super::cache::{Cache, NodeInfo, Placed};
use super::filter::{Failure, Wanted, taken};
use crate::k8s::Object;
use crate::k8s::order::InOrder;
use crate::sim::store::NsName;
use std::sync::Arc;

/// What came of looking for victims on one node.
#[derive(Clone, Debug)]
pub enum Search {
    Victims(Vec<Arc<Object>>),
    /// There are no lesser pods.
    NoLesser,
    /// Removing every lesser pod would not help, for this reason.
    InVain(Failure),
}

/// The victims on one node: all lesser pods go, then as
/// many as possible come back, the most important first.
pub fn search(wanted: &Wanted<'_>, info: &NodeInfo, cache: &Cache, priority: i64) -> Search {
    let of = |placed: &Placed| placed.pod.pod().and_then(|p| p.spec.priority).unwrap_or(0);
    let mut lesser: Vec<Placed> = info
        .pods
        .values()
        .filter(|p| of(p) < priority)
        .cloned()
        .collect();
    if lesser.is_empty() {
        return Search::NoLesser;
    }
    let mut rest = info.clone();
    rest.pods.retain(|_, p| of(p) >= priority);
    for placed in &lesser {
        rest.room.used.subtract(&placed.requests);
        rest.room.pods -= 1;
    }
    if let Some(with) = cache.promised(&rest, &NsName::of(wanted.pod), priority) {
        rest = with;
    }
    if let Some(failure) = taken(wanted, &rest, cache) {
        return Search::InVain(failure);
    }
    lesser.order_by_key(|p| {
        (
            std::cmp::Reverse(of(p)),
            p.pod.meta().creation,
            p.pod.name().clone(),
        )
    });
    let mut victims = Vec::new();
    for placed in lesser {
        let mut with = rest.clone();
        with.add(placed.clone());
        if taken(wanted, &with, cache).is_none() {
            rest = with;
        } else {
            victims.push(placed.pod);
        }
    }
    if victims.is_empty() {
        return Search::NoLesser;
    }
    Search::Victims(victims)
}
