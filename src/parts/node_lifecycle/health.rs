//! What is known of one node's heartbeats, and its conditions when they stop.
//!
//! Upstream: pkg/controller/nodelifecycle/node_lifecycle_controller.go `tryUpdateNodeHealth`

use super::MONITOR_PERIOD;
use crate::k8s::{Object, Str, Value};
use crate::sim::{ObjectRef, SimSpan, SimTime};
use crate::value;

/// Upstream: `NodeMonitorGracePeriod`.
pub const GRACE: SimSpan = SimSpan::from_secs(50);
/// Upstream: `NodeStartupGracePeriod`: for a node that has never reported anything.
pub const STARTUP_GRACE: SimSpan = SimSpan::from_secs(60);

/// The conditions that become unknown.
const CONDITIONS: [&str; 4] = ["MemoryPressure", "DiskPressure", "PIDPressure", "Ready"];

/// One node as the controller remembers it.
#[derive(Clone, Debug)]
pub struct Health {
    /// For the event of its leaving.
    pub about: ObjectRef,
    /// `region:\0:zone` of its labels.
    pub zone: Str,
    /// When the node was last heard of, by the controller's clock.
    pub probed: SimTime,
    grace: SimSpan,
    /// The last heartbeat seen in its Ready condition.
    heartbeat: Str,
    /// The last renewal seen of its lease.
    renewed: Option<SimTime>,
    /// The controller itself has set the conditions to Unknown.
    pub declared_unknown: bool,
}

impl Health {
    pub fn new(node: &Object, now: SimTime) -> Self {
        Self {
            about: ObjectRef::of(node),
            zone: zone_of(node),
            probed: now,
            grace: GRACE,
            heartbeat: Str::default(),
            renewed: None,
            declared_unknown: false,
        }
    }

    /// The moment up to which silence is nothing special.
    pub fn deadline(&self) -> SimTime {
        self.probed + self.grace
    }

    pub fn is_silent(&self, now: SimTime) -> bool {
        now > self.deadline()
    }

    /// Takes note of the node's status and of its lease; returns the status of Ready.
    ///
    /// Nodes are looked at only when something may have happened. A renewal is therefore dated to the pass that
    /// would have seen it.
    pub fn observe(&mut self, node: &Object, renewed: Option<SimTime>, now: SimTime) -> Str {
        self.about = ObjectRef::of(node);
        self.zone = zone_of(node);
        let condition = node.node().and_then(|n| n.condition("Ready"));
        let Some(condition) = condition else {
            self.grace = STARTUP_GRACE;
            return "Unknown".into();
        };
        self.grace = GRACE;
        if condition.last_heartbeat_time != self.heartbeat {
            self.heartbeat = condition.last_heartbeat_time.clone();
            self.probed = now;
            self.declared_unknown &= condition.status == "Unknown";
        }
        self.renew(renewed, now);
        condition.status.clone()
    }

    fn renew(&mut self, renewed: Option<SimTime>, now: SimTime) {
        if let Some(renewed) = renewed
            && self.renewed.is_none_or(|before| renewed > before)
        {
            self.renewed = Some(renewed);
            self.probed = self.probed.max(pass_after(renewed, now));
        }
    }

    /// Takes note of the lease of a node whose status is the one observed last. True: that is all there is to say.
    pub fn hear(&mut self, renewed: Option<SimTime>, now: SimTime) -> bool {
        if self.grace == GRACE {
            self.renew(renewed, now);
        }
        !self.is_silent(now)
    }

    /// The controller has just written the node's status itself.
    pub fn note(&mut self, node: &Object) {
        if let Some(ready) = node.node().and_then(|n| n.condition("Ready")) {
            self.heartbeat = ready.last_heartbeat_time.clone();
        }
        self.declared_unknown = true;
    }
}

/// The first pass at or after a moment.
fn pass_after(moment: SimTime, now: SimTime) -> SimTime {
    let period = MONITOR_PERIOD.as_millis();
    let whole = now.since(moment).as_millis() / period;
    now - MONITOR_PERIOD.times(whole)
}

/// The status of the Ready condition.
pub fn ready(node: &Object) -> Str {
    node.node()
        .and_then(|n| n.condition("Ready"))
        .map_or_else(|| "Unknown".into(), |c| c.status.clone())
}

/// The node's status with everything unknown; None when it says so already.
pub fn unknown(node: &Object, now: SimTime) -> Option<Value> {
    let mut status = node.value().get("status").clone();
    let stamp = now.timestamp().to_string();
    let mut list = status.get("conditions").items().to_vec();
    let mut changed = false;
    for kind in CONDITIONS {
        match list.iter_mut().find(|c| c.get("type").text() == kind) {
            Some(condition) if condition.get("status").text() == "Unknown" => {}
            Some(condition) => {
                condition.set("status", "Unknown");
                condition.set("reason", "NodeStatusUnknown");
                condition.set("message", "Kubelet stopped posting node status.");
                condition.set("lastTransitionTime", stamp.clone());
                changed = true;
            }
            None => {
                list.push(value!({
                    "type": kind, "status": "Unknown", "reason": "NodeStatusNeverUpdated",
                    "message": "Kubelet never posted node status.",
                    "lastHeartbeatTime": node.value().at(&["metadata", "creationTimestamp"]),
                    "lastTransitionTime": stamp.clone(),
                }));
                changed = true;
            }
        }
    }
    status.set("conditions", Value::from(list));
    changed.then_some(status)
}

/// Upstream: staging/src/k8s.io/component-helpers/node/topology/helpers.go `GetZoneKey`
fn zone_of(node: &Object) -> Str {
    let label = |keys: [&str; 2]| {
        keys.iter()
            .find_map(|key| node.meta().label(key))
            .unwrap_or("")
            .to_owned()
    };
    let zone = label([
        "topology.kubernetes.io/zone",
        "failure-domain.beta.kubernetes.io/zone",
    ]);
    let region = label([
        "topology.kubernetes.io/region",
        "failure-domain.beta.kubernetes.io/region",
    ]);
    if zone.is_empty() && region.is_empty() {
        return Str::default();
    }
    Str::from(format!("{region}:\0:{zone}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::Kind;

    #[test]
    fn a_renewal_counts_from_the_pass_that_sees_it() {
        let at = SimTime::from_millis;
        let rows = [
            (100_000, 100_000),
            (99_999, 100_000),
            (95_000, 95_000),
            (94_999, 95_000),
            (60_001, 65_000),
        ];
        for (renewed, seen) in rows {
            assert_eq!(pass_after(at(renewed), at(100_000)), at(seen), "{renewed}");
        }
    }

    #[test]
    fn silence_makes_four_conditions_unknown_and_leaves_the_network() {
        let node = Object::shared(
            Kind::Node,
            value!({"metadata": {"name": "a"}, "status": {"conditions": [
                {"type": "NetworkUnavailable", "status": "False"},
                {"type": "Ready", "status": "True", "reason": "KubeletReady"},
            ]}}),
        );
        let status = unknown(&node, SimTime::from_millis(1000)).expect("something changes");
        let said: Vec<String> = status
            .get("conditions")
            .items()
            .iter()
            .map(|c| {
                format!(
                    "{} {} {}",
                    c.get("type").text(),
                    c.get("status").text(),
                    c.get("reason").text()
                )
            })
            .collect();
        assert_eq!(
            said,
            [
                "NetworkUnavailable False ",
                "Ready Unknown NodeStatusUnknown",
                "MemoryPressure Unknown NodeStatusNeverUpdated",
                "DiskPressure Unknown NodeStatusNeverUpdated",
                "PIDPressure Unknown NodeStatusNeverUpdated",
            ]
        );
        let mut value = node.value().clone();
        value.set("status", status);
        assert_eq!(
            unknown(
                &Object::shared(Kind::Node, value),
                SimTime::from_millis(2000)
            ),
            None
        );
    }
}
