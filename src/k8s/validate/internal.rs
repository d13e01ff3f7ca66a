//! Objects as the server's internal structs print: every field in its order, nulls and zeros included. Refusals show
//! the difference of two of them.
//!
//! The internal structs follow the published ones but for a few fields, which are listed here.

use crate::k8s::order::InOrder;
use crate::k8s::schema::{Definition, DefinitionId, Field, Type, schema};
use crate::k8s::{Value, diff, json};

/// What changed between two specs, as the server shows it.
///
/// Upstream: apimachinery/pkg/util/diff/diff.go `Diff`
pub fn difference(definition: &str, old: &Value, new: &Value) -> String {
    diff::unified(&pretty(definition, old), &pretty(definition, new))
}

/// A tree of this definition as indented JSON of its internal struct.
pub fn pretty(definition: &str, value: &Value) -> String {
    let mut out = Writer::default();
    if let Some(id) = schema().named(definition) {
        out.structure(id, value, &Value::Null);
    }
    out.text
}

/// The same in one line.
pub fn compact(definition: &str, value: &Value) -> String {
    let mut out = String::new();
    for line in pretty(definition, value).lines() {
        let line = line.trim_start_matches(' ');
        match line.split_once("\": ") {
            Some((key, rest)) if !key.ends_with('\\') => {
                out.extend([key, "\":", rest]);
            }
            _ => out.push_str(line),
        }
    }
    out
}

/// Fields of a pod's spec that its internal struct keeps in the security context.
const HOST_FIELDS: [&str; 5] = [
    "hostNetwork",
    "hostPID",
    "hostIPC",
    "shareProcessNamespace",
    "hostUsers",
];

/// Fields that stand elsewhere in the internal struct: struct, field, and the field before it.
const MOVED: [(&str, &str, &str); 7] = [
    ("PodSpec", "setHostnameAsFQDN", "subdomain"),
    ("PodSpec", "preemptionPolicy", "priority"),
    ("PodSpec", "overhead", "runtimeClassName"),
    ("PodSecurityContext", "fsGroupChangePolicy", "fsGroup"),
    ("Volume", "quobyte", "rbd"),
    ("PersistentVolumeSpec", "quobyte", "rbd"),
    ("PersistentVolumeSpec", "flexVolume", "iscsi"),
];

/// Beginnings of names that are written in capitals.
const CAPITALS: [&str; 20] = [
    "api", "aws", "csi", "dns", "fc", "fs", "gce", "gmsa", "grpc", "http", "ip", "iqn", "iscsi",
    "nfs", "os", "rbd", "se", "ssl", "tcp", "tty",
];

/// Names that follow no rule: struct (empty: any), published and internal name.
const NAMES: [(&str, &str, &str); 12] = [
    ("", "cephfs", "CephFS"),
    ("", "storageos", "StorageOS"),
    ("", "pdName", "PDName"),
    (
        "ISCSIVolumeSource",
        "chapAuthDiscovery",
        "DiscoveryCHAPAuth",
    ),
    ("ISCSIVolumeSource", "chapAuthSession", "SessionCHAPAuth"),
    ("GlusterfsVolumeSource", "endpoints", "EndpointsName"),
    ("RBDVolumeSource", "monitors", "CephMonitors"),
    ("RBDVolumeSource", "image", "RBDImage"),
    ("RBDVolumeSource", "pool", "RBDPool"),
    ("RBDVolumeSource", "user", "RadosUser"),
    ("FCVolumeSource", "wwids", "WWIDs"),
    ("AzureDiskVolumeSource", "diskURI", "DataDiskURI"),
];

/// The internal name of a published field.
fn internal_name(owner: &str, name: &str) -> String {
    let special = NAMES
        .iter()
        .find(|(s, n, _)| *n == name && (s.is_empty() || *s == owner));
    if let Some((_, _, internal)) = special {
        return (*internal).to_owned();
    }
    let head = CAPITALS.iter().find(|head| {
        name.strip_prefix(**head)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| c.is_uppercase()))
    });
    let at = head.map_or(1, |head| head.len());
    format!("{}{}", name[..at].to_ascii_uppercase(), &name[at..])
}

/// The published fields in the order of the internal struct.
fn ordered(definition: &Definition) -> Vec<&Field> {
    let owner = definition.go_name();
    let mut fields: Vec<&Field> = definition.fields.iter().collect();
    fields.order_by_key(|f| f.go.order);
    if owner == "PodSpec" {
        fields.retain(|f| f.name != "serviceAccount" && !HOST_FIELDS.contains(&f.name));
    }
    if owner == "PersistentVolumeSpec" {
        // Only where the volume is gets shown: a struct of its own within the spec.
        fields.retain(|f| !super::pv::OTHERS.contains(&f.name));
    }
    for (_, name, before) in MOVED.iter().filter(|(s, ..)| *s == owner) {
        let Some(from) = fields.iter().position(|f| f.name == *name) else {
            continue;
        };
        let field = fields.remove(from);
        let to = fields.iter().position(|f| f.name == *before);
        fields.insert(to.map_or(fields.len(), |i| i + 1), field);
    }
    fields
}

#[derive(Default)]
struct Writer {
    text: String,
    depth: usize,
}

impl Writer {
    fn line(&mut self) {
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n(' ', self.depth));
    }

    /// Opens a bracket, writes what is in it, and closes it; `empty` when nothing is.
    fn within(&mut self, brackets: (char, char), empty: bool, act: impl FnOnce(&mut Self)) {
        self.text.push(brackets.0);
        if !empty {
            self.depth += 1;
            act(self);
            self.depth -= 1;
            self.line();
        }
        self.text.push(brackets.1);
    }

    fn key(&mut self, first: &mut bool, name: &str) {
        if !std::mem::take(first) {
            self.text.push(',');
        }
        self.line();
        self.text.push_str(&json::quoted(name));
        self.text.push_str(": ");
    }

    /// `parent` is the tree that the struct lies in.
    fn structure(&mut self, id: DefinitionId, value: &Value, parent: &Value) {
        let definition = schema().definition(id);
        // These are published structs inside the internal ones: what is empty is left out.
        if definition.name.starts_with("meta.v1.") {
            self.published(definition, value);
            return;
        }
        self.within(('{', '}'), false, |out| {
            let mut first = true;
            if definition.name == "core.v1.PodSecurityContext" {
                out.host_fields(&mut first, parent);
            }
            for field in ordered(definition) {
                if field.name == "metadata" {
                    out.metadata(&mut first, field, value.get("metadata"));
                    continue;
                }
                out.key(&mut first, &internal_name(definition.go_name(), field.name));
                out.field(field, value.get(field.name), value);
            }
        });
    }

    fn host_fields(&mut self, first: &mut bool, spec: &Value) {
        let Some(id) = schema().named("core.v1.PodSpec") else {
            return;
        };
        for name in HOST_FIELDS {
            if let Some(field) = schema().definition(id).field(name) {
                self.key(first, &internal_name("", name));
                self.field(field, spec.get(name), spec);
            }
        }
    }

    /// The metadata of a template lie flat in it.
    fn metadata(&mut self, first: &mut bool, field: &Field, value: &Value) {
        let Some(id) = field.ty.element_struct() else {
            return;
        };
        for inner in ordered(schema().definition(id)) {
            let held = value.get(inner.name);
            if !held.is_empty() {
                self.key(first, inner.name);
                self.value(&inner.ty, held, value);
            }
        }
    }

    fn published(&mut self, definition: &Definition, value: &Value) {
        let fields: Vec<&Field> = ordered(definition)
            .into_iter()
            .filter(|f| f.go.keep || !value.get(f.name).is_empty())
            .collect();
        self.within(('{', '}'), fields.is_empty(), |out| {
            let mut first = true;
            for field in fields {
                out.key(&mut first, field.name);
                out.field(field, value.get(field.name), value);
            }
        });
    }

    fn field(&mut self, field: &Field, value: &Value, parent: &Value) {
        if !value.is_null() {
            self.value(&field.ty, value, parent);
            return;
        }
        let zero = match &field.ty {
            _ if field.go.pointer => "null",
            Type::Struct(id) => return self.structure(*id, value, parent),
            Type::String => "\"\"",
            Type::Bool => "false",
            Type::Int32 | Type::Int64 | Type::IntOrString => "0",
            Type::Quantity => "\"0\"",
            Type::List(_)
            | Type::Map(_)
            | Type::Bytes
            | Type::Time
            | Type::MicroTime
            | Type::Raw => "null",
        };
        self.text.push_str(zero);
    }

    fn value(&mut self, ty: &Type, value: &Value, parent: &Value) {
        match (ty, value) {
            (Type::Struct(id), _) => self.structure(*id, value, parent),
            (Type::List(item), Value::List(items)) => {
                self.within(('[', ']'), items.is_empty(), |out| {
                    for (i, held) in items.iter().enumerate() {
                        if i > 0 {
                            out.text.push(',');
                        }
                        out.line();
                        out.value(item, held, value);
                    }
                });
            }
            (Type::Map(item), Value::Map(map)) => {
                self.within(('{', '}'), value.is_empty(), |out| {
                    let mut first = true;
                    for (key, held) in map.iter() {
                        out.key(&mut first, key);
                        out.value(item, held, value);
                    }
                });
            }
            (_, _) => self.text.push_str(&json::compact(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn names_are_those_of_the_internal_structs() {
        let rows = [
            ("dnsPolicy", "DNSPolicy"),
            ("httpGet", "HTTPGet"),
            ("tty", "TTY"),
            ("os", "OS"),
            ("seLinuxOptions", "SELinuxOptions"),
            ("hostIP", "HostIP"),
            ("ip", "IP"),
            ("secret", "Secret"),
            ("service", "Service"),
            ("ipAddress", "IPAddress"),
            ("cephfs", "CephFS"),
        ];
        for (published, internal) in rows {
            assert_eq!(internal_name("", published), internal);
        }
    }

    #[test]
    fn a_probe_shows_all_its_fields() {
        let probe = value!({"httpGet": {"port": 80}, "periodSeconds": 5});
        let text = pretty("core.v1.Probe", &probe);
        let want = "{\n \"Exec\": null,\n \"HTTPGet\": {\n  \"Path\": \"\",\n  \"Port\": 80,\n  \
                    \"Host\": \"\",\n  \"Scheme\": \"\",\n  \"HTTPHeaders\": null\n },\n \
                    \"TCPSocket\": null,\n \"GRPC\": null,\n \"InitialDelaySeconds\": 0,\n \
                    \"TimeoutSeconds\": 0,\n \"PeriodSeconds\": 5,\n \"SuccessThreshold\": 0,\n \
                    \"FailureThreshold\": 0,\n \"TerminationGracePeriodSeconds\": null\n}";
        assert_eq!(text, want);
    }
}
