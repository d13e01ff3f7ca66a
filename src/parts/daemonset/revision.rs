//! ControllerRevisions: what they hold, which one is current, which ones go.

use crate::k8s::api::DaemonSetSpec;
use crate::k8s::order::InOrder;
use crate::k8s::ordered::BTreeSet;
use crate::k8s::{Kind, Object, Str, Value, hash};
use crate::sim::control::{controller_ref, revision_number};
use crate::value;
use std::sync::Arc;

/// The label of pods and revisions that names the template they were made from.
pub const HASH_LABEL: &str = "controller-revision-hash";

/// What a revision of this template holds; two revisions are the same if this is.
///
/// Upstream: pkg/controller/daemon/update.go `getPatch`.
pub fn data(spec: &DaemonSetSpec) -> Value {
    let mut template = spec.template.clone();
    template.set("$patch", "replace");
    value!({"spec": {"template": template}})
}

/// The hash of a DaemonSet's template; the collision count of its status makes it another one.
pub fn hash(daemon_set: &Object) -> String {
    let ds = daemon_set.daemon_set();
    let collisions = ds.and_then(|ds| ds.status.collision_count);
    ds.map_or_else(String::new, |ds| {
        hash::template_hash(&ds.spec.template, collisions)
    })
}

/// A new revision of the DaemonSet as it is.
///
/// Upstream: pkg/controller/daemon/update.go `snapshot`.
pub fn new_revision(daemon_set: &Object, number: i64) -> Value {
    let spec = daemon_set.daemon_set().map(|ds| ds.spec.clone());
    let spec = spec.unwrap_or_default();
    let hash = Str::from(hash(daemon_set));
    let mut labels = spec.template.at(&["metadata", "labels"]).clone();
    labels.set(HASH_LABEL, &hash);
    let mut metadata = value!({
        "name": format!("{}-{hash}", daemon_set.name()), "namespace": daemon_set.namespace(),
        "labels": labels, "ownerReferences": [controller_ref(daemon_set)],
    });
    if !daemon_set.meta().annotations.is_empty() {
        metadata.set("annotations", &daemon_set.meta().annotations);
    }
    value!({
        "apiVersion": Kind::ControllerRevision.api_version(), "kind": "ControllerRevision",
        "metadata": metadata, "data": data(&spec), "revision": number,
    })
}

/// True when the revision holds this data.
pub fn holds(revision: &Object, data: &Value) -> bool {
    revision
        .controller_revision()
        .is_some_and(|r| r.data == *data)
}

/// The revisions of a DaemonSet, sorted into what they are.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Choice {
    /// Holds the present template; of several the one with the highest number.
    pub current: Option<Arc<Object>>,
    /// Others that hold the present template.
    pub duplicates: Vec<Arc<Object>>,
    pub old: Vec<Arc<Object>>,
    /// What a new revision would be numbered.
    pub next: i64,
}

/// Upstream: pkg/controller/daemon/update.go `constructHistory`, `maxRevision`, `dedupCurHistories`.
pub fn choose(revisions: &[Arc<Object>], data: &Value) -> Choice {
    let (mut current, old): (Vec<_>, Vec<_>) =
        revisions.iter().cloned().partition(|r| holds(r, data));
    let next = old.iter().map(|r| revision_number(r)).max().unwrap_or(0) + 1;
    // max_by_key takes the last of equals.
    let keep = (0..current.len()).max_by_key(|i| revision_number(&current[*i]));
    Choice {
        current: keep.map(|i| current.remove(i)),
        duplicates: current,
        old,
        next,
    }
}

/// The old revisions to delete: as many as there are too many, lowest numbers first, none whose hash a pod
/// carries.
///
/// Upstream: pkg/controller/daemon/update.go `cleanupHistory`.
pub fn surplus(old: &[Arc<Object>], limit: Option<i64>, live: &BTreeSet<Str>) -> Vec<Arc<Object>> {
    let kept = usize::try_from(limit.unwrap_or(10)).unwrap_or(0);
    let too_many = old.len().saturating_sub(kept);
    let mut sorted: Vec<_> = old.to_vec();
    sorted.order_by_key(|r| revision_number(r));
    sorted.retain(|r| !r.meta().label(HASH_LABEL).is_some_and(|h| live.contains(h)));
    sorted.truncate(too_many);
    sorted
}
