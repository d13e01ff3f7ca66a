//! The books of one DaemonSet: its claimed pods by node, kept up to date change by change, so that a sync costs
//! what changed and not what there is.

use super::availability::{self, Available};
use super::create::{Blank, target_node};
use super::decision::Decision;
use super::{manage, placement};
use crate::k8s::api::{DaemonSetSpec, Toleration};
use crate::k8s::order::InOrder;
use crate::k8s::ordered::{BTreeMap, BTreeSet};
use crate::k8s::selector::Selector;
use crate::k8s::{Kind, Object, Str, Value};
use crate::sim::store::ObjectMap;
use crate::sim::{Informer, SimTime};
use std::sync::Arc;

/// Through what the pods are seen: everything of a DaemonSet that the books depend on.
#[derive(Clone, Debug)]
pub struct Lens {
    pub spec: Arc<DaemonSetSpec>,
    /// The current revision's hash label.
    pub hash: Str,
    pub generation: Option<i64>,
    /// What a revision of the template holds.
    pub data: Value,
    pub selector: Selector,
    /// The pods' tolerations, the injected ones included.
    pub tolerations: Vec<Toleration>,
    /// Two pods may be on a node for a while.
    pub surge: bool,
    /// Orders the nodes of a rolling update.
    pub salt: u64,
    /// What new pods are made from.
    pub blank: Arc<Blank>,
}

/// One node, or the name of one that is gone while pods are still meant for it.
#[derive(Clone, Debug, Default)]
pub struct Slot {
    /// None: not in the cache.
    pub node: Option<Arc<Object>>,
    /// None as long as the node is.
    pub decision: Option<Decision>,
    /// The claimed pods, oldest first; terminal ones that are being deleted are left out.
    pub pods: Vec<Arc<Object>>,
    /// The affinity of the pods made for the node, which all of them share; Null before the first.
    pinned: Value,
    share: Share,
}

/// What a slot adds to the sums.
#[derive(Clone, Debug, Default)]
struct Share {
    counts: Counts,
    place: Place,
    roll: Option<Roll>,
    /// When a pod of the slot becomes available.
    ripe: Option<SimTime>,
}

/// The counters of the status.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    pub desired: i64,
    pub current: i64,
    pub misscheduled: i64,
    pub ready: i64,
    pub available: i64,
    pub updated: i64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Place {
    /// Nothing to do.
    #[default]
    Quiet,
    /// A pod should run and there is none.
    Empty,
    /// Pods to delete, or more to think about.
    Attention,
}

/// Where a slot stands in a rolling update; terminating pods do not count.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Roll {
    /// Two new or two old pods.
    Excess,
    /// No pod, or only terminating ones.
    Vacant,
    Both {
        new_available: bool,
        old_available: bool,
    },
    New {
        available: bool,
    },
    Old {
        available: bool,
        home: Home,
    },
}

/// The node of an old pod.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Home {
    /// It should run a pod.
    Runs,
    /// It should not.
    Refuses,
    /// It is not in the cache.
    Gone,
}

/// A pod of the DaemonSet.
#[derive(Clone, Debug)]
struct Owned {
    pod: Arc<Object>,
    /// The slot in which it was put.
    home: Option<Str>,
}

/// The books. A default one knows nothing until [`Ledger::refresh`].
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    lens: Option<Arc<Lens>>,
    /// All pods that the DaemonSet owns, by name, whether its selector matches them or not.
    owned: BTreeMap<Str, Owned>,
    /// A slot is large and lies elsewhere, so that few places in memory are looked at until one is found.
    slots: BTreeMap<Str, Arc<Slot>>,
    /// Owned pods that the selector does not match.
    strays: BTreeSet<Str>,
    /// Pods that came, changed or went; of one that went the slot in which it was.
    touched_pods: BTreeMap<Str, Option<Str>>,
    touched_nodes: BTreeSet<Str>,
    ripening: BTreeSet<(SimTime, Str)>,
    counts: Counts,
    empty: BTreeSet<Str>,
    attention: BTreeSet<Str>,
    /// Slots by standing, in the random order of a rolling update.
    rolls: BTreeMap<Roll, BTreeSet<(u64, Str)>>,
}

impl Ledger {
    /// A pod of the DaemonSet came or changed.
    pub fn put_pod(&mut self, pod: Arc<Object>) {
        let name = pod.name().clone();
        self.touched_pods.entry(name.clone()).or_default();
        match self.owned.get_mut(&name) {
            Some(owned) => owned.pod = pod,
            None => {
                self.owned.insert(name, Owned { pod, home: None });
            }
        }
    }

    /// A pod is gone, or has another owner now.
    pub fn drop_pod(&mut self, name: &str) {
        if let Some(Owned { pod, home }) = self.owned.remove(name) {
            let former = self.touched_pods.entry(pod.name().clone()).or_default();
            *former = former.take().or(home);
        }
    }

    /// A node came, changed its labels or taints, or went.
    pub fn touch_node(&mut self, name: &Str) {
        if self.lens.is_some() {
            self.touched_nodes.insert(name.clone());
        }
    }

    /// No pods are known and none were counted.
    pub fn is_empty(&self) -> bool {
        self.owned.is_empty()
    }

    /// The DaemonSet is gone: keeps only the pods.
    pub fn forget(&mut self) {
        let owned = std::mem::take(&mut self.owned);
        *self = Self {
            owned,
            ..Self::default()
        };
    }

    pub fn lens(&self) -> Option<&Arc<Lens>> {
        self.lens.as_ref()
    }

    /// Nothing changed since the last refresh that could alter the books at `now`.
    pub fn is_fresh(&self, lens: &Arc<Lens>, now: SimTime) -> bool {
        self.lens.as_ref().is_some_and(|own| Arc::ptr_eq(own, lens))
            && self.touched_pods.is_empty()
            && self.touched_nodes.is_empty()
            && self.ripening.first().is_none_or(|(at, _)| *at > now)
    }

    /// Brings the books up to date.
    pub fn refresh(&mut self, lens: &Arc<Lens>, informer: &Informer, now: SimTime) {
        let nodes = informer.of(Kind::Node);
        let before = self.lens.replace(lens.clone());
        let affinity = |lens: &Arc<Lens>| lens.blank.affinity().clone();
        let moved = before
            .as_ref()
            .map(affinity)
            .is_some_and(|old| !old.same(&affinity(lens)));
        let all = before.as_ref().is_none_or(|own| !Arc::ptr_eq(own, lens));
        if before.is_none() {
            self.touched_nodes
                .extend(nodes.iter(None).map(|n| n.name().clone()));
        }
        if before.is_none_or(|own| own.selector != lens.selector) {
            for name in self.owned.keys() {
                self.touched_pods.entry(name.clone()).or_default();
            }
        }
        let mut dirty = BTreeSet::new();
        while let Some((at, _)) = self.ripening.first()
            && *at <= now
        {
            dirty.extend(self.ripening.pop_first().map(|(_, name)| name));
        }
        for (name, former) in std::mem::take(&mut self.touched_pods) {
            self.rehome(lens, &name, former, &mut dirty);
        }
        for name in std::mem::take(&mut self.touched_nodes) {
            self.renode(nodes, name, &mut dirty);
        }
        if all {
            self.settle_all(lens, moved, now);
        } else {
            for name in dirty {
                self.settle(lens, name, now);
            }
        }
    }

    /// Takes a pod out of its slot and puts its newest version where it belongs.
    fn rehome(&mut self, lens: &Lens, name: &Str, former: Option<Str>, dirty: &mut BTreeSet<Str>) {
        self.strays.remove(name);
        let mut owned = self.owned.get_mut(name);
        let before = owned.as_mut().and_then(|owned| owned.home.take());
        let object = owned.as_ref().map(|owned| owned.pod.clone());
        let matching = object.filter(|object| {
            let matches = lens.selector.matches(&object.meta().labels);
            if !matches {
                self.strays.insert(name.clone());
            }
            matches
        });
        let home = matching.as_ref().and_then(|object| {
            let pod = object.pod()?;
            let over = pod.terminal() && object.meta().terminating();
            target_node(&pod.spec).filter(|_| !over)
        });
        for left in [former, before].into_iter().flatten() {
            if Some(&left) != home.as_ref() {
                if let Some(slot) = self.slots.get_mut(&left) {
                    let slot = Arc::make_mut(slot);
                    slot.pods.retain(|p| p.name() != name);
                }
                dirty.insert(left);
            }
        }
        if let (Some(owned), Some(object), Some(home)) = (owned, matching, home) {
            let slot = Arc::make_mut(self.slots.entry(home.clone()).or_default());
            slot.pods.retain(|p| p.name() != name);
            let at = slot
                .pods
                .partition_point(|p| availability::seniority(p) < availability::seniority(&object));
            slot.pods.insert(at, object);
            owned.home = Some(home.clone());
            dirty.insert(home);
        }
    }

    fn renode(&mut self, nodes: &ObjectMap, name: Str, dirty: &mut BTreeSet<Str>) {
        match nodes.get("", &name) {
            Some(node) => {
                let slot = Arc::make_mut(self.slots.entry(name.clone()).or_default());
                slot.node = Some(node.clone());
                slot.decision = None;
            }
            None => {
                if let Some(slot) = self.slot_mut(&name) {
                    slot.node = None;
                    slot.decision = None;
                }
            }
        }
        dirty.insert(name);
    }

    /// Replaces what a slot adds to the sums.
    fn settle(&mut self, lens: &Lens, name: Str, now: SimTime) {
        let Some(slot) = self.slot_mut(&name) else {
            return;
        };
        let (old, new) = slot.reassess(lens, now);
        if slot.is_gone() {
            self.slots.remove(&name);
        }
        self.book(&name, &old, &new);
        if old.roll != new.roll {
            let rank = (rank(lens.salt, &name), name);
            if let Some(set) = old.roll.and_then(|roll| self.rolls.get_mut(&roll)) {
                set.remove(&rank);
            }
            if let Some(roll) = new.roll {
                self.rolls.entry(roll).or_default().insert(rank);
            }
        }
    }

    /// The same for all slots, whose decisions are to be made anew and whose order in a rolling update is another
    /// one now.
    fn settle_all(&mut self, lens: &Lens, moved: bool, now: SimTime) {
        let mut slots = std::mem::take(&mut self.slots);
        let mut ranks = Vec::new();
        for (name, slot) in &mut slots {
            let slot = Arc::make_mut(slot);
            slot.decision = None;
            if moved {
                slot.pinned = Value::Null;
            }
            let (old, new) = slot.reassess(lens, now);
            self.book(name, &old, &new);
            ranks.extend(
                new.roll
                    .map(|roll| (roll, (rank(lens.salt, name), name.clone()))),
            );
        }
        slots.retain(|_, slot| !slot.is_gone());
        self.slots = slots;
        self.rolls.clear();
        // In order: sets are filled quickest from below.
        ranks.order();
        for (roll, rank) in ranks {
            self.rolls.entry(roll).or_default().insert(rank);
        }
    }

    /// What a slot adds has changed.
    fn book(&mut self, name: &Str, old: &Share, new: &Share) {
        self.counts.move_by(&old.counts, &new.counts);
        if old.place != new.place {
            self.place_set(old.place).map(|set| set.remove(name));
            self.place_set(new.place)
                .map(|set| set.insert(name.clone()));
        }
        if old.ripe != new.ripe {
            if let Some(at) = old.ripe {
                self.ripening.remove(&(at, name.clone()));
            }
            self.ripening.extend(new.ripe.map(|at| (at, name.clone())));
        }
    }

    fn place_set(&mut self, place: Place) -> Option<&mut BTreeSet<Str>> {
        match place {
            Place::Quiet => None,
            Place::Empty => Some(&mut self.empty),
            Place::Attention => Some(&mut self.attention),
        }
    }

    pub fn counts(&self) -> Counts {
        self.counts
    }

    pub fn slot(&self, name: &str) -> Option<&Slot> {
        self.slots.get(name).map(|slot| &**slot)
    }

    fn slot_mut(&mut self, name: &str) -> Option<&mut Slot> {
        self.slots.get_mut(name).map(Arc::make_mut)
    }

    /// The affinity of the pods made for a node, through this lens or one that pins in the same way.
    pub fn pinned(&self, lens: &Arc<Lens>, node: &str) -> Option<&Value> {
        let own = self.lens.as_ref().filter(|own| Arc::ptr_eq(own, lens));
        own.and(self.slot(node))
            .map(|slot| &slot.pinned)
            .filter(|tree| !tree.is_null())
    }

    /// Keeps the affinity of the pods made for a node.
    pub fn pin(&mut self, lens: &Arc<Lens>, node: &str, affinity: &Value) {
        let own = self.lens.as_ref().is_some_and(|own| Arc::ptr_eq(own, lens));
        if let Some(slot) = self.slot_mut(node).filter(|_| own) {
            slot.pinned = affinity.clone();
        }
    }

    /// All slots by node name.
    pub fn slots(&self) -> impl Iterator<Item = (&Str, &Slot)> {
        self.slots.iter().map(|(name, slot)| (name, &**slot))
    }

    /// Nodes that should run a pod and have none, by name.
    pub fn empty(&self) -> &BTreeSet<Str> {
        &self.empty
    }

    /// Nodes where something is to be deleted or thought about, by name.
    pub fn attention(&self) -> &BTreeSet<Str> {
        &self.attention
    }

    /// Slots by standing in a rolling update.
    pub fn rolls(&self) -> impl Iterator<Item = (Roll, &BTreeSet<(u64, Str)>)> {
        self.rolls
            .iter()
            .filter(|(_, set)| !set.is_empty())
            .map(|(roll, set)| (*roll, set))
    }

    /// Owned pods that the selector no longer matches, by name.
    pub fn strays(&self) -> impl Iterator<Item = &Arc<Object>> {
        let pod = |name| self.owned.get(name).map(|owned| &owned.pod);
        self.strays.iter().filter_map(pod)
    }

    /// Pods that the DaemonSet owns and its selector matches, by name, terminal and terminating ones included.
    pub fn matching<'a>(&'a self, selector: &'a Selector) -> impl Iterator<Item = &'a Arc<Object>> {
        let pods = self.owned.values().map(|owned| &owned.pod);
        pods.filter(|pod| selector.matches(&pod.meta().labels))
    }
}

impl Slot {
    /// Neither the node nor a pod is there.
    fn is_gone(&self) -> bool {
        self.node.is_none() && self.pods.is_empty()
    }

    /// What the slot added to the sums, and what it adds now.
    fn reassess(&mut self, lens: &Lens, now: SimTime) -> (Share, Share) {
        let old = std::mem::take(&mut self.share);
        if !self.is_gone() {
            self.assess(lens, now);
        }
        (old, self.share.clone())
    }

    /// Computes what the slot adds to the sums.
    fn assess(&mut self, lens: &Lens, now: SimTime) {
        if let (Some(node), None) = (&self.node, &self.decision) {
            self.decision = Some(placement::decide_with(&lens.spec, &lens.tolerations, node));
        }
        let run = self.decision.as_ref().is_some_and(|d| d.run);
        let mut share = Share::default();
        if run {
            share.counts.desired = 1;
        }
        let min_ready = lens.spec.min_ready_seconds;
        if let (Some(oldest), Some(_)) = (self.pods.first(), &self.node) {
            if run {
                share.counts.current = 1;
                share.counts.ready =
                    i64::from(oldest.pod().is_some_and(crate::k8s::api::pod::Pod::ready));
                let available = availability::available(oldest, min_ready, now) == Available::Yes;
                share.counts.available = i64::from(available);
                let updated = availability::updated(oldest, &lens.hash, lens.generation);
                share.counts.updated = i64::from(updated);
            } else {
                share.counts.misscheduled = 1;
            }
        }
        share.ripe = self
            .pods
            .iter()
            .filter_map(|pod| match availability::available(pod, min_ready, now) {
                Available::At(at) => Some(at),
                Available::No | Available::Yes => None,
            })
            .min();
        if run || !self.pods.is_empty() {
            share.roll = Some(self.standing(lens, now));
        }
        share.place = if self.pods.is_empty() {
            if run { Place::Empty } else { Place::Quiet }
        } else if manage::judge(self, lens, now).is_nothing() {
            Place::Quiet
        } else {
            Place::Attention
        };
        self.share = share;
    }

    /// Upstream: pkg/controller/daemon/update.go `findUpdatedPodsOnNode`.
    fn standing(&self, lens: &Lens, now: SimTime) -> Roll {
        let (mut new, mut old) = (None, None);
        for pod in self.pods.iter().filter(|p| !p.meta().terminating()) {
            let side = if availability::updated(pod, &lens.hash, lens.generation) {
                &mut new
            } else {
                &mut old
            };
            if side.replace(pod).is_some() {
                return Roll::Excess;
            }
        }
        let available = |pod: &Object| {
            availability::available(pod, lens.spec.min_ready_seconds, now) == Available::Yes
        };
        match (new, old) {
            (None, None) => Roll::Vacant,
            (Some(new), None) => Roll::New {
                available: available(new),
            },
            (Some(new), Some(old)) => Roll::Both {
                new_available: available(new),
                old_available: available(old),
            },
            (None, Some(old)) => Roll::Old {
                available: available(old),
                home: match &self.decision {
                    None => Home::Gone,
                    Some(decision) if decision.run => Home::Runs,
                    Some(_) => Home::Refuses,
                },
            },
        }
    }
}

impl Counts {
    fn move_by(&mut self, old: &Counts, new: &Counts) {
        self.desired += new.desired - old.desired;
        self.current += new.current - old.current;
        self.misscheduled += new.misscheduled - old.misscheduled;
        self.ready += new.ready - old.ready;
        self.available += new.available - old.available;
        self.updated += new.updated - old.updated;
    }
}

/// A node's place in the random order of a rolling update.
fn rank(salt: u64, node: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ salt;
    for byte in node.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    // Names that differ in the last byte alone would stay close together otherwise.
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ (hash >> 29)
}
