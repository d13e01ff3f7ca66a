//! The claims of a StatefulSet's pods: made before the pod, kept or deleted as the retention policy says.
//!
//! Upstream: pkg/controller/statefulset/stateful_pod_control.go

use super::{StatefulSetController, Timer, pod};
use crate::k8s::{Kind, Object, Str, Value};
use crate::sim::control::controller_ref;
use crate::sim::store::NsName;
use crate::sim::{Ctx, EventType, ObjectRef, Status};
use crate::value;

impl StatefulSetController {
    /// Makes the claims that the pod of an ordinal needs and that do not exist.
    pub(super) fn make_claims(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        set: &Object,
        ordinal: i64,
    ) -> Result<(), Status> {
        let of = format!("{}-{ordinal} in StatefulSet {}", set.name(), set.name());
        let mut failed: Vec<String> = Vec::new();
        for template in pod::claim_templates(set) {
            let name = pod::claim_name(set, template, ordinal);
            let kind = Kind::PersistentVolumeClaim;
            if let Some(claim) = self.informer.get(kind, set.namespace(), &name) {
                if claim.meta().terminating() {
                    failed.push(format!("pvc {name} is being deleted"));
                }
                continue;
            }
            match ctx
                .client
                .create(kind, set.namespace(), new_claim(set, template, &name))
            {
                Ok(claim) => {
                    self.pending.wrote(&NsName::of(set), &claim);
                    let text = format!("Create Claim {name} Pod {of} success");
                    self.say(ctx, set, EventType::Normal, "SuccessfulCreate", &text);
                }
                Err(status) if status.is_already_exists() => {}
                Err(status) => {
                    failed.push(format!("failed to create PVC {name}: {status}"));
                    let text = format!("Create Claim {name} Pod {of} failed error: {status}");
                    self.say(ctx, set, EventType::Warning, "FailedCreate", &text);
                }
            }
        }
        let why = match failed.len() {
            0 => return Ok(()),
            1 => failed.remove(0),
            _ => format!("[{}]", failed.join(", ")),
        };
        let text = format!("Create Pod {of} failed error: {why}");
        self.say(ctx, set, EventType::Warning, "FailedCreate", &text);
        Err(Status::internal(&why))
    }

    /// Lets the claims of an ordinal go with the pod or with the set, as the retention policy says. True when a
    /// claim had to be changed.
    pub(super) fn retain_claims(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        set: &Object,
        ordinal: i64,
        condemned: Option<&Object>,
    ) -> Result<bool, Status> {
        let policy = set
            .value()
            .at(&["spec", "persistentVolumeClaimRetentionPolicy"]);
        let with_set = policy.get("whenDeleted").text() == "Delete";
        let mut changed = false;
        let with_scale = policy.get("whenScaled").text() == "Delete";
        for template in pod::claim_templates(set) {
            let name = pod::claim_name(set, template, ordinal);
            let kind = Kind::PersistentVolumeClaim;
            let Some(claim) = self.informer.get(kind, set.namespace(), &name).cloned() else {
                continue;
            };
            let mut wanted: Vec<Value> = Vec::new();
            match condemned {
                Some(pod) if with_scale => wanted.push(controller_ref(pod)),
                Some(_) | None if with_set => wanted.push(controller_ref(set)),
                Some(_) | None => {}
            }
            let ours = |o: &Value| {
                o.get("uid") == &Value::from(set.uid())
                    || (o.get("kind").text() == "Pod"
                        && o.get("name").text() == format!("{}-{ordinal}", set.name()))
            };
            let owners = claim.value().at(&["metadata", "ownerReferences"]);
            let mut next: Vec<Value> = owners
                .items()
                .iter()
                .filter(|o| !ours(o))
                .cloned()
                .collect();
            next.extend(wanted);
            if next == owners.items() {
                continue;
            }
            let mut value = claim.value().clone();
            value.set_at(&["metadata", "ownerReferences"], next);
            let written = ctx.client.update(kind, value)?;
            self.pending.wrote(&NsName::of(set), &written);
            changed = true;
        }
        Ok(changed)
    }

    pub(super) fn say(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        set: &Object,
        kind: EventType,
        reason: &'static str,
        text: &str,
    ) {
        self.recorder
            .event(&mut ctx.client, &ObjectRef::of(set), kind, reason, text);
    }
}

fn new_claim(set: &Object, template: &Value, name: &str) -> Value {
    let mut claim = template.clone();
    claim.set("apiVersion", "v1");
    claim.set("kind", "PersistentVolumeClaim");
    claim.remove("status");
    claim.set_at(&["metadata", "name"], Str::new(name));
    for (key, text) in set
        .value()
        .at(&["spec", "selector", "matchLabels"])
        .fields()
    {
        claim.at_mut(&["metadata", "labels"]).set(key.clone(), text);
    }
    let policy = set.value().at(&[
        "spec",
        "persistentVolumeClaimRetentionPolicy",
        "whenDeleted",
    ]);
    if policy.text() == "Delete" {
        claim.set_at(
            &["metadata", "ownerReferences"],
            value!([controller_ref(set)]),
        );
    }
    claim
}
