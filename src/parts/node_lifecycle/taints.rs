//! The taints that follow a node's conditions.
//!
//! | condition | taint | effects |
//! |---|---|---|
//! | Ready False | not-ready | NoSchedule at once, NoExecute with the next pass and the zone's rate |
//! | Ready Unknown | unreachable | the same |
//! | pressures True | memory-, disk-, pid-pressure | NoSchedule |
//! | NetworkUnavailable True | network-unavailable | NoSchedule |
//! | `spec.unschedulable` | unschedulable | NoSchedule |
//!
//! Upstream: pkg/controller/nodelifecycle/node_lifecycle_controller.go `doNoScheduleTaintingPass`,
//! `processTaintBaseEviction`, `doNoExecuteTaintingPass`

use super::{NodeLifecycle, Nx, TAINT_PERIOD, Timer, health, write_taints};
use crate::k8s::taint::{NO_EXECUTE, NO_SCHEDULE};
use crate::k8s::{Object, Str, Value};
use crate::value;
use std::sync::Arc;

const NOT_READY: &str = "node.kubernetes.io/not-ready";
const UNREACHABLE: &str = "node.kubernetes.io/unreachable";
const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable";

/// Condition, status, taint.
const TABLE: [(&str, &str, &str); 6] = [
    ("Ready", "False", NOT_READY),
    ("Ready", "Unknown", UNREACHABLE),
    (
        "MemoryPressure",
        "True",
        "node.kubernetes.io/memory-pressure",
    ),
    ("DiskPressure", "True", "node.kubernetes.io/disk-pressure"),
    ("PIDPressure", "True", "node.kubernetes.io/pid-pressure"),
    (
        "NetworkUnavailable",
        "True",
        "node.kubernetes.io/network-unavailable",
    ),
];

/// The keys of the NoSchedule taints that a node should carry.
fn wanted(node: &Object) -> Vec<&'static str> {
    let Some(view) = node.node() else {
        return Vec::new();
    };
    let mut keys: Vec<&'static str> = TABLE
        .into_iter()
        .filter(|(kind, status, _)| view.condition(kind).is_some_and(|c| c.status == *status))
        .map(|(_, _, key)| key)
        .collect();
    if view.unschedulable {
        keys.push(UNSCHEDULABLE);
    }
    keys
}

fn is(taint: &Value, key: &str, effect: &str) -> bool {
    taint.get("key").text() == key && taint.get("effect").text() == effect
}

fn has(node: &Object, key: &str, effect: &str) -> bool {
    let taints = node.value().at(&["spec", "taints"]).items();
    taints.iter().any(|taint| is(taint, key, effect))
}

fn made(ctx: &Nx<'_>, key: &'static str, effect: &'static str) -> Value {
    value!({"key": key, "effect": effect, "timeAdded": ctx.now().timestamp().to_string()})
}

impl NodeLifecycle {
    /// Brings the NoSchedule taints in line with the conditions: first what is missing is added, then what is
    /// stale is removed, in separate writes.
    pub(super) fn no_schedule(&mut self, ctx: &mut Nx<'_>, node: &Arc<Object>) {
        let Ok(live) = ctx.client.get(crate::k8s::Kind::Node, "", node.name()) else {
            return;
        };
        let wanted = wanted(&live);
        let ours = |taint: &Value| {
            taint.get("effect").text() == NO_SCHEDULE
                && (taint.get("key").text() == UNSCHEDULABLE
                    || TABLE
                        .iter()
                        .any(|(_, _, key)| taint.get("key").text() == *key))
        };
        let mut taints = live.value().at(&["spec", "taints"]).items().to_vec();
        let missing: Vec<Value> = wanted
            .iter()
            .filter(|key| !has(&live, key, NO_SCHEDULE))
            .map(|key| made(ctx, key, NO_SCHEDULE))
            .collect();
        if !missing.is_empty() {
            taints.extend(missing);
            if write_taints(ctx, &live, taints.clone()).is_none() {
                return;
            }
        }
        let before = taints.len();
        taints.retain(|t| !ours(t) || wanted.iter().any(|key| is(t, key, NO_SCHEDULE)));
        if taints.len() != before {
            write_taints(ctx, &live, taints);
        }
    }

    /// A node that is not ready is to get its NoExecute taint: at once when it carries the opposite one, else
    /// by its zone's queue.
    pub(super) fn want_no_execute(&mut self, ctx: &mut Nx<'_>, name: &Str) {
        let Some(node) = self.node(name) else { return };
        let Ok(live) = ctx.client.get(crate::k8s::Kind::Node, "", node.name()) else {
            return;
        };
        let (key, other) = keys(&health::ready(&live));
        if has(&live, key, NO_EXECUTE) {
            return;
        }
        if has(&live, other, NO_EXECUTE) {
            swap(ctx, &live, key, other);
            return;
        }
        if let Some(health) = self.health.get(name) {
            let zone = self.zones.entry(health.zone.clone()).or_default();
            zone.enqueue(name.clone());
        }
    }

    /// A node that is ready carries neither NoExecute taint.
    pub(super) fn clear_no_execute(&mut self, ctx: &mut Nx<'_>, name: &Str) {
        if let Some(health) = self.health.get(name)
            && let Some(zone) = self.zones.get_mut(&health.zone)
        {
            zone.dequeue(name);
        }
        let Ok(live) = ctx.client.get(crate::k8s::Kind::Node, "", name) else {
            return;
        };
        let mut taints = live.value().at(&["spec", "taints"]).items().to_vec();
        let before = taints.len();
        taints.retain(|t| !is(t, NOT_READY, NO_EXECUTE) && !is(t, UNREACHABLE, NO_EXECUTE));
        if taints.len() != before {
            write_taints(ctx, &live, taints);
        }
    }

    /// Wakes the queues when something waits in them.
    pub(super) fn schedule_taints(&mut self, ctx: &mut Nx<'_>) {
        if self.taint_timer {
            return;
        }
        let now = ctx.now();
        let next = self
            .zones
            .values()
            .filter_map(|zone| zone.next_at(now))
            .min();
        if let Some(at) = next {
            self.taint_timer = true;
            ctx.at(at.max(now + TAINT_PERIOD), Timer::Taint);
        }
    }

    /// Taints what the zones' rates allow.
    pub(super) fn work_queues(&mut self, ctx: &mut Nx<'_>) {
        let now = ctx.now();
        let names: Vec<Str> = self
            .zones
            .values_mut()
            .filter_map(|zone| zone.take(now))
            .collect();
        for name in names {
            let Ok(live) = ctx.client.get(crate::k8s::Kind::Node, "", &name) else {
                continue;
            };
            let ready = health::ready(&live);
            if ready == "True" {
                continue;
            }
            let (key, other) = keys(&ready);
            if !has(&live, key, NO_EXECUTE) {
                swap(ctx, &live, key, other);
            }
        }
        self.schedule_taints(ctx);
    }
}

/// The NoExecute taint of a node that is not ready, and the one that it must not carry.
fn keys(ready: &str) -> (&'static str, &'static str) {
    if ready == "False" {
        (NOT_READY, UNREACHABLE)
    } else {
        (UNREACHABLE, NOT_READY)
    }
}

fn swap(ctx: &mut Nx<'_>, node: &Object, key: &'static str, other: &str) {
    let mut taints = node.value().at(&["spec", "taints"]).items().to_vec();
    taints.push(made(ctx, key, NO_EXECUTE));
    if write_taints(ctx, node, taints.clone()).is_none() {
        return;
    }
    let before = taints.len();
    taints.retain(|t| !is(t, other, NO_EXECUTE));
    if taints.len() != before {
        write_taints(ctx, node, taints);
    }
}
