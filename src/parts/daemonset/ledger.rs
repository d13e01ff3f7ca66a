//! The books of one DaemonSet: its claimed pods by node, kept up to date change by change, so that a sync costs
//! what changed and not what there is.

use super::availability::{self, Available};
use super::create::{Blank, target_node};
use super::decision::Decision;
use super::share::{Counted, Place, Share};
pub use super::share::{Counts, Home, Roll};
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
}

/// A slot and what it adds to the sums. A new template changes the latter everywhere and the slot nowhere, so that copies of
/// the books go on sharing the slots.
#[derive(Clone, Debug, Default)]
struct Entry {
    /// A slot is large and lies elsewhere, so that few places in memory are looked at until one is found.
    slot: Arc<Slot>,
    share: Share,
}

/// A pod of the DaemonSet.
#[derive(Clone, Debug)]
struct Owned {
    pod: Arc<Object>,
    /// The slot in which it was put.
    home: Option<Str>,
}

/// What two lenses show in the same way.
#[derive(Clone, Copy)]
struct Same {
    /// What nodes are decided to be.
    decisions: bool,
    /// Which pods are available.
    ready: bool,
}

/// The books. A default one knows nothing until [`Ledger::refresh`].
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    lens: Option<Arc<Lens>>,
    /// All pods that the DaemonSet owns, by name, whether its selector matches them or not.
    owned: BTreeMap<Str, Owned>,
    slots: BTreeMap<Str, Entry>,
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
        let before = before.as_ref();
        let all = before.is_none_or(|own| !Arc::ptr_eq(own, lens));
        let affinity = |lens: &Arc<Lens>| lens.blank.affinity().clone();
        let moved = all && before.is_some_and(|own| !affinity(own).same(&affinity(lens)));
        let same = Same {
            decisions: !all || before.is_some_and(|own| placement::alike(own, lens)),
            ready: before
                .is_some_and(|own| own.spec.min_ready_seconds == lens.spec.min_ready_seconds),
        };
        if before.is_none() {
            self.touched_nodes
                .extend(nodes.iter(None).map(|n| n.name().clone()));
        }
        if all && before.is_none_or(|own| own.selector != lens.selector) {
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
        // Where everything is looked at again, what was up to date need not be.
        if !all || same.ready {
            for name in dirty {
                self.settle(lens, name, now);
            }
        }
        if all {
            self.settle_all(lens, same, moved, now);
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
                if let Some(entry) = self.slots.get_mut(&left) {
                    let slot = Arc::make_mut(&mut entry.slot);
                    slot.pods.retain(|p| p.name() != name);
                }
                dirty.insert(left);
            }
        }
        if let (Some(owned), Some(object), Some(home)) = (owned, matching, home) {
            let entry = self.slots.entry(home.clone()).or_default();
            let slot = Arc::make_mut(&mut entry.slot);
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
                let entry = self.slots.entry(name.clone()).or_default();
                let slot = Arc::make_mut(&mut entry.slot);
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
        let Some(entry) = self.slots.get_mut(&name) else {
            return;
        };
        decide(&mut entry.slot, lens, true);
        let (old, new) = entry.reassess(lens, now);
        if entry.slot.is_gone() {
            self.slots.remove(&name);
        }
        self.book(&name, old, new);
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

    /// The same for all slots, whose order in a rolling update is another one now. What the lens before showed in the
    /// `same` way is not looked at again: the books were up to date for it.
    fn settle_all(&mut self, lens: &Lens, same: Same, moved: bool, now: SimTime) {
        let mut slots = std::mem::take(&mut self.slots);
        let mut ranks: BTreeMap<Roll, Vec<(u64, Str)>> = BTreeMap::new();
        let mut gone = false;
        for (name, entry) in &mut slots {
            let decided = decide(&mut entry.slot, lens, same.decisions);
            if moved && !entry.slot.pinned.is_null() {
                Arc::make_mut(&mut entry.slot).pinned = Value::Null;
            }
            let known = (same.ready && !decided)
                .then(|| entry.renew(lens))
                .flatten();
            let (old, new) = known.unwrap_or_else(|| entry.reassess(lens, now));
            gone |= entry.slot.is_gone();
            self.book(name, old, new);
            if let Some(roll) = new.roll {
                let rank = (rank(lens.salt, name), name.clone());
                ranks.entry(roll).or_default().push(rank);
            }
        }
        if gone {
            slots.retain(|_, entry| !entry.slot.is_gone());
        }
        self.slots = slots;
        self.rolls.clear();
        for (roll, mut ranks) in ranks {
            // In order: sets are filled quickest from below.
            ranks.order();
            self.rolls.insert(roll, ranks.into_iter().collect());
        }
    }

    /// What a slot adds has changed.
    fn book(&mut self, name: &Str, old: Share, new: Share) {
        self.counts.move_by(old.counted, new.counted);
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
        self.slots.get(name).map(|entry| &*entry.slot)
    }

    fn slot_mut(&mut self, name: &str) -> Option<&mut Slot> {
        let entry = self.slots.get_mut(name)?;
        Some(Arc::make_mut(&mut entry.slot))
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
        let slots = self.slots.iter();
        slots.map(|(name, entry)| (name, &*entry.slot))
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

/// Decides about a slot, unless its decision may be `kept`; true when it is another one. A slot that stays the same
/// stays shared.
fn decide(slot: &mut Arc<Slot>, lens: &Lens, kept: bool) -> bool {
    if kept && slot.decision.is_some() {
        return false;
    }
    let made = |node: &Arc<Object>| placement::decide_with(&lens.spec, &lens.tolerations, node);
    let decision = slot.node.as_ref().map(made);
    let differs = slot.decision != decision;
    if differs {
        Arc::make_mut(slot).decision = decision;
    }
    differs
}

impl Entry {
    /// Computes anew what the slot adds; what it added before, and what it adds now.
    fn reassess(&mut self, lens: &Lens, now: SimTime) -> (Share, Share) {
        let new = if self.slot.is_gone() {
            Share::default()
        } else {
            self.slot.share(lens, now)
        };
        (std::mem::replace(&mut self.share, new), new)
    }

    /// The same when nothing but the template is another one: a pod that is alone is as ready as it was. None when there
    /// is more to think about.
    fn renew(&mut self, lens: &Lens) -> Option<(Share, Share)> {
        let ([pod], Some(Roll::New { available } | Roll::Old { available, .. })) =
            (&self.slot.pods[..], self.share.roll)
        else {
            return None;
        };
        let updated = availability::updated(pod, &lens.hash, lens.generation);
        let (new, old) = (
            updated.then_some(available),
            (!updated).then_some(available),
        );
        let mut share = self.share;
        share.roll = Some(self.slot.standing(new, old, false));
        share.counted.updated = share.counted.current && updated;
        Some((std::mem::replace(&mut self.share, share), share))
    }
}

impl Slot {
    /// Neither the node nor a pod is there.
    fn is_gone(&self) -> bool {
        self.node.is_none() && self.pods.is_empty()
    }

    /// What the slot adds to the sums.
    fn share(&self, lens: &Lens, now: SimTime) -> Share {
        let run = self.decision.as_ref().is_some_and(|d| d.run);
        let mut share = Share::default();
        share.counted.desired = run;
        let min_ready = lens.spec.min_ready_seconds;
        // Upstream: pkg/controller/daemon/update.go `findUpdatedPodsOnNode`.
        let (mut new, mut old, mut excess) = (None, None, false);
        for (i, pod) in self.pods.iter().enumerate() {
            let ready = pod.pod().is_some_and(crate::k8s::api::pod::Pod::ready);
            let state = availability::since_ready(pod, ready, min_ready, now);
            let available = state == Available::Yes;
            let updated = availability::updated(pod, &lens.hash, lens.generation);
            if i == 0 && self.node.is_some() {
                share.counted = Counted {
                    desired: run,
                    current: run,
                    misscheduled: !run,
                    ready: run && ready,
                    available: run && available,
                    updated: run && updated,
                };
            }
            if let Available::At(at) = state {
                share.ripe = Some(share.ripe.map_or(at, |ripe| ripe.min(at)));
            }
            if !pod.meta().terminating() {
                let side = if updated { &mut new } else { &mut old };
                excess |= side.replace(available).is_some();
            }
        }
        if run || !self.pods.is_empty() {
            share.roll = Some(self.standing(new, old, excess));
        }
        share.place = if self.pods.is_empty() {
            if run { Place::Empty } else { Place::Quiet }
        } else if manage::is_quiet(self) || manage::judge(self, lens, now).is_nothing() {
            Place::Quiet
        } else {
            Place::Attention
        };
        share
    }

    /// Where the slot stands, told from whether its new and its old pod are available, and whether there are more of a kind.
    fn standing(&self, new: Option<bool>, old: Option<bool>, excess: bool) -> Roll {
        match (new, old) {
            _ if excess => Roll::Excess,
            (None, None) => Roll::Vacant,
            (Some(available), None) => Roll::New { available },
            (Some(new_available), Some(old_available)) => Roll::Both {
                new_available,
                old_available,
            },
            (None, Some(available)) => Roll::Old {
                available,
                home: match &self.decision {
                    None => Home::Gone,
                    Some(decision) if decision.run => Home::Runs,
                    Some(_) => Home::Refuses,
                },
            },
        }
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
