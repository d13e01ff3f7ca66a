//! What a fresh cluster holds before anybody comes.

use super::call::SERVER;
use super::{ApiServer, Call};
use crate::k8s::{Kind, Value};
use crate::sim::{SimSpan, SimTime};
use crate::value;

/// How often the server looks for its own Service.
const SERVICE_LOOKS: SimSpan = SimSpan::from_secs(10);

/// In the order in which the server makes them.
const NAMESPACES: [&str; 4] = ["kube-system", "kube-public", "kube-node-lease", "default"];

const NODE_CRITICAL: &str =
    "Used for system critical pods that must not be moved from their current node.";

const CLUSTER_CRITICAL: &str = "Used for system critical pods that must run in the cluster, but can be moved to \
                                another node if necessary.";

impl ApiServer {
    /// Makes the namespaces, the system priority classes and the Service `kubernetes`. Default service accounts
    /// and root certificates come from their controllers.
    ///
    /// Upstream: pkg/controlplane/controller/{systemnamespaces,kubernetesservice}, pkg/registry/scheduling/rest
    pub fn bootstrap(&mut self, now: SimTime) {
        let call = Call::component(now, SERVER);
        for name in NAMESPACES {
            let namespace = value!({
                "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name},
            });
            self.make(&call, Kind::Namespace, "", namespace);
        }
        let classes = [
            ("system-node-critical", 2_000_001_000, NODE_CRITICAL),
            ("system-cluster-critical", 2_000_000_000, CLUSTER_CRITICAL),
        ];
        for (name, priority, description) in classes {
            let class = value!({
                "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass",
                "metadata": {"name": name}, "value": priority, "description": description,
                "preemptionPolicy": "PreemptLowerPriority",
            });
            self.make(&call, Kind::PriorityClass, "", class);
        }
        let date: String = now.timestamp().to_string().chars().take(10).collect();
        let tracking = value!({
            "apiVersion": "v1", "kind": "ConfigMap", "data": {"since": date},
            "metadata": {
                "name": "kube-apiserver-legacy-service-account-token-tracking",
                "namespace": "kube-system",
            },
        });
        self.make(&call, Kind::ConfigMap, "kube-system", tracking);
        self.make(&call, Kind::Service, "default", kubernetes_service());
    }

    /// Notes that its own Service is gone: every ten seconds the server looks for it.
    pub(super) fn note_service(&mut self, now: SimTime, kind: Kind, namespace: &str, name: &str) {
        if (kind, namespace, name) == (Kind::Service, "default", "kubernetes") {
            let past = now.as_millis() % SERVICE_LOOKS.as_millis();
            self.service_due = Some(now + SERVICE_LOOKS - SimSpan::from_millis(past));
        }
    }

    /// Makes the Service `kubernetes` again when it is time to look for it and it is not there.
    ///
    /// Upstream: pkg/controlplane/controller/kubernetesservice/controller.go `RunKubernetesService`
    pub fn keep_service(&mut self, now: SimTime) {
        if self.service_due.is_none_or(|due| due > now) {
            return;
        }
        self.service_due = None;
        if self.get(Kind::Service, "default", "kubernetes").is_err() {
            let call = Call::component(now, SERVER);
            let made = self.create(&call, Kind::Service, "default", kubernetes_service());
            if made.is_err() {
                self.note_service(now, Kind::Service, "default", "kubernetes");
            }
        }
    }

    fn make(&mut self, call: &Call, kind: Kind, namespace: &str, value: Value) {
        let made = self.create(call, kind, namespace, value);
        debug_assert!(
            made.is_ok(),
            "a fresh cluster takes its own objects: {made:?}"
        );
    }
}

fn kubernetes_service() -> Value {
    value!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {
            "name": "kubernetes", "namespace": "default",
            "labels": {"component": "apiserver", "provider": "kubernetes"},
        },
        "spec": {
            "clusterIP": "10.96.0.1", "ipFamilyPolicy": "SingleStack", "sessionAffinity": "None", "type": "ClusterIP",
            "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}],
        },
    })
}
