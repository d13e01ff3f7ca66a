//! Deletion: preconditions, grace periods, finalizers.

use super::{ApiServer, Call, DeleteOptions};
use crate::k8s::{Kind, Object, ObjectKey};
use crate::sim::Status;
use std::sync::Arc;

impl ApiServer {
    /// Deletes an object: it disappears at once, or gets a deletionTimestamp and stays for its grace period or
    /// its finalizers. Returns the last version there is.
    pub fn delete(
        &mut self,
        call: &Call,
        kind: Kind,
        namespace: &str,
        name: &str,
        options: &DeleteOptions,
    ) -> Result<Arc<Object>, Status> {
        let answer = self.try_delete(call, kind, namespace, name, options);
        let version = answer.as_ref().map(|o| o.meta().resource_version);
        self.record(
            call,
            "delete",
            ObjectKey::new(kind, namespace, name),
            version,
        );
        answer
    }

    fn try_delete(
        &mut self,
        call: &Call,
        kind: Kind,
        namespace: &str,
        name: &str,
        options: &DeleteOptions,
    ) -> Result<Arc<Object>, Status> {
        let old = self.get(kind, namespace, name)?.clone();
        let grace = old.pod().map_or(0, |pod| {
            if pod.spec.node_name.is_empty() || pod.terminal() {
                0
            } else {
                let own = pod.spec.termination_grace_period_seconds.unwrap_or(30);
                let grace = options.grace_period.unwrap_or(own);
                if grace < 0 { 1 } else { grace }
            }
        });
        if call.dry_run {
            return Ok(old);
        }
        if grace == 0 && old.meta().finalizers.is_empty() {
            self.store.remove(call.now, kind, namespace, name);
            return Ok(old);
        }
        if old.meta().terminating() {
            return Ok(old);
        }
        let mut value = old.value().clone();
        let at = call.now.timestamp().0 + grace;
        let metadata = value.at_mut(&["metadata"]);
        metadata.set("deletionTimestamp", crate::k8s::Timestamp(at).to_string());
        metadata.set("deletionGracePeriodSeconds", grace);
        if old.meta().generation > 0 {
            metadata.set("generation", old.meta().generation + 1);
        }
        Ok(self.commit(call, kind, value, Some(&old)))
    }
}
