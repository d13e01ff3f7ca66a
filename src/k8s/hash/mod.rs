//! Hashes of pod templates, as they appear in names and labels of revisions and replica sets.

mod dump;

use super::Value;
use super::json::compact;
use super::names::SAFE_ALPHABET;
use std::fmt::Write;

const OFFSET: u32 = 0x811c_9dc5;
const PRIME: u32 = 0x0100_0193;

/// FNV-1a, 32 bits.
#[derive(Clone, Copy)]
struct Fnv(u32);

impl Fnv {
    fn new() -> Self {
        Self(OFFSET)
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u32::from(*byte)).wrapping_mul(PRIME);
        }
    }
}

impl Write for Fnv {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.bytes(text.as_bytes());
        Ok(())
    }
}

/// FNV-1a of some bytes.
pub fn fnv32a(bytes: &[u8]) -> u32 {
    let mut fnv = Fnv::new();
    fnv.bytes(bytes);
    fnv.0
}

/// The hash that names a version of a pod template, with the letters of a real cluster: that of the Go
/// structures' dump, so that lists of revisions and replica sets have the order of a real cluster. A collision
/// count gives another hash for the same template.
///
/// Upstream: pkg/controller/controller_utils.go `ComputeHash`.
pub fn template_hash(template: &Value, collision_count: Option<i64>) -> String {
    let mut fnv = Fnv::new();
    dump::typed(&mut fnv, "v1.PodTemplateSpec", template).expect("the hasher takes every text");
    if let Some(count) = collision_count {
        // Eight bytes of which the first four hold the number; the cut to 32 bits is intended.
        let [a, b, c, d, ..] = count.to_le_bytes();
        fnv.bytes(&[a, b, c, d, 0, 0, 0, 0]);
    }
    safe_encode(&fnv.0.to_string())
}

/// The hash that names a StatefulSet's revision, of the data that the revision holds. Unlike that of a template it
/// is taken of the JSON, so it is the same as in a real cluster.
///
/// Upstream: pkg/controller/history/controller_history.go `HashControllerRevision`.
pub fn revision_hash(data: &Value, collision_count: i64) -> String {
    let text = format!("{}{collision_count}", compact(data));
    // FNV-1, not FNV-1a: first multiplied, then mixed.
    let hash = text.bytes().fold(OFFSET, |hash, byte| {
        hash.wrapping_mul(PRIME) ^ u32::from(byte)
    });
    safe_encode(&hash.to_string())
}

/// FNV-1a, 128 bits.
struct Fnv128(u128);

impl Write for Fnv128 {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        const PRIME: u128 = 0x0100_0000_0000_0000_0000_013b;
        for byte in text.bytes() {
            self.0 = (self.0 ^ u128::from(byte)).wrapping_mul(PRIME);
        }
        Ok(())
    }
}

/// The place that the endpoint controllers give a port among others: the hash of its dump. The type is named by
/// its group (`discovery.EndpointPort`).
///
/// Upstream: staging/src/k8s.io/endpointslice/util/controller_utils.go `DeepHashObjectToString`
pub fn place_of(ty: &str, value: &Value) -> u128 {
    let mut fnv = Fnv128(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
    dump::versioned(&mut fnv, ty, value).expect("the hasher takes every text");
    fnv.0
}

/// Maps each character to the alphabet that cannot spell words.
///
/// Upstream: apimachinery/pkg/util/rand/rand.go `SafeEncodeString`.
pub fn safe_encode(text: &str) -> String {
    text.bytes()
        .map(|byte| char::from(SAFE_ALPHABET[usize::from(byte) % SAFE_ALPHABET.len()]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn known_values() {
        assert_eq!(fnv32a(b""), 0x811c_9dc5);
        assert_eq!(fnv32a(b"a"), 0xe40c_292c);
        assert_eq!(fnv32a(b"foobar"), 0xbf9c_f968);
        assert_eq!(safe_encode("0123456789"), "456789bcdf");
    }

    /// Orders that real controllers gave.
    #[test]
    fn ports_in_their_order() {
        let port = |name: &'static str, number: i64| value!({"name": name, "port": number, "protocol": "TCP"});
        let place = |ty, (name, number)| place_of(ty, &port(name, number));
        for (first, second) in [
            (("admin", 80), ("metrics", 3000)),
            (("admin", 80), ("web", 443)),
            (("grpc", 9090), ("api", 53)),
        ] {
            let ty = "discovery.EndpointPort";
            assert!(place(ty, first) < place(ty, second), "{first:?}");
            // The older object orders these the other way round.
            let ty = "core.EndpointPort";
            assert!(place(ty, second) < place(ty, first), "{first:?}");
        }
    }

    /// What a real controller computes for this template.
    #[test]
    fn letters_of_a_real_cluster() {
        let template = value!({
            "metadata": {"labels": {"app": "x", "tier": "b"}, "annotations": {"a": "b"}},
            "spec": {
                "containers": [{
                    "name": "c", "image": "nginx:1", "command": ["a", "b"],
                    "ports": [{"containerPort": 80, "protocol": "TCP"}],
                    "resources": {
                        "limits": {"memory": "200Mi", "cpu": "1500m"}, "requests": {"cpu": "1"},
                    },
                    "livenessProbe": {"httpGet": {"port": "web", "path": "/x"}, "periodSeconds": 10},
                    "envFrom": [{"configMapRef": {"name": "m"}}],
                    "securityContext": {"privileged": true},
                }],
                "volumes": [
                    {"name": "h", "hostPath": {"path": "/p", "type": ""}},
                    {"name": "s", "emptyDir": {"sizeLimit": "1Mi"}},
                ],
                "terminationGracePeriodSeconds": 30, "securityContext": {}, "hostNetwork": true,
                "tolerations": [{"key": "k", "operator": "Exists", "tolerationSeconds": 60}],
                "nodeSelector": {"a": "b"},
            },
        });
        assert_eq!(template_hash(&template, None), "65486b74b8");
    }

    #[test]
    fn a_collision_gives_another_hash() {
        let template = value!({"metadata": {"labels": {"app": "x"}}});
        let hashes: crate::k8s::ordered::BTreeSet<String> = [None, Some(0), Some(1), Some(2)]
            .into_iter()
            .map(|count| template_hash(&template, count))
            .collect();
        assert_eq!(hashes.len(), 4);
        assert_ne!(revision_hash(&template, 0), revision_hash(&template, 1));
    }

    #[test]
    fn revisions_of_stateful_sets_are_named_as_in_a_real_cluster() {
        let container = |name: &str, image: &str, command: Option<Value>| {
            let mut container = value!({
                "image": image.to_owned(), "imagePullPolicy": "IfNotPresent", "name": name.to_owned(),
                "resources": {}, "terminationMessagePath": "/dev/termination-log",
                "terminationMessagePolicy": "File",
            });
            if let Some(command) = command {
                container.set("command", command);
            }
            container
        };
        let data = value!({"spec": {"template": {
            "$patch": "replace", "metadata": {"labels": {"app": "quorum"}},
            "spec": {
                "containers": [
                    container("node", "nats:2.10", None),
                    container("side", "busybox:1.36", Some(value!(["sleep", "infinity"]))),
                ],
                "dnsPolicy": "ClusterFirst", "restartPolicy": "Always",
                "schedulerName": "default-scheduler", "securityContext": {},
                "terminationGracePeriodSeconds": 2,
            },
        }}});
        assert_eq!(revision_hash(&data, 0), "5b84466d76");
    }
}
