//! Kustomizations: the resources that a `kustomization.yaml` names, with its namespace, names, labels, annotations,
//! images, numbers of replicas and patches.
//!
//! Left out: generators, components, charts and plugins; a file that asks for them is refused with a sentence.
//!
//! Upstream: sigs.k8s.io/kustomize/api/internal/target/kusttarget.go, api/internal/builtins

use super::{Type, manifest};
use crate::console::files::Found;
use crate::console::session::Session;
use crate::k8s::order::InOrder;
use crate::k8s::{Value, patch, yaml};

/// Names that the file may have.
const FILES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Fields that are carried out here.
const FIELDS: [&str; 15] = [
    "apiVersion",
    "kind",
    "metadata",
    "resources",
    "bases",
    "namespace",
    "namePrefix",
    "nameSuffix",
    "commonLabels",
    "labels",
    "commonAnnotations",
    "images",
    "replicas",
    "patches",
    "sortOptions",
];

/// Fields of theirs that are not.
const OTHERS: [&str; 16] = [
    "components",
    "configMapGenerator",
    "secretGenerator",
    "generatorOptions",
    "generators",
    "transformers",
    "validators",
    "helmCharts",
    "helmGlobals",
    "patchesStrategicMerge",
    "patchesJson6902",
    "replacements",
    "vars",
    "configurations",
    "crds",
    "openapi",
];

/// Kinds that come first, in this order; all others follow by name.
const ORDER: [&str; 22] = [
    "Namespace",
    "ResourceQuota",
    "StorageClass",
    "CustomResourceDefinition",
    "ServiceAccount",
    "PodSecurityPolicy",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "ConfigMap",
    "Secret",
    "Endpoints",
    "Service",
    "LimitRange",
    "PriorityClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
];

/// Kustomizations that one may be built of.
const BUILT_MAX: usize = 100;

/// What is kept while a kustomization and those within it are built.
struct Build<'a> {
    session: &'a Session,
    warnings: Vec<String>,
    /// The folders being built, one within the other.
    open: Vec<String>,
    built: usize,
}

const TEMPLATES: [&[&str]; 2] = [
    &["spec", "template", "metadata"],
    &["spec", "jobTemplate", "spec", "template", "metadata"],
];

/// An object and the name that it had in its file.
struct Resource {
    value: Value,
    before: String,
}

/// What a folder came to: its objects in order, and what is to be warned of.
#[derive(Default)]
pub struct Built {
    pub objects: Vec<Value>,
    pub warnings: Vec<String>,
}

/// Builds the kustomization of a folder.
pub fn build(folder: &str, session: &Session) -> Result<Built, String> {
    let mut build = Build {
        session,
        warnings: Vec::new(),
        open: Vec::new(),
        built: 0,
    };
    let mut found = within(folder, &mut build)?;
    let place = |resource: &Resource| {
        let kind = resource.value.get("kind").text();
        let place = ORDER.iter().position(|known| *known == kind);
        let name = resource.value.at(&["metadata", "name"]).text().to_owned();
        (place.unwrap_or(ORDER.len()), kind.to_owned(), name)
    };
    found.order_by(|a, b| place(a).cmp(&place(b)));
    Ok(Built {
        objects: found.into_iter().map(|resource| resource.value).collect(),
        warnings: build.warnings,
    })
}

fn missing(typed: &str, path: &str) -> String {
    format!("evalsymlink failure on '{typed}' : lstat {path}: no such file or directory")
}

fn within(folder: &str, build: &mut Build<'_>) -> Result<Vec<Resource>, String> {
    let session = build.session;
    let path = session.path(folder);
    if build.open.contains(&path) {
        return Err(format!(
            "cycle detected: candidate root '/{path}' contains visited root '/{path}'"
        ));
    }
    build.built += 1;
    if build.built > BUILT_MAX {
        return Err(format!("more than {BUILT_MAX} kustomizations within one"));
    }
    match session.files.find(&path) {
        Found::Folder => {}
        Found::File => {
            return Err(format!(
                "must build at directory: '/{path}': file is not directory"
            ));
        }
        Found::Nothing => {
            let why = missing(folder, &format!("/{path}"));
            return Err(format!(
                "must build at directory: not a valid directory: {why}"
            ));
        }
    }
    let read = |name: &&str| session.files.read(&format!("{path}/{name}"));
    let Some(text) = FILES.iter().find_map(read) else {
        return Err(format!(
            "unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '/{path}'"
        ));
    };
    let file = yaml::parse(&text)?;
    check(&file)?;
    if !file.get("commonLabels").is_null() {
        build.warnings.push(
            "# Warning: 'commonLabels' is deprecated. Please use 'labels' instead. Run 'kustomize edit fix' to update \
             your Kustomization automatically."
                .to_owned(),
        );
    }
    let mut found = Vec::new();
    let named = file
        .get("resources")
        .items()
        .iter()
        .chain(file.get("bases").items());
    build.open.push(path.clone());
    for entry in named {
        found.extend(resources(&path, entry.text(), build)?);
    }
    build.open.pop();
    for one in file.get("patches").items() {
        patched(&mut found, one, &path, session)?;
    }
    transform(&mut found, &file);
    Ok(found)
}

/// Refuses fields that nobody knows, and those that nobody carries out here.
fn check(file: &Value) -> Result<(), String> {
    for (field, _) in file.fields() {
        let name = field.as_str();
        if OTHERS.contains(&name) {
            return Err(format!(
                "{name} of a kustomization is not part of this playground: write those manifests out under resources"
            ));
        }
        if !FIELDS.contains(&name) {
            return Err(format!(
                "invalid Kustomization: json: unknown field {name:?}"
            ));
        }
    }
    Ok(())
}

/// The objects of one entry of `resources`: a file in or below the folder, or another kustomization.
fn resources(folder: &str, entry: &str, build: &mut Build<'_>) -> Result<Vec<Resource>, String> {
    let session = build.session;
    let path = session.path(&format!("/{folder}/{entry}"));
    let within_it = folder.is_empty() || path.starts_with(&format!("{folder}/"));
    let accumulating = |why: String, after: String| {
        Err(format!(
            "accumulating resources: accumulation err='accumulating resources from '{entry}': {why}': must build at \
             directory: {after}"
        ))
    };
    match session.files.find(&path) {
        Found::Folder => within(&format!("/{path}"), build),
        Found::Nothing => {
            let why = missing(&format!("/{path}"), &format!("/{path}"));
            accumulating(why.clone(), format!("not a valid directory: {why}"))
        }
        Found::File if !within_it => accumulating(
            format!("security; file '/{path}' is not in or below '/{folder}'"),
            format!("'/{path}': file is not directory"),
        ),
        Found::File => {
            let text = session.files.read(&path).unwrap_or_default();
            let read = yaml::documents(&text);
            if let Some(why) = read.error {
                return Err(format!("accumulating resources: {entry}: {why}"));
            }
            let object = |value: Value| Resource {
                before: value.at(&["metadata", "name"]).text().to_owned(),
                value,
            };
            let documents = read.documents.into_iter().map(|document| document.value);
            Ok(documents
                .filter(|value| !value.is_empty())
                .map(object)
                .collect())
        }
    }
}

/// Carries out one of `patches` on what it is for.
fn patched(
    found: &mut [Resource],
    one: &Value,
    folder: &str,
    session: &Session,
) -> Result<(), String> {
    let text = if one.get("path").is_null() {
        one.get("patch").text().to_owned()
    } else {
        let path = session.path(&format!("/{folder}/{}", one.get("path").text()));
        let text = session.files.read(&path);
        text.ok_or_else(|| missing(&format!("/{path}"), &format!("/{path}")))?
            .to_string()
    };
    let body = yaml::parse(&text)?;
    let target = if one.get("target").is_null() {
        let name = body.at(&["metadata", "name"]);
        crate::value!({"kind": body.get("kind"), "name": name})
    } else {
        one.get("target").clone()
    };
    let mut any = false;
    for resource in found.iter_mut() {
        let fits = |field: &str, is: &str| {
            let wanted = target.get(field).text();
            wanted.is_empty() || wanted == is
        };
        let own = resource.value.get("kind").text().to_owned();
        if !fits("kind", &own) || !fits("name", &resource.before) {
            continue;
        }
        any = true;
        let changed = if body.items().is_empty() {
            let ty = manifest::of(resource.value.get("apiVersion").text(), &own);
            let kind = ty
                .and_then(|ty| ty.kind)
                .ok_or_else(|| format!("no kind {own:?}"))?;
            patch::strategic(kind, &resource.value, &body).map(|done| done.value)
        } else {
            patch::json_patch(&resource.value, &body)
        };
        resource.value = changed.map_err(|why| format!("failed to apply patch: {why:?}"))?;
    }
    if any || !one.get("target").is_null() {
        return Ok(());
    }
    Err(format!(
        "no resource matches strategic merge patch \"{}.{}\": no matches for Id",
        body.get("kind").text(),
        body.at(&["metadata", "name"]).text()
    ))
}

fn transform(found: &mut [Resource], file: &Value) {
    let namespace = file.get("namespace").text();
    let (prefix, suffix) = (file.get("namePrefix").text(), file.get("nameSuffix").text());
    let mut renamed: Vec<(String, String, String)> = Vec::new();
    for resource in found.iter_mut() {
        let value = &mut resource.value;
        let kind = value.get("kind").text().to_owned();
        if !namespace.is_empty() {
            let ty = manifest::of(value.get("apiVersion").text(), &kind);
            if kind == "Namespace" {
                value.set_at(&["metadata", "name"], Value::str(namespace));
            } else if ty.is_none_or(Type::namespaced) {
                value.set_at(&["metadata", "namespace"], Value::str(namespace));
            }
        }
        let fixed = ["Namespace", "CustomResourceDefinition", "APIService"];
        if !(prefix.is_empty() && suffix.is_empty()) && !fixed.contains(&kind.as_str()) {
            let old = value.at(&["metadata", "name"]).text().to_owned();
            let new = format!("{prefix}{old}{suffix}");
            value.set_at(&["metadata", "name"], Value::str(&new));
            renamed.push((kind.clone(), old, new));
        }
        for replicas in file.get("replicas").items() {
            let scaled = [
                "Deployment",
                "ReplicaSet",
                "StatefulSet",
                "ReplicationController",
            ];
            if scaled.contains(&kind.as_str()) && replicas.get("name").text() == resource.before {
                value.set_at(&["spec", "replicas"], replicas.get("count").clone());
            }
        }
        label(value, &kind, file.get("commonLabels"), true, true);
        for one in file.get("labels").items() {
            let selectors = one.get("includeSelectors").as_bool() == Some(true);
            let templates = one.get("includeTemplates").as_bool() == Some(true);
            label(
                value,
                &kind,
                one.get("pairs"),
                selectors,
                templates || selectors,
            );
        }
        let notes = file.get("commonAnnotations");
        put(value, &["metadata", "annotations"], notes, true);
        for template in TEMPLATES {
            put(value, &[template, &["annotations"]].concat(), notes, false);
        }
        if !file.get("images").items().is_empty() {
            *value = walked(value, &|key, item| {
                let containers = matches!(key, "containers" | "initContainers");
                containers.then(|| with_images(item, file.get("images").items()))
            });
        }
    }
    if !renamed.is_empty() {
        for resource in found.iter_mut() {
            resource.value = walked(&resource.value, &|key, item| reference(key, item, &renamed));
        }
    }
}

/// Sets entries of a map, which is made where it may be.
fn put(value: &mut Value, path: &[&'static str], pairs: &Value, make: bool) {
    let around = &path[..path.len() - 1];
    if pairs.is_empty() || (!make && value.at(around).is_null()) {
        return;
    }
    let map = value.at_mut(path);
    for (key, text) in pairs.fields() {
        map.set(key.clone(), text.clone());
    }
}

fn label(value: &mut Value, kind: &str, pairs: &Value, selectors: bool, templates: bool) {
    put(value, &["metadata", "labels"], pairs, true);
    for template in TEMPLATES.iter().filter(|_| templates) {
        put(value, &[*template, &["labels"]].concat(), pairs, false);
    }
    if !selectors {
        return;
    }
    match kind {
        "Service" | "ReplicationController" => put(value, &["spec", "selector"], pairs, true),
        "Deployment" | "DaemonSet" | "StatefulSet" | "ReplicaSet" => {
            put(value, &["spec", "selector", "matchLabels"], pairs, true);
        }
        "PodDisruptionBudget" | "Job" => {
            put(value, &["spec", "selector", "matchLabels"], pairs, false);
        }
        "NetworkPolicy" => put(value, &["spec", "podSelector", "matchLabels"], pairs, false),
        _ => {}
    }
}

/// A tree with the fields changed that somebody has another value for.
fn walked(value: &Value, change: &dyn Fn(&str, &Value) -> Option<Value>) -> Value {
    match value {
        Value::Map(map) => {
            let mut out = Value::map();
            for (key, item) in map.iter() {
                let changed = change(key, item).unwrap_or_else(|| item.clone());
                out.set(key.clone(), walked(&changed, change));
            }
            out
        }
        Value::List(items) => items.iter().map(|item| walked(item, change)).collect(),
        other => other.clone(),
    }
}

fn with_images(containers: &Value, images: &[Value]) -> Value {
    let one = |container: &Value| {
        let mut container = container.clone();
        let image = container.get("image").text().to_owned();
        let (name, digest) = image
            .split_once('@')
            .map_or((image.as_str(), ""), |(n, d)| (n, d));
        // A colon behind the last slash begins a tag; one before it a port.
        let (name, tag) = match name.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, tag),
            _ => (name, ""),
        };
        if let Some(wanted) = images
            .iter()
            .find(|wanted| wanted.get("name").text() == name)
        {
            let text = |field: &str| Some(wanted.get(field).text()).filter(|text| !text.is_empty());
            let name = text("newName").unwrap_or(name);
            let behind = match (text("digest"), text("newTag")) {
                (Some(digest), _) => format!("@{digest}"),
                (None, Some(tag)) => format!(":{tag}"),
                (None, None) if !digest.is_empty() => format!("@{digest}"),
                (None, None) if tag.is_empty() => String::new(),
                (None, None) => format!(":{tag}"),
            };
            container.set("image", format!("{name}{behind}"));
        }
        container
    };
    containers.items().iter().map(one).collect()
}

/// A field that names an object which has another name now.
fn reference(key: &str, item: &Value, renamed: &[(String, String, String)]) -> Option<Value> {
    let new = |kind: &str, old: &str| {
        let same = |(of, name, _): &&(String, String, String)| of == kind && name == old;
        renamed.iter().find(same).map(|(_, _, new)| Value::str(new))
    };
    let field = |kind: &str, field: &'static str| {
        let mut changed = item.clone();
        changed.set(field, new(kind, item.get(field).text())?);
        Some(changed)
    };
    match key {
        "configMapRef" | "configMapKeyRef" | "configMap" => field("ConfigMap", "name"),
        "secretRef" | "secretKeyRef" => field("Secret", "name"),
        "secret" if !item.get("secretName").is_null() => field("Secret", "secretName"),
        "secret" => field("Secret", "name"),
        "service" => field("Service", "name"),
        "persistentVolumeClaim" => field("PersistentVolumeClaim", "claimName"),
        "scaleTargetRef" | "roleRef" => field(item.get("kind").text(), "name"),
        "serviceAccountName" => new("ServiceAccount", item.text()),
        "serviceName" => new("Service", item.text()),
        "priorityClassName" => new("PriorityClass", item.text()),
        "subjects" | "imagePullSecrets" => {
            let one = |entry: &Value| {
                let kind = entry.get("kind").text();
                let kind = if kind.is_empty() { "Secret" } else { kind };
                let mut entry = entry.clone();
                if let Some(name) = new(kind, entry.get("name").text()) {
                    entry.set("name", name);
                }
                entry
            };
            Some(item.items().iter().map(one).collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(files: &[(&str, &str)], folder: &str) -> Result<String, String> {
        let mut session = Session::default();
        for (name, text) in files {
            session.files.write(name, text);
        }
        let built = build(folder, &session)?;
        Ok(built.objects.iter().map(yaml::print).collect())
    }

    #[test]
    fn names_follow_their_objects() {
        let files = [
            (
                "a/kustomization.yaml",
                "resources: [x.yaml]\nnamePrefix: my-\n",
            ),
            (
                "a/x.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {serviceAccountName: s, containers: [{name: c, \
                 envFrom: [{configMapRef: {name: other}}]}]}\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: \
                 {name: s}\n",
            ),
        ];
        let text = built(&files, "a").unwrap();
        assert!(text.contains("serviceAccountName: my-s"), "{text}");
        assert!(text.contains("name: other"), "{text}");
        assert!(
            text.starts_with("apiVersion: v1\nkind: ServiceAccount"),
            "{text}"
        );
    }

    #[test]
    fn circles_and_unknown_fields_are_refused() {
        let around = [
            ("a/kustomization.yaml", "resources: [../b, ../b]\n"),
            ("b/kustomization.yaml", "resources: [../a]\n"),
        ];
        assert_eq!(
            built(&around, "a").unwrap_err(),
            "cycle detected: candidate root '/a' contains visited root '/a'"
        );
        let odd = [("a/kustomization.yaml", "resource: []\n")];
        assert_eq!(
            built(&odd, "a").unwrap_err(),
            "invalid Kustomization: json: unknown field \"resource\""
        );
        let chart = [("a/kustomization.yaml", "helmCharts: []\n")];
        assert!(
            built(&chart, "a")
                .unwrap_err()
                .contains("not part of this playground")
        );
    }
}
