//! What a pod needs from other objects before its containers can run: config maps and secrets as volumes or
//! environment.
//!
//! Upstream: pkg/kubelet/volumemanager, pkg/kubelet/kubelet_pods.go `makeEnvironmentVariables`

use super::Kx;
use super::node::Kubelet;
use super::state::PodRun;
use crate::k8s::{Kind, Str, Value};
use crate::sim::{EventType, SimSpan};
use crate::value;

/// Upstream: pkg/util/goroutinemap/exponentialbackoff: 500 ms doubling up to 2 min 2 s.
const MOUNT_RETRY_MS: u64 = 500;
const MOUNT_RETRY_MAX_MS: u64 = 122_000;

impl Kubelet {
    /// True when a volume cannot be set up; it is tried again later.
    pub(super) fn mounts_fail(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun) -> bool {
        if pod.sandbox.is_some() {
            return false;
        }
        let namespace = pod.object.namespace().clone();
        let volumes = pod.object.value().at(&["spec", "volumes"]).clone();
        let missing = volumes.items().iter().find_map(|volume| {
            let sources = volume.at(&["projected", "sources"]).items();
            let mut all: Vec<String> = Vec::new();
            for from in sources.iter().chain([volume]) {
                all.extend(lacks_files(ctx, &namespace, from));
            }
            let what = match all.len() {
                0 => return None,
                1 => all.remove(0),
                _ => format!("[{}]", all.join(", ")),
            };
            Some((volume.get("name").to_str(), what))
        });
        let Some((volume, what)) = missing else {
            pod.mount_tries = 0;
            return false;
        };
        let text = format!("MountVolume.SetUp failed for volume \"{volume}\" : {what}");
        self.pod_event(ctx, pod, None, EventType::Warning, "FailedMount", &text);
        let wait = MOUNT_RETRY_MS
            .saturating_mul(1 << pod.mount_tries.min(20))
            .min(MOUNT_RETRY_MAX_MS);
        pod.mount_tries = pod.mount_tries.saturating_add(1);
        let at = ctx.now() + SimSpan::from_millis(wait);
        self.resync_at(ctx, pod, at);
        true
    }

    /// True when the container's environment refers to something that is not there.
    pub(super) fn config_fails(
        &mut self,
        ctx: &mut Kx<'_>,
        pod: &mut PodRun,
        index: usize,
    ) -> bool {
        let namespace = pod.object.namespace().clone();
        let spec = pod.object.value().get("spec");
        let inits = pod.inits();
        let container = if index < inits {
            spec.get("initContainers").index(index)
        } else {
            spec.get("containers").index(index - inits)
        };
        let env = container.get("env").items().iter().find_map(|entry| {
            let from = entry.get("valueFrom");
            [
                ("configMapKeyRef", Kind::ConfigMap),
                ("secretKeyRef", Kind::Secret),
            ]
            .into_iter()
            .find_map(|(field, kind)| {
                let source = from.get(field);
                lacks(ctx, &namespace, kind, source.get("name"), source)
                    .or_else(|| lacks_key(ctx, &namespace, kind, source))
            })
        });
        let all = || {
            container.get("envFrom").items().iter().find_map(|entry| {
                [
                    ("configMapRef", Kind::ConfigMap),
                    ("secretRef", Kind::Secret),
                ]
                .into_iter()
                .find_map(|(field, kind)| {
                    let source = entry.get(field);
                    lacks(ctx, &namespace, kind, source.get("name"), source)
                })
            })
        };
        let Some(what) = env.or_else(all) else {
            return false;
        };
        let text = format!("Error: {what}");
        self.pod_event(ctx, pod, Some(index), EventType::Warning, "Failed", &text);
        let why = ("CreateContainerConfigError".into(), Str::from(what));
        pod.containers[index].why = Some(Box::new(why));
        true
    }
}

/// Tells what the files of a volume, or of one source of it, should come from and is not there.
///
/// Upstream: pkg/volume/secret, pkg/volume/configmap `MakePayload`
fn lacks_files(ctx: &Kx<'_>, namespace: &str, from: &Value) -> Option<String> {
    let kinds = [
        ("configMap", "name", Kind::ConfigMap, "config"),
        ("secret", "secretName", Kind::Secret, "secret"),
    ];
    kinds.into_iter().find_map(|(source, field, kind, word)| {
        let source = from.get(source);
        // A secret is called otherwise in a projected volume.
        let name = match source.get(field) {
            Value::Null => source.get("name"),
            name => name,
        };
        // Every namespace has this one, and every pod wants it.
        if name.text() == "kube-root-ca.crt" {
            return None;
        }
        lacks(ctx, namespace, kind, name, source).or_else(|| {
            let mut keys = source.get("items").items().iter().map(|i| i.get("key"));
            let missing = keys.find(|key| {
                let ask = value!({
                    "name": name, "key": *key, "optional": source.get("optional"),
                });
                lacks_key(ctx, namespace, kind, &ask).is_some()
            })?;
            Some(format!(
                "references non-existent {word} key: {}",
                missing.text()
            ))
        })
    })
}

/// Tells what is not there; None when nothing is asked for, it is optional, or it is there.
fn lacks(
    ctx: &Kx<'_>,
    namespace: &str,
    kind: Kind,
    name: &Value,
    source: &Value,
) -> Option<String> {
    let name = name.text();
    if name.is_empty() || source.get("optional").as_bool() == Some(true) {
        return None;
    }
    let word = kind.info().singular;
    match ctx.client.get(kind, namespace, name) {
        Ok(_) => None,
        Err(_) => Some(format!("{word} \"{name}\" not found")),
    }
}

fn lacks_key(ctx: &Kx<'_>, namespace: &str, kind: Kind, source: &Value) -> Option<String> {
    let (name, key) = (source.get("name").text(), source.get("key").text());
    if name.is_empty() || source.get("optional").as_bool() == Some(true) {
        return None;
    }
    let object = ctx.client.get(kind, namespace, name).ok()?;
    let has = ["data", "binaryData", "stringData"]
        .iter()
        .any(|field| object.value().get(field).field(key).is_some());
    let word = if kind == Kind::Secret {
        "Secret"
    } else {
        "ConfigMap"
    };
    (!has).then(|| format!("couldn't find key {key} in {word} {namespace}/{name}"))
}
