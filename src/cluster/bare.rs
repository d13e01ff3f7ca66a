//! Nodes without a machine behind them, as the real controllers are measured with: pods stay Pending.

use super::Cluster;
use crate::k8s::{Kind, Value};
use crate::sim::apiserver::Subresource;
use crate::sim::{Call, Status};
use crate::value;

impl Cluster {
    /// Stores a node that is Ready for ever. One that is refused (a name taken) does not join.
    pub(super) fn bare_node(&mut self, node: &Value) {
        // What the server refuses is not there; a setup may come from a link.
        drop(self.try_bare_node(node));
    }

    fn try_bare_node(&mut self, node: &Value) -> Result<(), Status> {
        let call = Call::component(self.world.now, "bare-node");
        let created = self
            .world
            .api
            .create(&call, Kind::Node, "", node.clone())?
            .object;
        let mut value = created.value().clone();
        let taints = node.at(&["spec", "taints"]);
        if taints.is_empty() {
            value.remove_at(&["spec", "taints"]);
        } else {
            value.set_at(&["spec", "taints"], taints);
        }
        let mut value = self
            .world
            .api
            .update(&call, Kind::Node, Subresource::Main, value)?
            .object
            .value()
            .clone();
        let declared = node.at(&["status", "capacity"]);
        let usual = value!({"cpu": "4", "memory": "8Gi", "pods": "110"});
        let capacity = if declared.is_empty() {
            usual
        } else {
            declared.clone()
        };
        let stamp: Value = self.world.now.timestamp().to_string().into();
        value.set(
            "status",
            value!({
                "capacity": &capacity, "allocatable": &capacity,
                "conditions": [{
                    "type": "Ready", "status": "True", "reason": "KubeletReady",
                    "message": "kubelet is posting ready status",
                    "lastHeartbeatTime": &stamp, "lastTransitionTime": &stamp,
                }],
            }),
        );
        self.world
            .api
            .update(&call, Kind::Node, Subresource::Status, value)
            .map(|_| ())
    }
}
