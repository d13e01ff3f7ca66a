//! The ReplicaSet of the present template: found or made, numbered, annotated.
//!
//! Upstream: pkg/controller/deployment/sync.go `getNewReplicaSet`, util/deployment_util.go

use super::set::{
    self, DESIRED_REPLICAS, HASH_LABEL, MAX_REPLICAS, REVISION, REVISION_HISTORY, Sets,
};
use super::status::{has_deadline, progressing};
use super::{DeploymentController, Timer};
use crate::k8s::{Kind, Object, Str, Value, hash};
use crate::sim::control::{controlled_by, controller_ref};
use crate::sim::{Ctx, Status};
use crate::value;
use std::sync::Arc;

/// Annotations of a Deployment that its ReplicaSets do not get.
const NOT_COPIED: [&str; 5] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    REVISION,
    REVISION_HISTORY,
    DESIRED_REPLICAS,
    MAX_REPLICAS,
];

impl DeploymentController {
    /// Brings number and annotations of the new ReplicaSet up to date, if there is one.
    pub(super) fn take_new(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        deployment: &Arc<Object>,
        sets: &mut Sets,
    ) -> Result<(), Status> {
        let Some(new) = sets.new.clone() else {
            return Ok(());
        };
        let next = next_revision(sets);
        let mut value = new.value().clone();
        annotate(deployment, &mut value, next);
        let min_ready = deployment.value().at(&["spec", "minReadySeconds"]);
        if value.at(&["spec", "minReadySeconds"]).as_i64().unwrap_or(0)
            != min_ready.as_i64().unwrap_or(0)
        {
            value.set_at(&["spec", "minReadySeconds"], min_ready);
        }
        if value != *new.value() {
            let written = self.update_set(ctx, value)?;
            sets.replace(&written);
            // The watch event of this write brings the key again.
            return Ok(());
        }
        let note = has_deadline(deployment) && progressing(deployment).is_none();
        let text = format!("Found new replica set \"{}\"", new.name());
        let note = note.then_some(("FoundNewReplicaSet", text));
        self.note_revision(ctx, deployment, set::revision(&new), note)
    }

    /// Makes the ReplicaSet of the present template.
    pub(super) fn make_new(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        deployment: &Arc<Object>,
        sets: &mut Sets,
    ) -> Result<(), Status> {
        if sets.new.is_some() {
            return self.take_new(ctx, deployment, sets);
        }
        let collisions = deployment
            .value()
            .at(&["status", "collisionCount"])
            .as_i64();
        let hash = hash::template_hash(set::template(deployment), collisions);
        let next = next_revision(sets);
        let value = new_set(deployment, sets, &hash, next);
        let size = value.at(&["spec", "replicas"]).as_i64().unwrap_or(0);
        let name = value.at(&["metadata", "name"]).to_str();
        match ctx
            .client
            .create(Kind::ReplicaSet, deployment.namespace(), value)
        {
            Ok(created) => sets.new = Some(created),
            Err(status) if status.is_already_exists() => {
                return self.collided(ctx, deployment, sets, &name);
            }
            Err(status) if status.has_cause("NamespaceTerminating") => return Err(status),
            Err(status) => {
                let text = format!("Failed to create new replica set \"{name}\": {status}");
                let condition = ("Progressing", "False", "ReplicaSetCreateError", text);
                self.note_progress(ctx, deployment, None, Some(condition))?;
                return Err(status);
            }
        }
        if size > 0 {
            self.scaled(
                ctx,
                deployment,
                &format!("Scaled up replica set {name} from 0 to {size}"),
            );
        }
        let text = format!("Created new replica set \"{name}\"");
        let note = has_deadline(deployment).then_some(("NewReplicaSetCreated", text));
        self.note_revision(ctx, deployment, next, note)
    }

    /// The wanted name is taken: by an equal set of ours, which serves, or by another one, which makes the
    /// next attempt use another hash.
    fn collided(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        deployment: &Arc<Object>,
        sets: &mut Sets,
        name: &str,
    ) -> Result<(), Status> {
        let found = ctx
            .client
            .get(Kind::ReplicaSet, deployment.namespace(), name)?;
        let equal = set::same_template(set::template(&found), set::template(deployment));
        if controlled_by(&found, deployment) && equal {
            sets.new = Some(found);
            return Ok(());
        }
        let mut value = deployment.value().clone();
        let count = value
            .at(&["status", "collisionCount"])
            .as_i64()
            .unwrap_or(0);
        value.set_at(&["status", "collisionCount"], count + 1);
        ctx.client.update_status(Kind::Deployment, value)?;
        Err(Status::already_exists(Kind::ReplicaSet, name))
    }

    /// Writes the revision's number on the Deployment, and the condition that goes with it.
    fn note_revision(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        deployment: &Arc<Object>,
        revision: i64,
        note: Option<(&'static str, String)>,
    ) -> Result<(), Status> {
        let noted = set::number(deployment, REVISION) == Some(revision);
        if noted && note.is_none() {
            return Ok(());
        }
        let condition = note.map(|(reason, text)| ("Progressing", "True", reason, text));
        let revision = (!noted).then(|| revision.to_string());
        self.note_progress(ctx, deployment, revision, condition)
    }
}

/// One more than the highest number of the old ones.
fn next_revision(sets: &Sets) -> i64 {
    sets.old.iter().map(|s| set::revision(s)).max().unwrap_or(0) + 1
}

/// Copies the Deployment's annotations and raises the number, keeping the one before in the history.
///
/// Upstream: `SetNewReplicaSetAnnotations`.
fn annotate(deployment: &Object, value: &mut Value, next: i64) {
    for (key, text) in deployment.meta().annotations.fields() {
        if !NOT_COPIED.contains(&key.as_str())
            && value.at(&["metadata", "annotations"]).get(key) != text
        {
            value
                .at_mut(&["metadata", "annotations"])
                .set(key.clone(), text);
        }
    }
    let before = value.at(&["metadata", "annotations", REVISION]).to_str();
    if before.parse::<i64>().unwrap_or(0) >= next {
        return;
    }
    let annotations = value.at_mut(&["metadata", "annotations"]);
    annotations.set(REVISION, next.to_string());
    if !before.is_empty() {
        let history = annotations.get(REVISION_HISTORY).text();
        let history = if history.is_empty() {
            before
        } else {
            format!("{history},{before}").into()
        };
        annotations.set(REVISION_HISTORY, history);
    }
}

fn new_set(deployment: &Object, sets: &Sets, hash: &str, revision: i64) -> Value {
    let mut template = set::template(deployment).clone();
    let hash = Str::new(hash);
    template.set_at(&["metadata", "labels", HASH_LABEL], &hash);
    let mut selector = deployment.value().at(&["spec", "selector"]).clone();
    selector.set_at(&["matchLabels", HASH_LABEL], &hash);
    let size = new_size(deployment, &sets.old, 0);
    let desired = set::replicas(deployment);
    let mut spec = value!({"replicas": size, "selector": selector, "template": &template});
    let min_ready = deployment.value().at(&["spec", "minReadySeconds"]);
    if !min_ready.is_null() {
        spec.set("minReadySeconds", min_ready);
    }
    let mut value = value!({
        "apiVersion": "apps/v1", "kind": "ReplicaSet",
        "metadata": {
            "name": format!("{}-{hash}", deployment.name()),
            "labels": template.at(&["metadata", "labels"]),
            "ownerReferences": [controller_ref(deployment)],
            "annotations": {},
        },
        "spec": spec,
    });
    annotate(deployment, &mut value, revision);
    let annotations = value.at_mut(&["metadata", "annotations"]);
    annotations.set(DESIRED_REPLICAS, desired.to_string());
    annotations.set(
        MAX_REPLICAS,
        (desired + set::max_surge(deployment)).to_string(),
    );
    value
}

/// How many pods the new ReplicaSet may have now, given what the others have.
///
/// Upstream: `NewRSNewReplicas`.
pub(super) fn new_size(deployment: &Object, others: &[Arc<Object>], present: i64) -> i64 {
    let desired = set::replicas(deployment);
    if !set::is_rolling(deployment) {
        return desired;
    }
    let total = set::total(others) + present;
    let max = desired + set::max_surge(deployment);
    if total >= max {
        present
    } else {
        present + (max - total).min(desired - present)
    }
}
