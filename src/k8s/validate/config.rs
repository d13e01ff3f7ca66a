//! ConfigMaps, Secrets, ControllerRevisions, namespaces and leases: names, keys and what may never change.

use super::syntax::{config_key, label, qualified_name, subdomain};
use super::workload::immutable;
use super::{Errors, Path, Shown, meta};
use crate::k8s::{Value, base64, json};

const BYTES_MAX: usize = 1024 * 1024;
const REDACTED: &str = "<secret contents redacted>";
const FROZEN: &str = "field is immutable when `immutable` is set";

/// Upstream: `pkg/apis/core/validation ValidateConfigMap`.
pub fn create_config_map(errors: &mut Errors, config_map: &Value) {
    meta::create(errors, config_map, true, subdomain);
    let binary = config_map.get("binaryData");
    let mut bytes = 0;
    for field in ["data", "binaryData"] {
        let at = Path::root(field);
        for (key, value) in config_map.get(field).fields() {
            let at = at.key(key);
            errors.invalid_each(&at, key.as_str(), config_key(key));
            if field == "data" && binary.field(key).is_some() {
                errors.invalid(&at, key.as_str(), "duplicate of key present in binaryData");
            }
            bytes += value.text().len();
        }
    }
    if bytes > BYTES_MAX {
        errors.too_long(&Path::root("[]"), BYTES_MAX);
    }
}

pub fn update_config_map(errors: &mut Errors, new: &Value, old: &Value) {
    meta::update(errors, new, old);
    frozen(errors, new, old, &["data", "binaryData"]);
    create_config_map(errors, new);
}

fn frozen(errors: &mut Errors, new: &Value, old: &Value, fields: &[&str]) {
    if old.get("immutable") != &Value::Bool(true) {
        return;
    }
    if new.get("immutable") != &Value::Bool(true) {
        errors.forbidden(&Path::root("immutable"), FROZEN);
    }
    for field in fields {
        if new.get(field) != old.get(field) {
            errors.forbidden(&Path::root(field), FROZEN);
        }
    }
}

/// The key of a registry's login, whose value must be a JSON object.
fn login(
    errors: &mut Errors,
    at: &Path<'_>,
    data: &Value,
    key: &'static [&'static str; 1],
) -> &'static [&'static str] {
    let Some(coded) = data.field(key[0]) else {
        return key;
    };
    let kind = match json::parse(&base64::decode(coded.text()).unwrap_or_default()) {
        Err(why) => {
            errors.invalid(&at.key(key[0]), REDACTED, &why.message);
            return key;
        }
        Ok(Value::Null | Value::Map(_)) => return key,
        Ok(other) => other.json_type(),
    };
    let detail =
        format!("json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}");
    errors.invalid(&at.key(key[0]), REDACTED, &detail);
    key
}

/// Upstream: `pkg/apis/core/validation ValidateSecret`.
pub fn create_secret(errors: &mut Errors, secret: &Value) {
    meta::create(errors, secret, true, subdomain);
    let at = Path::root("data");
    let data = secret.get("data");
    for (key, _) in data.fields() {
        errors.invalid_each(&at.key(key), key.as_str(), config_key(key));
    }
    let all: &[&str] = match secret.get("type").text() {
        "kubernetes.io/service-account-token" => {
            let key = "kubernetes.io/service-account.name";
            if secret
                .at(&["metadata", "annotations", key])
                .text()
                .is_empty()
            {
                let at = Path::root("metadata");
                errors.required(&at.child("annotations").key(key), "");
            }
            &[]
        }
        "kubernetes.io/dockercfg" => login(errors, &at, data, &[".dockercfg"]),
        "kubernetes.io/dockerconfigjson" => login(errors, &at, data, &[".dockerconfigjson"]),
        "kubernetes.io/ssh-auth" => &["ssh-privatekey"],
        "kubernetes.io/tls" => &["tls.crt", "tls.key"],
        "kubernetes.io/basic-auth"
            if data.field("username").is_none() && data.field("password").is_none() =>
        {
            &["username", "password"]
        }
        _ => &[],
    };
    for key in all {
        if data.field(key).is_none() {
            errors.required(&at.key(key), "");
        }
    }
}

pub fn update_secret(errors: &mut Errors, new: &Value, old: &Value) {
    meta::update(errors, new, old);
    immutable(
        errors,
        &Path::root("type"),
        new.get("type"),
        old.get("type"),
    );
    frozen(errors, new, old, &["data"]);
    create_secret(errors, new);
}

/// Upstream: `pkg/apis/apps/validation ValidateControllerRevisionCreate`.
pub fn create_revision(errors: &mut Errors, revision: &Value) {
    meta::create(errors, revision, true, subdomain);
    errors.non_negative(&Path::root("revision"), revision.get("revision"));
    let data = revision.get("data");
    if data.is_null() {
        errors.required(&Path::root("data"), "data is mandatory");
    } else if data.as_map().is_none() {
        errors.required(&Path::root("data"), "data must be a valid JSON object");
    }
}

/// Changed data is shown as `{}`: the server's structure around it has no fields of its own.
///
/// Upstream: `pkg/apis/apps/validation ValidateControllerRevisionUpdate`.
pub fn update_revision(errors: &mut Errors, new: &Value, old: &Value) {
    meta::update(errors, new, old);
    meta::create(errors, new, true, subdomain);
    errors.non_negative(&Path::root("revision"), new.get("revision"));
    if new.get("data") != old.get("data") {
        let shown = json::compact(new.get("data"));
        errors.invalid(
            &Path::root("data"),
            Shown::Json(&shown),
            "field is immutable",
        );
    }
}

/// Upstream: `pkg/apis/core/validation ValidateNamespace`.
pub fn create_namespace(errors: &mut Errors, namespace: &Value) {
    meta::create(errors, namespace, false, label);
    let spec = Path::root("spec");
    let at = spec.child("finalizers");
    for finalizer in namespace.at(&["spec", "finalizers"]).items() {
        let name = finalizer.text();
        errors.invalid_each(&at, name, qualified_name(name));
        if !name.contains('/') && !meta::STANDARD_FINALIZERS.contains(&name) {
            let detail = "name is neither a standard finalizer name nor is it fully qualified";
            errors.invalid(&at, name, detail);
        }
    }
}

/// Upstream: `pkg/apis/coordination/validation ValidateLeaseSpec`.
pub fn lease_spec(errors: &mut Errors, lease: &Value) {
    let spec = Path::root("spec");
    let seconds = lease.at(&["spec", "leaseDurationSeconds"]);
    if let Some(seconds) = seconds.as_i64().filter(|seconds| *seconds <= 0) {
        errors.invalid(
            &spec.child("leaseDurationSeconds"),
            seconds,
            "must be greater than 0",
        );
    }
    let transitions = lease.at(&["spec", "leaseTransitions"]);
    errors.non_negative(&spec.child("leaseTransitions"), transitions);
}

/// An event must lie where the object lies that it tells of.
///
/// Upstream: `pkg/apis/core/validation legacyValidateEvent`.
pub fn event(errors: &mut Errors, event: &Value) {
    let namespace = event.at(&["metadata", "namespace"]).text();
    let about = event.at(&["involvedObject", "namespace"]).text();
    let involved = Path::root("involvedObject");
    if about.is_empty() {
        // Events of objects without a namespace lie in the default one.
        if !["", "default", "kube-system"].contains(&namespace) {
            let detail = "does not match event.namespace";
            errors.invalid(&involved.child("namespace"), about, detail);
        }
    } else if about != namespace {
        errors.invalid(
            &involved.child("namespace"),
            about,
            "does not match event.namespace",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn keys() {
        let mut errors = Errors::default();
        let value = value!({"metadata": {"name": "c", "namespace": "d"}, "data": {"my key": "", "a": ""}, "binaryData": {"a": ""}});
        create_config_map(&mut errors, &value);
        let lines = errors.lines();
        assert_eq!(
            lines[0],
            "data[a]: Invalid value: \"a\": duplicate of key present in binaryData"
        );
        assert!(
            lines[1]
                .starts_with("data[my key]: Invalid value: \"my key\": a valid config key must")
        );
    }

    #[test]
    fn revisions() {
        let of = |data: Value| value!({"metadata": {"name": "r", "namespace": "d", "resourceVersion": "1"}, "revision": 1, "data": data});
        let mut errors = Errors::default();
        create_revision(&mut errors, &of(Value::Null));
        update_revision(&mut errors, &of(value!({"a": 1})), &of(value!({})));
        assert_eq!(
            errors.lines(),
            [
                "data: Required value: data is mandatory",
                "data: Invalid value: {\"a\":1}: field is immutable",
            ]
        );
    }
}
