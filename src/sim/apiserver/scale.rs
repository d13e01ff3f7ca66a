//! The scale subresource: replicas of the kinds that have them.

use super::{ApiServer, Call, Subresource, Written, update};
use crate::k8s::selector::Selector;
use crate::k8s::{Object, ObjectKey, Value};
use crate::sim::Status;
use crate::sim::status::Cause;
use crate::value;

/// The `autoscaling/v1 Scale` of an object.
pub fn scale_of(object: &Object) -> Value {
    let value = object.value();
    let metadata = value.get("metadata");
    let mut own = Value::map();
    for field in [
        "name",
        "namespace",
        "uid",
        "resourceVersion",
        "creationTimestamp",
    ] {
        own.set(field, metadata.get(field));
    }
    let replicas = value.at(&["spec", "replicas"]).as_i64().unwrap_or(0);
    let running = value.at(&["status", "replicas"]).as_i64().unwrap_or(0);
    let selector = Selector::read(value.at(&["spec", "selector"])).to_string();
    value!({
        "apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": own,
        "spec": {"replicas": replicas}, "status": {"replicas": running, "selector": selector},
    })
}

impl ApiServer {
    /// Writes `spec.replicas` of a Scale to the object it belongs to.
    pub(super) fn put_scale(
        &mut self,
        call: &Call,
        key: &ObjectKey,
        scale: &Value,
    ) -> Result<Written, Status> {
        if !key.kind.scales() {
            return Err(Status::no_such_resource());
        }
        let old = self.get(key.kind, &key.namespace, &key.name)?.clone();
        update::check_version(&old, scale)?;
        let replicas = scale.at(&["spec", "replicas"]).as_i64().unwrap_or(0);
        if replicas < 0 {
            let cause = Cause {
                reason: "FieldValueInvalid",
                field: "spec.replicas".to_owned(),
                message: format!("Invalid value: {replicas}: must be greater than or equal to 0"),
            };
            let mut refusal = Status::invalid(key.kind, &key.name, vec![cause]);
            let (own, scale) = (key.kind.qualified(), "Scale.autoscaling");
            refusal.message = refusal.message.replacen(&own, scale, 1);
            refusal.kind = "Scale".to_owned();
            refusal.group = "autoscaling";
            return Err(refusal);
        }
        let mut value = old.value().clone();
        value.set_at(&["spec", "replicas"], replicas);
        self.write(call, &old, Subresource::Scale, value, Vec::new())
    }
}
