//! The service account of a pod and its token volume.
//!
//! Upstream: plugin/pkg/admission/serviceaccount/admission.go

use super::name_of;
use crate::k8s::{Kind, Str, Value};
use crate::sim::apiserver::Call;
use crate::sim::{ApiServer, SimSpan, SimTime, Status};
use crate::value;

/// Creation times are whole seconds.
const SECOND: SimSpan = SimSpan::from_secs(1);

const MOUNT_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// A token volume and its mount, without the name of the volume; pods share what is in them.
#[derive(Clone, Debug)]
pub(in crate::sim::apiserver) struct Token {
    volume: Value,
    mount: Value,
}

impl Default for Token {
    fn default() -> Self {
        Self {
            volume: value!({"name": "", "projected": sources()}),
            mount: value!({"mountPath": MOUNT_PATH, "name": "", "readOnly": true}),
        }
    }
}

fn named(tree: &Value, name: &Str) -> Value {
    let mut tree = tree.clone();
    tree.set("name", name);
    tree
}

/// The projected sources of a token volume.
fn sources() -> Value {
    value!({
        "defaultMode": 420,
        "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {
                "items": [{"key": "ca.crt", "path": "ca.crt"}], "name": "kube-root-ca.crt",
            }},
            {"downwardAPI": {"items": [{
                "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"},
                "path": "namespace",
            }]}},
        ],
    })
}

/// Gives a new pod its service account, and mounts the token where nothing else is mounted.
pub(super) fn add_token(api: &mut ApiServer, call: &Call, pod: &mut Value) -> Result<(), Status> {
    let annotations = pod.at(&["metadata", "annotations"]);
    if annotations.field("kubernetes.io/config.mirror").is_some() {
        return Ok(());
    }
    if pod.at(&["spec", "serviceAccountName"]).is_empty() {
        let spec = pod.at_mut(&["spec"]);
        spec.set("serviceAccountName", "default");
        spec.set("serviceAccount", "default");
    }
    let account = find(api, call, pod)?;
    let wanted = pod
        .at(&["spec", "automountServiceAccountToken"])
        .as_bool()
        .or(account.get("automountServiceAccountToken").as_bool());
    if wanted != Some(false) {
        mount(api, pod);
    }
    let secrets = account.get("imagePullSecrets");
    if pod.at(&["spec", "imagePullSecrets"]).is_empty() && !secrets.is_empty() {
        pod.at_mut(&["spec"]).set("imagePullSecrets", secrets);
    }
    Ok(())
}

fn find(api: &ApiServer, call: &Call, pod: &Value) -> Result<Value, Status> {
    let namespace = pod.at(&["metadata", "namespace"]).text();
    let name = pod.at(&["spec", "serviceAccountName"]).text();
    if let Ok(account) = api.get(Kind::ServiceAccount, namespace, name) {
        return Ok(account.value().clone());
    }
    // Creation is known to the second: up to one more has passed since then.
    let young = api
        .get(Kind::Namespace, "", namespace)
        .ok()
        .and_then(|ns| ns.meta().creation)
        .is_some_and(|made| call.now < SimTime::of(made) + SECOND + api.account_wait);
    if name == "default" && young {
        return Ok(Value::map());
    }
    let why = format!(
        "error looking up service account {namespace}/{name}: serviceaccount \"{name}\" not found"
    );
    Err(Status::forbidden(Kind::Pod, name_of(pod), &why))
}

fn mount(api: &mut ApiServer, pod: &mut Value) {
    let has_mount = |container: &Value| {
        let mounts = container.get("volumeMounts").items();
        mounts
            .iter()
            .any(|m| m.get("mountPath").text() == MOUNT_PATH)
    };
    let lists = ["initContainers", "containers"];
    let spec = pod.get("spec");
    let all_mounted = lists
        .iter()
        .flat_map(|list| spec.get(list).items())
        .all(has_mount);
    if all_mounted {
        return;
    }
    let volumes = spec.get("volumes").items();
    let existing = volumes
        .iter()
        .map(|v| v.get("name").to_str())
        .find(|name| name.starts_with("kube-api-access-"));
    let fresh = existing.is_none();
    let name =
        existing.unwrap_or_else(|| Str::new(&format!("kube-api-access-{}", api.rng.name_suffix())));
    let mount = named(&api.token.mount, &name);
    let spec = pod.at_mut(&["spec"]);
    for list in lists {
        for i in 0..spec.get(list).items().len() {
            if !has_mount(&spec.get(list).items()[i]) {
                let container = &mut spec.at_mut(&[list]).list_mut()[i];
                container.at_mut(&["volumeMounts"]).push(&mount);
            }
        }
    }
    if fresh {
        spec.at_mut(&["volumes"])
            .push(named(&api.token.volume, &name));
    }
}
