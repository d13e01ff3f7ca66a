//! Binding: the scheduler's write.

use super::admission::topology;
use super::{ApiServer, Call, Written, written};
use crate::k8s::{Kind, ObjectKey, Str, Value};
use crate::sim::Status;
use crate::value;

impl ApiServer {
    /// Binds a pod to a node, as the scheduler does. The pod's generation stays.
    ///
    /// Upstream: pkg/registry/core/pod/storage/storage.go `BindingREST.Create`
    pub fn bind(
        &mut self,
        call: &Call,
        namespace: &str,
        pod: &str,
        node: &str,
    ) -> Result<Written, Status> {
        let key = ObjectKey::new(Kind::Pod, namespace, pod);
        let act = |api: &mut Self| api.try_bind(call, namespace, pod, node);
        self.serve(call, "bind", key, act, written)
    }

    fn try_bind(
        &mut self,
        call: &Call,
        namespace: &str,
        name: &str,
        node: &str,
    ) -> Result<Written, Status> {
        let old = self.get(Kind::Pod, namespace, name)?.clone();
        let bound_to = old.value().at(&["spec", "nodeName"]).text();
        let gates = old.value().at(&["spec", "schedulingGates"]);
        let why = if old.meta().terminating() {
            Some(format!(
                "pod {name} is being deleted, cannot be assigned to a host"
            ))
        } else if !bound_to.is_empty() {
            Some(format!(
                "pod {name} is already assigned to node \"{bound_to}\""
            ))
        } else if !gates.is_empty() {
            Some(format!("pod {name} has non-empty .spec.schedulingGates"))
        } else {
            None
        };
        if let Some(why) = why {
            return Err(binding_conflict(name, &why));
        }
        let mut value = old.value().clone();
        value.set_at(&["spec", "nodeName"], Str::new(node));
        topology::from_node(self, node, &mut value);
        // A binding fulfils the nomination (ClearingNominatedNodeNameAfterBinding).
        value.remove_at(&["status", "nominatedNodeName"]);
        schedule(&mut value, &call.now.timestamp().to_string());
        let object = self.commit(call, Kind::Pod, value, Some(&old));
        Ok(Written {
            object,
            warnings: Vec::new(),
            created: false,
            changed: true,
        })
    }
}

fn binding_conflict(name: &str, why: &str) -> Status {
    Status {
        kind: "pods/binding".to_owned(),
        name: name.to_owned(),
        ..Status::plain(
            409,
            "Conflict",
            format!("Operation cannot be fulfilled on pods/binding \"{name}\": {why}"),
        )
    }
}

/// The condition `PodScheduled` becomes True, in its place.
fn schedule(pod: &mut Value, now: &str) {
    let condition = value!({
        "lastProbeTime": null, "lastTransitionTime": Value::str(now),
        "status": "True", "type": "PodScheduled",
    });
    let conditions = pod.at_mut(&["status", "conditions"]).list_mut();
    let place = conditions
        .iter()
        .position(|c| c.get("type").text() == "PodScheduled");
    match place {
        Some(i) => conditions[i] = condition,
        None => conditions.push(condition),
    }
}
