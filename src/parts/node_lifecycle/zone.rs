//! Zones: how many of their nodes are ready decides how fast silent ones are tainted NoExecute.
//!
//! Upstream: pkg/controller/nodelifecycle/node_lifecycle_controller.go `handleDisruption`, `ComputeZoneState`

use super::{NodeLifecycle, Nx};
use crate::k8s::Str;
use crate::k8s::ordered::BTreeMap;
use crate::sim::{SimSpan, SimTime};
use std::collections::VecDeque;

/// Upstream: `NodeEvictionRate` 0.1 per second.
const INTERVAL: SimSpan = SimSpan::from_secs(10);
/// Upstream: `SecondaryNodeEvictionRate` 0.01 per second, for zones of more than [`LARGE`] nodes.
const REDUCED_INTERVAL: SimSpan = SimSpan::from_secs(100);
/// Upstream: `LargeClusterSizeThreshold`.
const LARGE: usize = 50;
/// Upstream: `UnhealthyZoneThreshold` 0.55.
const UNHEALTHY_PERCENT: usize = 55;
const EXCLUDED: &str = "node.kubernetes.io/exclude-disruption";

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ZoneState {
    #[default]
    Normal,
    /// None of its nodes is ready.
    FullDisruption,
    /// At least 55 % and more than two are not.
    PartialDisruption,
}

/// One zone's queue of nodes to taint.
#[derive(Clone, Debug)]
pub struct Zone {
    pub state: ZoneState,
    /// Between two taints; None: none at all.
    interval: Option<SimSpan>,
    last: Option<SimTime>,
    queue: VecDeque<Str>,
}

impl Default for Zone {
    fn default() -> Self {
        Self {
            state: ZoneState::Normal,
            interval: Some(INTERVAL),
            last: None,
            queue: VecDeque::new(),
        }
    }
}

impl Zone {
    /// Nodes that wait to be tainted.
    pub fn waiting(&self) -> impl Iterator<Item = &Str> {
        self.queue.iter()
    }

    pub fn enqueue(&mut self, name: Str) {
        if !self.queue.contains(&name) {
            self.queue.push_back(name);
        }
    }

    pub fn dequeue(&mut self, name: &str) {
        self.queue.retain(|waiting| waiting != name);
    }

    /// When the next node may be tainted, if one waits.
    pub fn next_at(&self, now: SimTime) -> Option<SimTime> {
        let interval = self.interval?;
        if self.queue.is_empty() {
            return None;
        }
        Some(self.last.map_or(now, |last| last + interval))
    }

    /// The next node, if the rate allows it.
    pub fn take(&mut self, now: SimTime) -> Option<Str> {
        if self.next_at(now)? > now {
            return None;
        }
        self.last = Some(now);
        self.queue.pop_front()
    }

    fn set_state(&mut self, state: ZoneState, size: usize) {
        self.state = state;
        self.interval = match state {
            ZoneState::Normal | ZoneState::FullDisruption => Some(INTERVAL),
            ZoneState::PartialDisruption => (size > LARGE).then_some(REDUCED_INTERVAL),
        };
    }
}

/// The state of a zone with so many ready and not ready nodes.
pub fn state_of(ready: usize, unready: usize) -> ZoneState {
    if ready == 0 && unready > 0 {
        ZoneState::FullDisruption
    } else if unready > 2 && unready * 100 >= (ready + unready) * UNHEALTHY_PERCENT {
        ZoneState::PartialDisruption
    } else {
        ZoneState::Normal
    }
}

impl NodeLifecycle {
    /// Computes the zones' states. When all are fully disrupted the fault is more likely on this side: nothing
    /// is evicted.
    pub(super) fn disruption(&mut self, ctx: &mut Nx<'_>) {
        let mut counts: BTreeMap<Str, (usize, usize)> = BTreeMap::new();
        if self.unready.is_empty() && self.zones.values().all(|z| z.state == ZoneState::Normal) {
            return;
        }
        for (name, health) in &self.health {
            let excluded = self
                .informer
                .get(crate::k8s::Kind::Node, "", name)
                .is_some_and(|node| node.meta().label(EXCLUDED).is_some());
            if excluded {
                continue;
            }
            let count = counts.entry(health.zone.clone()).or_default();
            if self.unready.contains(name) {
                count.1 += 1;
            } else {
                count.0 += 1;
            }
        }
        self.zones.retain(|zone, _| counts.contains_key(zone));
        let all_were = self
            .zones
            .values()
            .all(|zone| zone.state == ZoneState::FullDisruption);
        let all_are = counts
            .values()
            .all(|(ready, unready)| state_of(*ready, *unready) == ZoneState::FullDisruption);
        if all_are {
            if !all_were {
                for name in self.unready.clone() {
                    self.clear_no_execute(ctx, &name);
                }
            }
            for zone in self.zones.values_mut() {
                zone.state = ZoneState::FullDisruption;
                zone.interval = None;
            }
            return;
        }
        if all_were {
            let now = ctx.now();
            for (name, health) in &mut self.health {
                self.deadlines.remove(&(health.deadline(), name.clone()));
                health.probed = now;
                self.deadlines.insert((health.deadline(), name.clone()));
            }
        }
        for (name, zone) in &mut self.zones {
            let (ready, unready) = counts.get(name).copied().unwrap_or_default();
            let state = state_of(ready, unready);
            if all_were || state != zone.state {
                zone.set_state(state, ready + unready);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_of_zones() {
        let rows = [
            (0, 0, ZoneState::Normal),
            (0, 1, ZoneState::FullDisruption),
            (1, 2, ZoneState::Normal),
            (2, 3, ZoneState::PartialDisruption),
            (3, 3, ZoneState::Normal),
            (9, 11, ZoneState::PartialDisruption),
            (46, 54, ZoneState::Normal),
            (45, 55, ZoneState::PartialDisruption),
        ];
        for (ready, unready, state) in rows {
            assert_eq!(state_of(ready, unready), state, "{ready} {unready}");
        }
    }

    #[test]
    fn one_node_per_interval() {
        let at = SimTime::from_millis;
        let mut zone = Zone::default();
        for name in ["a", "b", "a", "c"] {
            zone.enqueue(name.into());
        }
        assert_eq!(zone.take(at(1000)).as_deref(), Some("a"));
        assert_eq!(zone.take(at(1100)), None);
        assert_eq!(zone.next_at(at(1100)), Some(at(11_000)));
        zone.dequeue("b");
        assert_eq!(zone.take(at(11_000)).as_deref(), Some("c"));
        assert_eq!(zone.next_at(at(11_000)), None);
    }
}
