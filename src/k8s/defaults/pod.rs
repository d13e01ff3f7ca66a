//! Defaults of pods, their templates and what is in them.

use super::image::{Tag, tag};
use super::rules::add_missing;
use super::{each, empty, unset};
use crate::k8s::quantity::Quantity;
use crate::k8s::{Map, Value};

/// What a pod gets that a template does not.
///
/// Upstream: pkg/apis/core/v1/defaults.go `SetDefaults_Pod`.
pub(super) fn pod(v: &mut Value) {
    let Some(Value::Map(_)) = v.field("spec") else {
        return;
    };
    let mut spec = v.get("spec").clone();
    for list in ["containers", "initContainers"] {
        each(&mut spec, &[list], |container| {
            let limits = container.at(&["resources", "limits"]).clone();
            let mut resources = container.get("resources").clone();
            add_missing(&mut resources, "requests", &limits);
            if !resources.same(container.get("resources")) && !resources.is_null() {
                container.set("resources", resources);
            }
        });
    }
    pod_resources(&mut spec);
    unset(&mut spec, "enableServiceLinks", true);
    // Upstream does this to pods alone, in pkg/apis/core/v1/conversion.go: a template keeps what it says.
    let grace = "terminationGracePeriodSeconds";
    if spec.get(grace).as_i64().is_some_and(|seconds| seconds < 0) {
        spec.set(grace, 1);
    }
    if spec.get("hostNetwork").as_bool() == Some(true) {
        for list in ["containers", "initContainers"] {
            each(&mut spec, &[list], |container| {
                each(container, &["ports"], |port| {
                    let number = port.get("containerPort").clone();
                    if !number.is_empty() {
                        empty(port, "hostPort", number);
                    }
                });
            });
        }
    }
    if !spec.same(v.get("spec")) {
        v.set("spec", spec);
    }
}

/// Requests of a pod as a whole, when it has limits as a whole: what its containers request, or the limit.
///
/// Upstream: pkg/apis/core/v1/defaults.go `defaultPodRequests`.
fn pod_resources(spec: &mut Value) {
    let limits = spec.at(&["resources", "limits"]).clone();
    if limits.is_empty() {
        return;
    }
    let mut resources = spec.get("resources").clone();
    add_missing(&mut resources, "requests", &container_requests(spec));
    add_missing(&mut resources, "requests", &limits);
    spec.set("resources", resources);
}

/// The sum over containers and sidecars of cpu and memory, or the largest init container's where that is more.
fn container_requests(spec: &Value) -> Value {
    let mut all = Map::new();
    for name in ["cpu", "memory"] {
        let request = |c: &Value| Quantity::of(c.at(&["resources", "requests", name]));
        let mut sum = Quantity::default();
        let mut largest = Quantity::default();
        for container in spec.get("initContainers").items() {
            if container.get("restartPolicy").text() == "Always" {
                sum = sum.plus(&request(container));
            } else {
                largest = largest.max(sum.plus(&request(container)));
            }
        }
        for container in spec.get("containers").items() {
            sum = sum.plus(&request(container));
        }
        let most = sum.max(largest);
        if !most.is_zero() {
            all.insert(name, most.to_string());
        }
    }
    Value::from(all)
}

/// Upstream: pkg/apis/core/v1/defaults.go `SetDefaults_PodSpec`.
pub(super) fn pod_spec(v: &mut Value) {
    empty(v, "dnsPolicy", "ClusterFirst");
    empty(v, "restartPolicy", "Always");
    unset(v, "securityContext", Value::map());
    unset(v, "terminationGracePeriodSeconds", 30);
    empty(v, "schedulerName", "default-scheduler");
    // The old name of the field follows the new one.
    let (new, old) = ("serviceAccountName", "serviceAccount");
    if !v.get(new).is_empty() {
        if v.get(old) != v.get(new) {
            v.set(old, v.get(new).clone());
        }
    } else if !v.get(old).is_empty() {
        v.set(new, v.get(old).clone());
    }
}

/// Upstream: pkg/apis/core/v1/defaults.go `SetDefaults_Container`.
pub(super) fn container(v: &mut Value) {
    if v.get("imagePullPolicy").is_empty() {
        v.set("imagePullPolicy", pull_policy(v.get("image").text()));
    }
    empty(v, "terminationMessagePath", "/dev/termination-log");
    empty(v, "terminationMessagePolicy", "File");
    // An always-written struct, also in trees that were not decoded.
    unset(v, "resources", Value::map());
}

/// Images without a tag or with `latest` are pulled each time.
fn pull_policy(image: &str) -> &'static str {
    match tag(image) {
        Tag::Latest => "Always",
        Tag::Other => "IfNotPresent",
    }
}

/// Upstream: pkg/apis/core/v1/defaults.go `SetDefaults_Probe`.
pub(super) fn probe(v: &mut Value) {
    empty(v, "timeoutSeconds", 1);
    empty(v, "periodSeconds", 10);
    empty(v, "successThreshold", 1);
    empty(v, "failureThreshold", 3);
}

/// Upstream: pkg/apis/core/v1/defaults.go `SetDefaults_Volume`.
pub(super) fn volume(v: &mut Value) {
    let sources = v
        .fields()
        .filter(|(k, source)| k.as_str() != "name" && !source.is_null());
    if sources.count() == 0 {
        v.set("emptyDir", Value::map());
    }
    if !v.get("image").is_null() && v.at(&["image", "pullPolicy"]).is_empty() {
        let policy = pull_policy(v.at(&["image", "reference"]).text());
        v.set_at(&["image", "pullPolicy"], policy);
    }
}
