//! Deletes pods from nodes with NoExecute taints: at once, after the time that they tolerate, or never.
//!
//! Upstream: pkg/controller/tainteviction/taint_eviction.go

use super::Part;
use crate::k8s::api::{Taint, Toleration};
use crate::k8s::ordered::{BTreeMap, BTreeSet};
use crate::k8s::taint::{evicts, tolerates};
use crate::k8s::{Kind, Object, Str};
use crate::sim::{
    Ctx, DeleteOptions, Delivery, Delta, EventType, Informer, ObjectRef, Recorder, SimSpan, SimTime,
};
use crate::value;
use std::sync::Arc;

/// Namespace and name.
type PodName = (Str, Str);

/// The controller, its caches and its pending deletions.
#[derive(Clone, Debug)]
pub struct TaintEviction {
    informer: Informer,
    recorder: Recorder,
    /// NoExecute taints of the nodes that have some.
    tainted: BTreeMap<Str, Vec<Taint>>,
    on_node: BTreeMap<Str, BTreeSet<PodName>>,
    pending: BTreeMap<PodName, Pending>,
}

/// A deletion that waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pending {
    pub created: SimTime,
    pub due: SimTime,
}

impl Default for TaintEviction {
    fn default() -> Self {
        Self {
            informer: Informer::default(),
            recorder: Recorder::new("taint-eviction-controller", ""),
            tainted: BTreeMap::new(),
            on_node: BTreeMap::new(),
            pending: BTreeMap::new(),
        }
    }
}

/// A pod's time has come, if its pending deletion is still the one of that moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Timer {
    pod: PodName,
    due: SimTime,
}

type Tx<'a> = Ctx<'a, Timer>;

/// What becomes of a pod on a tainted node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// Some taint is not tolerated.
    Now,
    /// All are tolerated, the least of them this long.
    After(SimSpan),
    Never,
}

/// What becomes of a pod with these tolerations under these NoExecute taints.
///
/// Upstream: `getMinTolerationTime`, `processPodOnNode`
pub fn fate(tolerations: &[Toleration], taints: &[Taint]) -> Fate {
    let mut least: Option<i64> = None;
    for taint in taints {
        let Some(used) = tolerations.iter().find(|t| tolerates(t, taint)) else {
            return Fate::Now;
        };
        if let Some(seconds) = used.toleration_seconds {
            least = Some(least.map_or(seconds, |before| before.min(seconds)));
        }
    }
    match least {
        None => Fate::Never,
        Some(seconds) => Fate::After(SimSpan::from_secs(u64::try_from(seconds).unwrap_or(0))),
    }
}

impl Part for TaintEviction {
    type Timer = Timer;
    const NAME: &'static str = "taint-eviction-controller";
    const KINDS: &'static [Kind] = &[Kind::Node, Kind::Pod];

    fn start(&mut self, _ctx: &mut Tx<'_>) {}

    fn on_watch(&mut self, ctx: &mut Tx<'_>, delivery: &Delivery) {
        for delta in self.informer.apply(delivery) {
            match delta.kind() {
                Kind::Node => self.node(ctx, &delta),
                Kind::Pod => self.pod(ctx, &delta),
                _ => {}
            }
        }
    }

    fn on_timer(&mut self, ctx: &mut Tx<'_>, timer: Timer) {
        if self.pending.get(&timer.pod).map(|p| p.due) == Some(timer.due) {
            self.pending.remove(&timer.pod);
            self.delete(ctx, &timer.pod);
        }
    }
}

impl TaintEviction {
    /// The deletions that wait, for reading.
    pub fn pending(&self) -> &BTreeMap<PodName, Pending> {
        &self.pending
    }

    fn node(&mut self, ctx: &mut Tx<'_>, delta: &Delta) {
        let name = delta.object().name().clone();
        let Some(node) = delta.new.as_ref().and_then(|n| n.node()) else {
            self.tainted.remove(&name);
            return;
        };
        let taints: Vec<Taint> = node.taints.iter().filter(|t| evicts(t)).cloned().collect();
        let before = self.tainted.get(&name).map_or(&[][..], |t| t.as_slice());
        let same = before.len() == taints.len()
            && before
                .iter()
                .zip(&taints)
                .all(|(a, b)| (&a.key, &a.value) == (&b.key, &b.value));
        if same {
            return;
        }
        if taints.is_empty() {
            self.tainted.remove(&name);
        } else {
            self.tainted.insert(name.clone(), taints);
        }
        for pod in self.on_node.get(&name).cloned().unwrap_or_default() {
            self.process(ctx, &pod);
        }
    }

    fn pod(&mut self, ctx: &mut Tx<'_>, delta: &Delta) {
        let object = delta.object();
        let key = (object.namespace().clone(), object.name().clone());
        let node_of = |object: &Arc<Object>| object.pod().map(|p| p.spec.node_name.clone());
        let old_node = delta.old.as_ref().and_then(node_of).unwrap_or_default();
        let Some(new) = &delta.new else {
            self.unlist(&old_node, &key);
            self.cancel(ctx, &key);
            return;
        };
        let node = node_of(new).unwrap_or_default();
        if node != old_node {
            self.unlist(&old_node, &key);
        }
        if node.is_empty() {
            return;
        }
        let spec = |object: &Arc<Object>| object.pod().map(|p| p.spec.clone());
        let tolerates = |old: &Arc<Object>| match (spec(old), spec(new)) {
            (Some(old), Some(new)) => Arc::ptr_eq(&old, &new) || old.tolerations == new.tolerations,
            _ => false,
        };
        let changed = match &delta.old {
            Some(old) => node != old_node || old.uid() != new.uid() || !tolerates(old),
            None => true,
        };
        if changed {
            self.on_node
                .entry(node.clone())
                .or_default()
                .insert(key.clone());
            if self.tainted.contains_key(&node) {
                self.process(ctx, &key);
            }
        }
    }

    fn unlist(&mut self, node: &Str, pod: &PodName) {
        if let Some(pods) = self.on_node.get_mut(node) {
            pods.remove(pod);
            if pods.is_empty() {
                self.on_node.remove(node);
            }
        }
    }

    /// Decides about one pod anew.
    fn process(&mut self, ctx: &mut Tx<'_>, key: &PodName) {
        let Some(object) = self.informer.get(Kind::Pod, &key.0, &key.1).cloned() else {
            return;
        };
        let Some(pod) = object.pod() else { return };
        let Some(taints) = self.tainted.get(&pod.spec.node_name) else {
            self.cancel(ctx, key);
            return;
        };
        let now = ctx.now();
        match fate(&pod.spec.tolerations, taints) {
            Fate::Now => {
                self.cancel(ctx, key);
                self.delete(ctx, key);
            }
            Fate::Never => self.cancel(ctx, key),
            Fate::After(span) => {
                if let Some(pending) = self.pending.get(key) {
                    // A deletion that was planned earlier is neither put off nor brought forward.
                    if pending.created < now {
                        return;
                    }
                    self.cancel(ctx, key);
                }
                let due = now + span;
                let pending = Pending { created: now, due };
                self.pending.insert(key.clone(), pending);
                let pod = key.clone();
                ctx.at(due, Timer { pod, due });
            }
        }
    }

    /// Events name the pod without its uid.
    fn event(&mut self, ctx: &mut Tx<'_>, (namespace, name): &PodName, text: &str) {
        let about = ObjectRef {
            api_version: "v1".into(),
            kind: "Pod".into(),
            namespace: namespace.clone(),
            name: name.clone(),
            ..ObjectRef::default()
        };
        self.recorder.event(
            &mut ctx.client,
            &about,
            EventType::Normal,
            "TaintManagerEviction",
            text,
        );
    }

    fn cancel(&mut self, ctx: &mut Tx<'_>, key: &PodName) {
        if self.pending.remove(key).is_some() {
            let text = format!("Cancelling deletion of Pod {}/{}", key.0, key.1);
            self.event(ctx, key, &text);
        }
    }

    fn delete(&mut self, ctx: &mut Tx<'_>, key: &PodName) {
        let text = format!("Marking for deletion Pod {}/{}", key.0, key.1);
        self.event(ctx, key, &text);
        let Ok(live) = ctx.client.get(Kind::Pod, &key.0, &key.1) else {
            return;
        };
        let mut value = live.value().clone();
        let mut condition = value!({
            "type": "DisruptionTarget", "status": "True", "reason": "DeletionByTaintManager",
            "message": "Taint manager: deleting due to NoExecute taint", "lastProbeTime": null,
            "lastTransitionTime": ctx.now().timestamp().to_string(),
        });
        if live.meta().generation > 0 {
            condition.set("observedGeneration", live.meta().generation);
        }
        let conditions = value.at_mut(&["status", "conditions"]).list_mut();
        conditions.retain(|c| c.get("type").text() != "DisruptionTarget");
        conditions.push(condition);
        // What is refused here is refused below too, or does not matter for the deletion.
        let _ = ctx.client.update_status(Kind::Pod, value);
        let _ = ctx
            .client
            .delete(Kind::Pod, &key.0, &key.1, &DeleteOptions::default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toleration(key: &'static str, seconds: Option<i64>) -> Toleration {
        Toleration {
            key: key.into(),
            operator: "Exists".into(),
            toleration_seconds: seconds,
            ..Toleration::default()
        }
    }

    #[test]
    fn fates_of_pods_on_tainted_nodes() {
        let taint = |key: &'static str| Taint {
            key: key.into(),
            effect: "NoExecute".into(),
            ..Taint::default()
        };
        let two = [taint("a"), taint("b")];
        let after = |seconds| Fate::After(SimSpan::from_secs(seconds));
        let rows = [
            (vec![], Fate::Now),
            (vec![toleration("a", None)], Fate::Now),
            (
                vec![toleration("a", None), toleration("b", None)],
                Fate::Never,
            ),
            (
                vec![toleration("a", Some(6)), toleration("b", None)],
                after(6),
            ),
            (
                vec![toleration("a", Some(6)), toleration("b", Some(4))],
                after(4),
            ),
            (
                vec![toleration("a", Some(-1)), toleration("b", Some(4))],
                after(0),
            ),
            // The first toleration that fits is the one used.
            (
                vec![toleration("", None), toleration("b", Some(4))],
                Fate::Never,
            ),
        ];
        for (tolerations, wanted) in rows {
            assert_eq!(fate(&tolerations, &two), wanted, "{tolerations:?}");
        }
    }
}
