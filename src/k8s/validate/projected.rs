//! Projected volumes: several sources in one folder.

use super::selector::label_selector;
use super::syntax::{label, local_path, qualified_name, subdomain};
use super::volume::{downward_file, key_to_path, mode, need};
use super::{Errors, Path};
use crate::k8s::Value;

const CLASH: &str = "conflicting duplicate paths";
const KEY_TYPES: [&str; 6] = [
    "RSA3072",
    "RSA4096",
    "ECDSAP256",
    "ECDSAP384",
    "ECDSAP521",
    "ED25519",
];

/// Seconds in 91 days, the longest life of a certificate.
const CERTIFICATE_SECONDS_MAX: i64 = 7_862_400;
/// Seconds in a day, the longest life of a certificate from Kubernetes' own signers.
const KUBERNETES_CERTIFICATE_SECONDS_MAX: i64 = 86_400;

/// Paths that sources have taken so far.
struct Taken<'a>(Vec<&'a str>);

impl<'a> Taken<'a> {
    fn take(&mut self, errors: &mut Errors, at: &Path<'_>, path: &'a str, shown: &str) {
        if self.0.contains(&path) {
            errors.invalid(at, shown, CLASH);
        } else {
            self.0.push(path);
        }
    }
}

/// Upstream: `pkg/apis/core/validation validateProjectedVolumeSource`.
pub fn projected(errors: &mut Errors, at: &Path<'_>, volume: &Value) {
    mode(errors, &at.child("defaultMode"), volume.get("defaultMode"));
    let list = at.child("sources");
    let mut taken = Taken(Vec::new());
    for (i, source) in volume.get("sources").items().iter().enumerate() {
        let source_at = list.index(i);
        let mut count = 0;
        for kind in [
            "secret",
            "configMap",
            "downwardAPI",
            "serviceAccountToken",
            "clusterTrustBundle",
            "podCertificate",
        ] {
            let value = source.get(kind);
            if !value.is_null() {
                count += 1;
                one(errors, at, &source_at.child(kind), kind, value, &mut taken);
            }
        }
        if count > 1 {
            errors.forbidden(
                &source_at,
                "may not specify more than 1 volume type per source",
            );
        }
    }
}

/// One source; `volume_at` is the place that clashes are reported at.
fn one<'a>(
    errors: &mut Errors,
    volume_at: &Path<'_>,
    at: &Path<'_>,
    kind: &str,
    source: &'a Value,
    taken: &mut Taken<'a>,
) {
    match kind {
        "secret" | "configMap" => {
            need(errors, at, source, &["name"]);
            let list = at.child("items");
            for (i, item) in source.get("items").items().iter().enumerate() {
                key_to_path(errors, &list.index(i), item);
                let path = item.get("path").text();
                if !path.is_empty() {
                    taken.take(errors, volume_at, path, source.get("name").text());
                }
            }
        }
        "downwardAPI" => {
            for file in source.get("items").items() {
                downward_file(errors, at, file);
                let path = file.get("path").text();
                if !path.is_empty() {
                    taken.take(errors, volume_at, path, path);
                }
            }
        }
        "serviceAccountToken" => token(errors, volume_at, at, source),
        "clusterTrustBundle" => {
            trust_bundle(errors, at, source);
            let path = source.get("path").text();
            taken.take(errors, volume_at, path, path);
        }
        _ => certificate(errors, volume_at, at, source, taken),
    }
}

fn token(errors: &mut Errors, volume_at: &Path<'_>, at: &Path<'_>, source: &Value) {
    let seconds = source.get("expirationSeconds").as_i64().unwrap_or(0);
    let seconds_at = at.child("expirationSeconds");
    if seconds < 10 * 60 {
        errors.invalid(
            &seconds_at,
            seconds,
            "may not specify a duration less than 10 minutes",
        );
    }
    if seconds > 1 << 32 {
        let detail = "may not specify a duration larger than 2^32 seconds";
        errors.invalid(&seconds_at, seconds, detail);
    }
    let path = source.get("path").text();
    let path_at = volume_at.child("path");
    if path.is_empty() {
        errors.required(&path_at, "");
    } else {
        local_path(errors, &path_at, path);
    }
}

fn trust_bundle(errors: &mut Errors, at: &Path<'_>, source: &Value) {
    let (name, signer) = (source.get("name"), source.get("signerName"));
    match (name.as_str(), signer.as_str()) {
        (Some(_), Some(_)) => {
            errors.invalid(at, source, "only one of name and signerName may be used");
        }
        (Some(name), None) => {
            let at = at.child("name");
            if name.is_empty() {
                errors.required(&at, "must be a valid object name");
            }
            let bare = name.rsplit_once(':').map_or(name, |(_, bare)| bare);
            for sentence in subdomain(bare) {
                let detail = format!("not a valid clustertrustbundlename: {sentence}");
                errors.invalid(&at, name, &detail);
            }
        }
        (None, Some(signer)) => {
            let signer_at = at.child("signerName");
            if signer.is_empty() {
                errors.required(&signer_at, "must be a valid signer name");
            }
            signer_name(errors, &signer_at, signer);
            label_selector(
                errors,
                &at.child("labelSelector"),
                source.get("labelSelector"),
            );
        }
        (None, None) => errors.required(at, "either name or signerName must be specified"),
    }
    need(errors, at, source, &["path"]);
    local_path(errors, &at.child("path"), source.get("path").text());
}

/// `domain/path`, of which the domain has at least two labels.
fn signer_name(errors: &mut Errors, at: &Path<'_>, name: &str) {
    if name.is_empty() {
        errors.required(at, "");
        return;
    }
    let Some((domain, path)) = name.split_once('/').filter(|(_, path)| !path.contains('/')) else {
        let detail =
            "must be a fully qualified domain and path of the form 'example.com/signer-name'";
        errors.invalid(at, name, detail);
        return;
    };
    for part in domain.split('.') {
        if !label(part).is_empty() {
            let shown = super::errors::quoted(part);
            errors.invalid(
                at,
                domain,
                &format!("validating label {shown}: {}", label(part)[0]),
            );
        }
    }
    if domain.split('.').count() < 2 {
        errors.invalid(
            at,
            domain,
            "should be a domain with at least two segments separated by dots",
        );
    }
    for part in path.split('.') {
        if !subdomain(part).is_empty() {
            let shown = super::errors::quoted(part);
            errors.invalid(
                at,
                path,
                &format!("validating label {shown}: {}", subdomain(part)[0]),
            );
        }
    }
}

fn certificate<'a>(
    errors: &mut Errors,
    volume_at: &Path<'_>,
    at: &Path<'_>,
    source: &'a Value,
    taken: &mut Taken<'a>,
) {
    let signer = source.get("signerName").text();
    signer_name(errors, &at.child("signerName"), signer);
    let annotations_at = at.child("userAnnotations");
    for (key, _) in source.get("userAnnotations").fields() {
        let key = key.to_lowercase();
        errors.invalid_each(&annotations_at, key.as_str(), qualified_name(&key));
    }
    let key_type = source.get("keyType").text();
    if !KEY_TYPES.contains(&key_type) {
        errors.not_supported(&at.child("keyType"), key_type, &KEY_TYPES);
    }
    if let Some(seconds) = source.get("maxExpirationSeconds").as_i64() {
        let at = at.child("maxExpirationSeconds");
        if seconds < 3600 {
            let detail = "if provided, maxExpirationSeconds must be >= 3600";
            errors.invalid(&at, seconds, detail);
        }
        let domain = signer.split_once('/').map_or(signer, |(domain, _)| domain);
        let own = domain == "kubernetes.io" || domain.ends_with(".kubernetes.io");
        let max = if own {
            KUBERNETES_CERTIFICATE_SECONDS_MAX
        } else {
            CERTIFICATE_SECONDS_MAX
        };
        if seconds > max {
            let detail = format!("if provided, maxExpirationSeconds must be <= {max}");
            errors.invalid(&at, seconds, &detail);
        }
    }
    let mut paths = 0;
    for field in ["credentialBundlePath", "keyPath", "certificateChainPath"] {
        let path = source.get(field).text();
        if !path.is_empty() {
            paths += 1;
            local_path(errors, &at.child(field), path);
            taken.take(errors, volume_at, path, path);
        }
    }
    if paths == 0 {
        let detail =
            "specify at least one of credentialBundlePath, keyPath, and certificateChainPath";
        errors.required(at, detail);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn sources() {
        let cases = [
            (value!([{}]), ""),
            (
                value!([{"serviceAccountToken": {"expirationSeconds": 60, "path": "t"}}]),
                "p.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes",
            ),
            (
                value!([{"serviceAccountToken": {"expirationSeconds": 600}}]),
                "p.path: Required value",
            ),
            (
                value!([{"secret": {}}]),
                "p.sources[0].secret.name: Required value",
            ),
            (
                value!([{"configMap": {"name": "a", "items": [{"key": "k", "path": "x"}]}}, {"secret": {"name": "b", "items": [{"key": "k", "path": "x"}]}}]),
                "p: Invalid value: \"b\": conflicting duplicate paths",
            ),
            (
                value!([{"configMap": {"name": "a"}, "secret": {"name": "b"}}]),
                "p.sources[0]: Forbidden: may not specify more than 1 volume type per source",
            ),
            (
                value!([{"clusterTrustBundle": {"path": "x"}}]),
                "p.sources[0].clusterTrustBundle: Required value: either name or signerName must be specified",
            ),
        ];
        for (sources, want) in cases {
            let mut errors = Errors::default();
            projected(&mut errors, &Path::root("p"), &value!({"sources": sources}));
            assert_eq!(errors.lines().join("\n"), want);
        }
    }
}
