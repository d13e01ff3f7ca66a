//! Files of one volume that would lie in each other's place.

use super::errors::quoted;
use crate::k8s::Value;

/// A path in a volume, and the words for where it comes from.
type Place = (String, String);

/// Upstream: `pkg/api/pod/warnings.go warningsForOverlappingVirtualPaths`.
pub fn of_volumes(volumes: &Value) -> Vec<String> {
    let mut out = Vec::new();
    for volume in volumes.items() {
        let name = quoted(volume.get("name").text());
        for (field, word, name_field) in [
            ("configMap", "ConfigMap ", "name"),
            ("secret", "Secret ", "secretName"),
            ("downwardAPI", "DownwardAPI", ""),
        ] {
            let source = volume.get(field);
            let mut taken: Vec<Place> = Vec::new();
            let what = named(word, source.get(name_field).text());
            for item in source.get("items").items() {
                let place = (item.get("path").text().to_owned(), String::new());
                clash(&mut out, &name, &what, &mut taken, place);
            }
        }
        let mut taken: Vec<Place> = Vec::new();
        for source in volume.at(&["projected", "sources"]).items() {
            if source.is_empty() {
                out.push(format!("volume {name} (Projected) has no sources provided"));
            }
            for place in projected(source) {
                clash(&mut out, &name, "Projected", &mut taken, place);
            }
        }
    }
    out
}

fn named(word: &str, name: &str) -> String {
    if word.ends_with(' ') {
        format!("{word}{}", quoted(name))
    } else {
        word.to_owned()
    }
}

fn projected(source: &Value) -> Vec<Place> {
    for (field, word) in [
        ("configMap", "ConfigMap "),
        ("secret", "Secret "),
        ("downwardAPI", "DownwardAPI"),
    ] {
        let inner = source.get(field);
        if !inner.get("items").is_null() {
            let what = named(word, inner.get("name").text());
            let items = inner.get("items").items().iter();
            return items
                .map(|item| (item.get("path").text().to_owned(), what.clone()))
                .collect();
        }
    }
    let path = |field: &str| source.get(field).get("path").text().to_owned();
    if !source.get("serviceAccountToken").is_null() {
        return vec![(
            path("serviceAccountToken"),
            "ServiceAccountToken".to_owned(),
        )];
    }
    let bundle = source.get("clusterTrustBundle");
    if !bundle.is_null() {
        let field = if bundle.get("name").is_null() {
            "signerName"
        } else {
            "name"
        };
        let what = named("ClusterTrustBundle ", bundle.get(field).text());
        return vec![(path("clusterTrustBundle"), what)];
    }
    let certificate = source.get("podCertificate");
    [
        ("certificateChainPath", "PodCertificate chain"),
        ("keyPath", "PodCertificate key"),
        ("credentialBundlePath", "PodCertificate credential bundle"),
    ]
    .into_iter()
    .map(|(field, what)| (certificate.get(field).text().to_owned(), what.to_owned()))
    .filter(|(path, _)| !path.is_empty())
    .collect()
}

fn clash(out: &mut Vec<String>, volume: &str, what: &str, taken: &mut Vec<Place>, place: Place) {
    let place = (place.0.trim_end_matches('/').to_owned(), place.1);
    let shown = |(path, source): &Place| {
        if source.is_empty() {
            quoted(path)
        } else {
            format!("{} ({source})", quoted(path))
        }
    };
    for other in taken
        .iter()
        .filter(|(path, _)| !path.is_empty() && !place.0.is_empty())
    {
        let (new, old) = (format!("{}/", place.0), format!("{}/", other.0));
        if new.starts_with(&old) || old.starts_with(&new) {
            let (new, old) = (shown(&place), shown(other));
            out.push(format!(
                "volume {volume} ({what}): overlapping paths: {new} with {old}"
            ));
        }
    }
    taken.push(place);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn overlapping_paths() {
        let volumes = value!([
            {"name": "a", "configMap": {"name": "c", "items": [{"key": "x", "path": "p"}, {"key": "y", "path": "p/q"}]}},
            {"name": "b", "projected": {"sources": [
                {"secret": {"name": "s", "items": [{"key": "x", "path": "t"}]}}, {"serviceAccountToken": {"path": "t"}}]}}]);
        assert_eq!(
            of_volumes(&volumes),
            [
                "volume \"a\" (ConfigMap \"c\"): overlapping paths: \"p/q\" with \"p\"",
                "volume \"b\" (Projected): overlapping paths: \"t\" (ServiceAccountToken) with \"t\" (Secret \"s\")",
            ]
        );
    }
}
