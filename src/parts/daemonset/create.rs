//! The pod that is created for a node.

use super::placement;
use super::revision::HASH_LABEL;
use crate::k8s::api::{PodSpec, Toleration};
use crate::k8s::{Kind, Object, Str, Value, names};
use crate::sim::control::controller_ref;
use crate::value;

/// The label of pods that says from which generation of the template they were made.
pub const GENERATION_LABEL: &str = "pod-template-generation";

/// The annotation of a DaemonSet that counts changes of its template.
pub const GENERATION_ANNOTATION: &str = "deprecated.daemonset.template.generation";

/// Where an affinity says on which nodes a pod may be.
const REQUIRED: [&str; 2] = [
    "nodeAffinity",
    "requiredDuringSchedulingIgnoredDuringExecution",
];

/// The template generation of a DaemonSet, if it carries a readable one.
///
/// Upstream: pkg/controller/daemon/util/daemonset_util.go `GetTemplateGeneration`.
pub fn template_generation(daemon_set: &Object) -> Option<i64> {
    daemon_set
        .meta()
        .annotation(GENERATION_ANNOTATION)?
        .parse()
        .ok()
}

/// Everything that the pods of one DaemonSet and revision have in common. Pods share these trees.
#[derive(Clone, Debug, Default)]
pub struct Blank {
    /// A whole pod, pinned to a node without a name.
    pod: Value,
}

impl Blank {
    /// Upstream: pkg/controller/daemon/util/daemonset_util.go `CreatePodTemplate` and
    /// pkg/controller/controller_utils.go `GetPodFromTemplate`.
    /// The tree of an affinity that stands as it did in the blank before is kept, so that what was made of it still fits.
    pub fn new(
        daemon_set: &Object,
        generation: Option<i64>,
        hash: &str,
        before: Option<&Self>,
    ) -> Self {
        let spec = daemon_set.daemon_set().map(|ds| ds.spec.clone());
        let spec = spec.unwrap_or_default();
        let template = spec.template.get("metadata");
        let mut labels = template.get("labels").clone();
        if let Some(generation) = generation {
            labels.set(GENERATION_LABEL, generation.to_string());
        }
        if !hash.is_empty() {
            labels.set(HASH_LABEL, Value::str(hash));
        }
        let mut metadata = value!({
            "generateName": name_prefix(daemon_set.name()), "namespace": daemon_set.namespace(),
            "ownerReferences": [controller_ref(daemon_set)],
        });
        for (field, tree) in [
            ("labels", &labels),
            ("annotations", template.get("annotations")),
            ("finalizers", template.get("finalizers")),
        ] {
            if !tree.is_empty() {
                metadata.set(field, tree);
            }
        }
        let mut pod_spec = spec.template.get("spec").clone();
        pod_spec.set(
            "tolerations",
            tolerations_tree(
                &placement::pod_tolerations(&spec),
                pod_spec.get("tolerations"),
            ),
        );
        let mut affinity = pod_spec.remove("affinity").unwrap_or_default();
        if affinity.is_null() {
            affinity = Value::map();
        }
        let pinned = pin_to_node(&affinity, "");
        let known = before.map(Self::affinity).filter(|known| **known == pinned);
        pod_spec.set("affinity", known.unwrap_or(&pinned));
        let pod = value!({
            "apiVersion": Kind::Pod.api_version(), "kind": "Pod",
            "metadata": metadata, "spec": pod_spec,
        });
        Self { pod }
    }

    /// The affinity of its pods, for a node without a name.
    pub fn affinity(&self) -> &Value {
        self.pod.at(&["spec", "affinity"])
    }

    /// The affinity of the pod for a node: that of its neighbor there, if they agree, which then share it.
    pub fn pinned(&self, node: &str, neighbor: Option<&Object>) -> Value {
        let mut affinity = self.affinity().clone();
        let required = affinity.at_mut(&REQUIRED);
        let term = required.at_mut(&["nodeSelectorTerms"]).list_mut();
        for term in term {
            for field in term.at_mut(&["matchFields"]).list_mut() {
                field.set("values", value!([Value::str(node)]));
            }
        }
        let theirs = neighbor.map(|pod| pod.value().at(&["spec", "affinity"]));
        theirs
            .filter(|theirs| **theirs == affinity)
            .cloned()
            .unwrap_or(affinity)
    }

    /// The pod with the affinity for a node.
    pub fn pod(&self, affinity: &Value) -> Value {
        let mut pod = self.pod.clone();
        pod.at_mut(&["spec"]).set("affinity", affinity);
        pod
    }
}

/// `name-`, or the bare name if that would be no valid start of a name.
fn name_prefix(name: &str) -> String {
    let prefix = format!("{name}-");
    if names::dns1123_subdomain_errors(&names::mask_trailing_dash(&prefix)).is_empty() {
        prefix
    } else {
        name.to_owned()
    }
}

/// The tree of a list of tolerations; those that stand unchanged in `old` keep their tree.
fn tolerations_tree(tolerations: &[Toleration], old: &Value) -> Value {
    tolerations
        .iter()
        .enumerate()
        .map(|(i, toleration)| {
            let kept = old.index(i);
            let overwritten =
                toleration.toleration_seconds != kept.get("tolerationSeconds").as_i64();
            if !kept.is_null() && !overwritten {
                return kept.clone();
            }
            let mut tree = Value::map();
            for (field, text) in [
                ("key", &toleration.key),
                ("operator", &toleration.operator),
                ("value", &toleration.value),
                ("effect", &toleration.effect),
            ] {
                if !text.is_empty() {
                    tree.set(field, text);
                }
            }
            tree
        })
        .collect()
}

/// The affinity with exactly one required term, the node's name; preferred terms and pod affinity stay.
///
/// Upstream: pkg/controller/daemon/util/daemonset_util.go `ReplaceDaemonSetPodNodeNameNodeAffinity`.
pub fn pin_to_node(affinity: &Value, node: &str) -> Value {
    let mut pinned = affinity.clone();
    pinned.set_at(
        &REQUIRED,
        value!({"nodeSelectorTerms": [{"matchFields": [
            {"key": "metadata.name", "operator": "In", "values": [Value::str(node)]}
        ]}]}),
    );
    pinned
}

/// The node that a pod is on or is meant for; None when that cannot be told.
///
/// Upstream: pkg/controller/daemon/util/daemonset_util.go `GetTargetNodeName`.
pub fn target_node(spec: &PodSpec) -> Option<Str> {
    if !spec.node_name.is_empty() {
        return Some(spec.node_name.clone());
    }
    let terms = spec.affinity.at(&REQUIRED).get("nodeSelectorTerms").items();
    let mut fields = terms
        .iter()
        .flat_map(|term| term.get("matchFields").items());
    let by_name =
        |r: &&Value| r.get("key").text() == "metadata.name" && r.get("operator").text() == "In";
    match fields.find(by_name)?.get("values").items() {
        [only] => Some(only.to_str()),
        _ => None,
    }
}
