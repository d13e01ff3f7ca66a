//! Static pods: manifests in a node's folder, and the mirrors that show them in the API.
//!
//! Upstream: pkg/kubelet/config/common.go `applyDefaults`, pkg/kubelet/pod/mirror_client.go

use super::node::Kubelet;
use super::state::{PodRun, Stage};
use super::{Kubelets, Kx};
use crate::k8s::{Kind, Object, Str, Value};
use crate::sim::{DeleteOptions, SimSpan};
use crate::value;
use std::sync::Arc;

const HASH: &str = "kubernetes.io/config.hash";
const MIRROR: &str = "kubernetes.io/config.mirror";
const SEEN: &str = "kubernetes.io/config.seen";
const SOURCE: &str = "kubernetes.io/config.source";

impl Kubelets {
    /// Puts a manifest into the node's static-pod folder under a file name.
    pub fn add_static(&mut self, ctx: &mut Kx<'_>, node: &str, file: &str, manifest: Value) {
        let Some(kubelet) = self.kubelet(node) else {
            return;
        };
        kubelet.remove_static(ctx, file);
        kubelet.manifests.insert(Str::new(file), manifest);
        if kubelet.running && kubelet.registered {
            kubelet.read_manifests(ctx);
        }
    }

    /// Takes a manifest out of the node's static-pod folder.
    pub fn remove_static(&mut self, ctx: &mut Kx<'_>, node: &str, file: &str) {
        if let Some(kubelet) = self.kubelet(node) {
            kubelet.remove_static(ctx, file);
        }
    }
}

impl Kubelet {
    /// Takes up the manifests that do not run yet.
    pub(super) fn read_manifests(&mut self, ctx: &mut Kx<'_>) {
        let now = ctx.now();
        let manifests: Vec<Value> = self.manifests.values().cloned().collect();
        for manifest in manifests {
            let Some(object) = self.static_object(ctx, &manifest) else {
                continue;
            };
            let uid = object.uid().clone();
            if self.pods.contains_key(&uid) {
                continue;
            }
            let mut pod = PodRun::new(object, now);
            pod.is_static = true;
            self.make_mirror(ctx, &pod);
            self.take_in(ctx, &mut pod);
            self.pods.insert(uid, pod);
        }
    }

    /// The pod that a manifest stands for: named after the node and bound to it.
    fn static_object(&self, ctx: &Kx<'_>, manifest: &Value) -> Option<Arc<Object>> {
        let name = manifest.at(&["metadata", "name"]).text();
        if name.is_empty() || manifest.get("spec").get("containers").items().is_empty() {
            return None;
        }
        let hash = digest(&format!("{manifest}{}", self.name));
        let mut value = manifest.clone();
        let namespace = manifest.at(&["metadata", "namespace"]).to_str();
        let metadata = value.at_mut(&["metadata"]);
        metadata.set("name", format!("{name}-{}", self.name));
        metadata.set("uid", &hash);
        if namespace.is_empty() {
            metadata.set("namespace", "default");
        }
        let mut annotations = metadata.get("annotations").clone();
        annotations.set(HASH, &hash);
        annotations.set(SEEN, ctx.now().micro_time());
        annotations.set(SOURCE, "file");
        metadata.set("annotations", annotations);
        value.set_at(&["spec", "nodeName"], &self.name);
        let tolerations = value.at_mut(&["spec", "tolerations"]);
        tolerations.push(value!({"operator": "Exists", "effect": "NoExecute"}));
        crate::k8s::defaults::apply(Kind::Pod, &mut value);
        Some(Object::shared(Kind::Pod, value))
    }

    /// Shows a static pod in the API.
    fn make_mirror(&mut self, ctx: &mut Kx<'_>, pod: &PodRun) {
        let Some(node) = ctx.client.get(Kind::Node, "", &self.name).ok() else {
            return;
        };
        let mut value = pod.object.value().clone();
        let metadata = value.at_mut(&["metadata"]);
        let hash = metadata.get("uid").clone();
        metadata.remove("uid");
        let mut annotations = metadata.get("annotations").clone();
        annotations.set(MIRROR, hash);
        metadata.set("annotations", annotations);
        metadata.set(
            "ownerReferences",
            value!([{
                "apiVersion": "v1", "kind": "Node", "name": &self.name, "uid": node.uid(),
                "controller": true,
            }]),
        );
        value.remove("status");
        let namespace = pod.object.namespace().clone();
        let mut client = ctx.client.signed(self.actor.clone());
        // One that cannot be shown runs all the same.
        let _ = client.create(Kind::Pod, &namespace, value);
    }

    /// A delivery about a mirror. True: it was one.
    pub(super) fn on_mirror(&mut self, ctx: &mut Kx<'_>, object: &Arc<Object>) -> bool {
        let Some(hash) = object.meta().annotation(MIRROR).map(Str::new) else {
            return false;
        };
        let known = self.pods.contains_key(&hash);
        if object.meta().terminating() || !known {
            self.drop_mirror(ctx, object);
        }
        true
    }

    /// A mirror is gone: it comes back while its pod runs. True: it was one.
    pub(super) fn on_mirror_gone(&mut self, ctx: &mut Kx<'_>, object: &Arc<Object>) -> bool {
        let Some(hash) = object.meta().annotation(MIRROR).map(Str::new) else {
            return false;
        };
        if let Some(mut pod) = self.pods.remove(&hash) {
            if pod.stage == Stage::Syncing {
                self.make_mirror(ctx, &pod);
                let at = self.tick(ctx.now() + SimSpan::from_millis(1));
                self.resync_at(ctx, &mut pod, at);
            }
            self.pods.insert(hash, pod);
        }
        true
    }

    fn drop_mirror(&mut self, ctx: &mut Kx<'_>, object: &Arc<Object>) {
        let options = DeleteOptions {
            grace_period: Some(0),
            precondition_uid: Some(object.uid().clone()),
            ..DeleteOptions::default()
        };
        let mut client = ctx.client.signed(self.actor.clone());
        // Gone already is as good.
        let _ = client.delete(Kind::Pod, object.namespace(), object.name(), &options);
    }

    fn remove_static(&mut self, ctx: &mut Kx<'_>, file: &str) {
        let Some(manifest) = self.manifests.remove(file) else {
            return;
        };
        let hash = digest(&format!("{manifest}{}", self.name));
        let Some(mut pod) = self.pods.remove(&hash) else {
            return;
        };
        self.kill_all(ctx, &mut pod);
        self.forget(&hash);
        let (namespace, name) = (pod.object.namespace().clone(), pod.object.name().clone());
        if let Ok(mirror) = ctx.client.get(Kind::Pod, &namespace, &name) {
            self.drop_mirror(ctx, &mirror);
        }
    }
}

/// 128 bits of FNV-1a as 32 digits.
fn digest(text: &str) -> Str {
    let mut hash = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128;
    for byte in text.bytes() {
        hash = (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }
    Str::from(format!("{hash:032x}"))
}
