//! Which struct gets which rule, and where below it there is something to fill in.

use super::{each, empty, pod, unset, within, workload};
use crate::k8s::schema::{Definition, DefinitionId, Field, Type, schema};
use crate::k8s::{Map, Str, Value};
use std::sync::OnceLock;

/// Fills in one struct.
type Rule = fn(&mut Value);

/// What to do with one struct.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) rule: Option<Rule>,
    /// Fields with a published default that is written.
    pub(super) published: Vec<&'static Field>,
    /// Fields that hold structs with defaults.
    pub(super) below: Vec<&'static Field>,
}

/// Rules by struct.
const RULES: &[(&str, Rule)] = &[
    ("apps.v1.DaemonSet", workload::daemon_set),
    ("apps.v1.Deployment", workload::deployment),
    ("apps.v1.ReplicaSet", |v| {
        within(v, "spec", |x| unset(x, "replicas", 1));
    }),
    ("apps.v1.StatefulSet", workload::stateful_set),
    (
        "autoscaling.v2.HorizontalPodAutoscalerSpec",
        workload::autoscaler,
    ),
    ("batch.v1.CronJob", workload::cron_job),
    ("batch.v1.Job", workload::job),
    ("batch.v1.PodFailurePolicyOnPodConditionsPattern", |v| {
        empty(v, "status", "True");
    }),
    ("core.v1.ConfigMapVolumeSource", |v| {
        unset(v, "defaultMode", 420);
    }),
    ("core.v1.Container", pod::container),
    ("core.v1.DownwardAPIVolumeSource", |v| {
        unset(v, "defaultMode", 420);
    }),
    ("core.v1.Endpoints", |v| {
        each(v, &["subsets"], |s| {
            each(s, &["ports"], |p| empty(p, "protocol", "TCP"));
        });
    }),
    ("core.v1.EphemeralContainer", pod::container),
    ("core.v1.HTTPGetAction", |v| {
        empty(v, "path", "/");
        empty(v, "scheme", "HTTP");
    }),
    ("core.v1.HostPathVolumeSource", |v| unset(v, "type", "")),
    ("core.v1.LimitRangeItem", limit_range_item),
    ("core.v1.Namespace", namespace),
    ("core.v1.NodeStatus", |v| {
        if v.get("allocatable").is_null() && !v.get("capacity").is_null() {
            v.set("allocatable", v.get("capacity").clone());
        }
    }),
    ("core.v1.ObjectFieldSelector", |v| {
        empty(v, "apiVersion", "v1");
    }),
    ("core.v1.PersistentVolume", |v| {
        within(v, "status", |x| empty(x, "phase", "Pending"));
        within(v, "spec", |x| {
            empty(x, "persistentVolumeReclaimPolicy", "Retain");
        });
        within(v, "spec", |x| unset(x, "volumeMode", "Filesystem"));
    }),
    ("core.v1.PersistentVolumeClaim", |v| {
        within(v, "status", |x| empty(x, "phase", "Pending"));
    }),
    ("core.v1.PersistentVolumeClaimSpec", |v| {
        unset(v, "volumeMode", "Filesystem");
    }),
    ("core.v1.Pod", pod::pod),
    ("core.v1.PodSpec", pod::pod_spec),
    ("core.v1.Probe", pod::probe),
    ("core.v1.ProjectedVolumeSource", |v| {
        unset(v, "defaultMode", 420);
    }),
    (
        "core.v1.ReplicationController",
        workload::replication_controller,
    ),
    ("core.v1.Secret", secret),
    ("core.v1.SecretVolumeSource", |v| {
        unset(v, "defaultMode", 420);
    }),
    ("core.v1.Service", service),
    ("core.v1.ServiceAccountTokenProjection", |v| {
        unset(v, "expirationSeconds", 3600);
    }),
    ("core.v1.Volume", pod::volume),
    ("discovery.v1.EndpointPort", |v| {
        unset(v, "name", "");
        unset(v, "protocol", "TCP");
    }),
    ("networking.v1.NetworkPolicySpec", |v| {
        if v.get("policyTypes").is_empty() {
            v.at_mut(&["policyTypes"]).push("Ingress");
            if !v.get("egress").is_empty() {
                v.at_mut(&["policyTypes"]).push("Egress");
            }
        }
    }),
    ("networking.v1.NetworkPolicyPort", |v| {
        unset(v, "protocol", "TCP");
    }),
    ("rbac.v1.ClusterRole", no_rules),
    ("rbac.v1.ClusterRoleBinding", role_binding),
    ("rbac.v1.Role", no_rules),
    ("rbac.v1.RoleBinding", role_binding),
    ("scheduling.v1.PriorityClass", |v| {
        unset(v, "preemptionPolicy", "PreemptLowerPriority");
    }),
    ("storage.v1.StorageClass", |v| {
        unset(v, "reclaimPolicy", "Delete");
        unset(v, "volumeBindingMode", "Immediate");
    }),
];

/// What to do with a struct.
pub(super) fn plan(id: DefinitionId) -> &'static Plan {
    static COMMON: OnceLock<Vec<Plan>> = OnceLock::new();
    static ALL: OnceLock<Vec<Plan>> = OnceLock::new();
    let common = COMMON.get_or_init(|| plans(schema().common().iter().collect()));
    match common.get(id.index()) {
        Some(plan) => plan,
        None => &ALL.get_or_init(|| plans(schema().definitions().collect()))[id.index()],
    }
}

/// Plans for the first places of the table. What lies behind them may have something to fill in.
fn plans(definitions: Vec<&'static Definition>) -> Vec<Plan> {
    let own = |d: &'static Definition| Plan {
        rule: RULES
            .iter()
            .find(|(name, _)| *name == d.name)
            .map(|(_, rule)| *rule),
        published: d.fields.iter().filter(|f| is_written(f)).collect(),
        below: Vec::new(),
    };
    let mut plans: Vec<Plan> = definitions.iter().copied().map(own).collect();
    let mut busy: Vec<bool> = plans
        .iter()
        .map(|p| p.rule.is_some() || !p.published.is_empty())
        .collect();
    // A struct is worth looking into when something in it is; repeat until nothing is added.
    loop {
        let leads = |f: &Field| {
            f.go.named == Some("ResourceList")
                || !matches!(f.ty, Type::Map(_))
                    && f.ty
                        .element_struct()
                        .is_some_and(|id| busy.get(id.index()).is_none_or(|b| *b))
        };
        let found: Vec<Vec<&'static Field>> = definitions
            .iter()
            .map(|d| d.fields.iter().filter(|f| leads(f)).collect())
            .collect();
        let next: Vec<bool> = busy
            .iter()
            .zip(&found)
            .map(|(b, f)| *b || !f.is_empty())
            .collect();
        for (plan, below) in plans.iter_mut().zip(found) {
            plan.below = below;
        }
        if next == busy {
            return plans;
        }
        busy = next;
    }
}

/// Zero values are not written, except by pointers.
fn is_written(field: &Field) -> bool {
    field
        .default
        .as_ref()
        .is_some_and(|d| field.go.pointer || !d.is_empty())
}

/// Where objects are stored, a list without elements is none.
fn no_rules(v: &mut Value) {
    if v.get("rules").as_list().is_some_and(<[Value]>::is_empty) {
        v.set("rules", Value::Null);
    }
}

/// Upstream: pkg/apis/rbac/v1/defaults.go `SetDefaults_RoleBinding`, `SetDefaults_Subject`.
fn role_binding(v: &mut Value) {
    let group = "rbac.authorization.k8s.io";
    within(v, "roleRef", |role| empty(role, "apiGroup", group));
    each(v, &["subjects"], |subject| {
        if matches!(subject.get("kind").text(), "User" | "Group") {
            empty(subject, "apiGroup", group);
        }
    });
}

/// Upstream: pkg/apis/core/v1/defaults.go `SetDefaults_Namespace`.
fn namespace(v: &mut Value) {
    let name = v.at(&["metadata", "name"]).clone();
    let label = "kubernetes.io/metadata.name";
    if !name.is_empty() && v.at(&["metadata", "labels", label]) != &name {
        v.set_at(&["metadata", "labels", label], name);
    }
    within(v, "status", |x| empty(x, "phase", "Active"));
}

/// Upstream: pkg/apis/core/v1/defaults.go `SetDefaults_Secret`; `stringData` is only ever written.
fn secret(v: &mut Value) {
    empty(v, "type", "Opaque");
    if let Some(Value::Map(texts)) = v.remove("stringData") {
        for (key, text) in texts.iter() {
            let encoded = crate::k8s::decode::base64(text.text().as_bytes());
            v.at_mut(&["data"]).set(key.clone(), encoded);
        }
    }
}

/// Upstream: pkg/apis/core/v1/defaults.go `SetDefaults_LimitRangeItem`.
fn limit_range_item(v: &mut Value) {
    if v.get("type").text() != "Container" {
        return;
    }
    for (from, to) in [
        ("max", "default"),
        ("default", "defaultRequest"),
        ("min", "defaultRequest"),
    ] {
        let source = v.get(from).clone();
        add_missing(v, to, &source);
    }
}

/// Adds the entries of a map that another map does not have.
pub(super) fn add_missing(v: &mut Value, field: &'static str, source: &Value) {
    let missing: Vec<(Str, Value)> = source
        .fields()
        .filter(|(k, _)| v.get(field).field(k).is_none())
        .map(|(k, amount)| (k.clone(), amount.clone()))
        .collect();
    if !missing.is_empty() {
        let mut all = v.get(field).as_map().cloned().unwrap_or_else(Map::new);
        for (key, amount) in missing {
            all.insert(key, amount);
        }
        v.set(field, all);
    }
}

/// Upstream: pkg/apis/core/v1/defaults.go `SetDefaults_Service`.
fn service(v: &mut Value) {
    let balanced = v.at(&["spec", "type"]).text() == "LoadBalancer";
    if balanced {
        each(v, &["status", "loadBalancer", "ingress"], |entry| {
            if !entry.get("ip").is_empty() {
                unset(entry, "ipMode", "VIP");
            }
        });
    }
    each(v, &["spec", "ports"], |port| {
        if matches!(port.get("targetPort"), Value::Null | Value::Int(0))
            || port.get("targetPort").as_str() == Some("")
        {
            port.set("targetPort", port.get("port").clone());
        }
    });
    within(v, "spec", |spec| service_spec(spec, balanced));
}

fn service_spec(spec: &mut Value, balanced: bool) {
    empty(spec, "sessionAffinity", "None");
    match spec.get("sessionAffinity").text() {
        "None" => {
            spec.remove("sessionAffinityConfig");
        }
        "ClientIP" => {
            let timeout = ["sessionAffinityConfig", "clientIP", "timeoutSeconds"];
            if spec.at(&timeout).is_null() {
                spec.set_at(&timeout, 10_800);
            }
        }
        _ => {}
    }
    empty(spec, "type", "ClusterIP");
    let ty = spec.get("type").text().to_owned();
    let external = !spec.get("externalIPs").is_empty() && ty == "ClusterIP";
    if matches!(ty.as_str(), "LoadBalancer" | "NodePort") || external {
        empty(spec, "externalTrafficPolicy", "Cluster");
    }
    if matches!(ty.as_str(), "LoadBalancer" | "NodePort" | "ClusterIP") {
        unset(spec, "internalTrafficPolicy", "Cluster");
    }
    if balanced {
        unset(spec, "allocateLoadBalancerNodePorts", true);
    }
}
