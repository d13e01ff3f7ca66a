//! The roles and bindings that a server makes for itself when it starts. Nobody here asks them for leave: they are
//! shown, and stored when somebody first means to change one.
//!
//! The table: `#NAME >AGGREGATED <` is a ClusterRole (with its label; `<` gathers those with its own), `+NAME` the
//! ClusterRoleBinding of its namesake, `@NAMESPACE NAME` a Role, `=NAMESPACE NAME ROLE` its RoleBinding, and every other
//! line a rule: verbs by their letters (`!` before whole words), then `groups:resources=names` or paths.
//! `*` begins the name of a controller, which has a binding to its service account.
//!
//! Upstream: plugin/pkg/auth/authorizer/rbac/bootstrappolicy

use super::call::SERVER;
use super::{ApiServer, Call};
use crate::k8s::order::InOrder;
use crate::k8s::{Kind, Object, ObjectKey, Value};
use crate::sim::Status;
use crate::value;
use std::sync::Arc;

const TABLE: &str = include_str!("own-roles-1.36.3.txt");

const GROUP: &str = "rbac.authorization.k8s.io";

/// Words that come often.
const LETTERS: [(char, &str); 18] = [
    ('C', "certificatesigningrequests"),
    ('P', "persistentvolumeclaims"),
    ('V', "persistentvolumes"),
    ('R', "replicationcontrollers"),
    ('A', "validatingadmissionpolicies"),
    ('D', "deployments"),
    ('S', "daemonsets"),
    ('T', "statefulsets"),
    ('U', "replicasets"),
    ('L', "resourceclaims"),
    ('s', "/status"),
    ('E', "events"),
    ('l', "leases"),
    ('v', "services"),
    ('n', "nodes"),
    ('f', "/finalizers"),
    ('y', "system:"),
    ('N', "networking"),
];

/// A line with its words.
fn spelled(line: &str) -> String {
    let mut line = line.to_owned();
    for (letter, word) in LETTERS {
        line = line.replace(&format!("%{letter}"), word);
    }
    line
}

/// Kinds that a server fills by itself.
pub(super) fn has(kind: Kind) -> bool {
    let kinds = [
        Kind::ClusterRole,
        Kind::ClusterRoleBinding,
        Kind::Role,
        Kind::RoleBinding,
    ];
    kinds.contains(&kind)
}

/// One of a name that nobody has meant to change.
fn get(api: &ApiServer, kind: Kind, namespace: &str, name: &str) -> Option<Arc<Object>> {
    let of_name = |object: &Arc<Object>| {
        object.name().as_str() == name && object.namespace().as_str() == namespace
    };
    list(api, kind, None).into_iter().find(of_name)
}

/// All of a kind that nobody has meant to change, in the order of a list.
fn list(api: &ApiServer, kind: Kind, namespace: Option<&str>) -> Vec<Arc<Object>> {
    if !has(kind) {
        return Vec::new();
    }
    let since = api.get(Kind::Namespace, "", "kube-system").ok();
    let since = since.map(|n| n.value().at(&["metadata", "creationTimestamp"]).clone());
    let mut made = trees();
    made.retain(|tree| tree.get("kind").text() == kind.name());
    let objects = made.into_iter().enumerate().map(|(i, mut tree)| {
        let metadata = tree.at_mut(&["metadata"]);
        metadata.set("creationTimestamp", since.clone().unwrap_or_default());
        metadata.set("resourceVersion", (i + 1).to_string());
        let uid = format!("00000000-0000-4000-8{:03x}-{i:012x}", kind as usize);
        metadata.set("uid", uid);
        Arc::new(Object::read(kind, tree, None))
    });
    objects
        .filter(|o| namespace.is_none_or(|namespace| o.namespace().as_str() == namespace))
        .filter(|o| !api.own_taken.contains(&o.key()))
        .collect()
}

impl ApiServer {
    /// One object, the server's own roles included, or NotFound.
    pub fn find(&self, kind: Kind, namespace: &str, name: &str) -> Result<Arc<Object>, Status> {
        let stored = self.get(kind, namespace, name).cloned();
        stored.or_else(|missing| get(self, kind, namespace, name).ok_or(missing))
    }

    /// The objects of a kind, the server's own roles included, in the order of a list.
    pub fn all(&self, kind: Kind, namespace: Option<&str>) -> Vec<Arc<Object>> {
        let mut all: Vec<Arc<Object>> = self.list(kind, namespace).cloned().collect();
        let own = list(self, kind, namespace);
        if !own.is_empty() {
            all.extend(own);
            all.order_by(|a, b| (a.namespace(), a.name()).cmp(&(b.namespace(), b.name())));
        }
        all
    }

    /// Stores the role of its own that a call is about. From then on it is an object as others are: one that is
    /// deleted only comes back when the server starts again.
    pub(super) fn store_own(&mut self, call: &Call, key: &ObjectKey) {
        if let Some(own) = get(self, key.kind, &key.namespace, &key.name) {
            self.own_taken.insert(key.clone());
            let call = Call::component(call.now, SERVER);
            self.commit(&call, key.kind, own.value().clone(), None);
        }
    }
}

fn whole_name(short: &str) -> String {
    short.replacen('*', "system:controller:", 1)
}

fn head(kind: &str, namespace: &str, name: &str) -> Value {
    let mut tree = value!({
        "apiVersion": format!("{GROUP}/v1"), "kind": Value::str(kind),
        "metadata": {
            "annotations": {"rbac.authorization.kubernetes.io/autoupdate": "true"},
            "labels": {"kubernetes.io/bootstrapping": "rbac-defaults"},
            "name": Value::str(name),
        },
    });
    if !namespace.is_empty() {
        tree.set_at(&["metadata", "namespace"], Value::str(namespace));
    }
    tree
}

/// The whole table.
fn trees() -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    let mut gathered: Vec<String> = Vec::new();
    for line in spelled(TABLE).lines() {
        let mut words = line.get(1..).unwrap_or("").split(' ');
        let mut word = || words.next().unwrap_or("");
        match line.chars().next() {
            Some('#') => {
                let name = whole_name(word());
                let mut tree = head("ClusterRole", "", &name);
                for mark in words {
                    if let Some(into) = mark.strip_prefix('>') {
                        let label = format!("{GROUP}/aggregate-to-{into}");
                        tree.at_mut(&["metadata", "labels"]).set(label, "true");
                    } else {
                        let label = format!("{GROUP}/aggregate-to-{name}");
                        let mut labels = Value::map();
                        labels.set(label, "true");
                        let selectors = value!([{"matchLabels": labels}]);
                        tree.set(
                            "aggregationRule",
                            value!({"clusterRoleSelectors": selectors}),
                        );
                        gathered.push(name.clone());
                    }
                }
                tree.set("rules", Value::Null);
                all.push(tree);
                if let Some(controller) = name.strip_prefix("system:controller:") {
                    let subject = format!("s:{controller}");
                    all.push(binding(
                        "",
                        &name,
                        &name,
                        &mut std::iter::once(subject.as_str()),
                    ));
                }
            }
            Some('+') => {
                let name = word().to_owned();
                all.push(binding("", &name, &name, &mut words));
            }
            Some('@') => {
                let namespace = word().to_owned();
                all.push(head("Role", &namespace, &whole_name(word())));
            }
            Some('=') => {
                let namespace = word().to_owned();
                let (name, role) = (whole_name(word()), whole_name(word()));
                all.push(binding(&namespace, &name, &role, &mut words));
            }
            _ => {
                let roles = all.iter_mut().rev();
                let is_role = |tree: &&mut Value| tree.get("roleRef").is_null();
                if let Some(role) = roles.into_iter().find(is_role) {
                    role.at_mut(&["rules"]).push(rule(line));
                }
            }
        }
    }
    gather(&mut all, &gathered);
    all
}

/// A role that gathers has the rules of all that carry its label.
fn gather(all: &mut [Value], names: &[String]) {
    // Each takes from those before it: view, then edit, then admin.
    for name in names.iter().rev() {
        let label = format!("{GROUP}/aggregate-to-{name}");
        let mut rules: Vec<Value> = Vec::new();
        for role in all.iter() {
            let labels = role.at(&["metadata", "labels"]);
            if !labels.get(&label).is_null() {
                for rule in role.get("rules").items() {
                    if !rules.contains(rule) {
                        rules.push(rule.clone());
                    }
                }
            }
        }
        for role in all.iter_mut() {
            if role.at(&["metadata", "name"]).text() == name && role.get("roleRef").is_null() {
                role.set("rules", Value::from(rules.clone()));
            }
        }
    }
}

fn binding(
    namespace: &str,
    name: &str,
    role: &str,
    subjects: &mut dyn Iterator<Item = &str>,
) -> Value {
    let (kind, of) = if namespace.is_empty() {
        ("ClusterRoleBinding", "ClusterRole")
    } else {
        ("RoleBinding", "Role")
    };
    let mut tree = head(kind, namespace, name);
    tree.set(
        "roleRef",
        value!({"apiGroup": GROUP, "kind": of, "name": Value::str(role)}),
    );
    let subject = |text: &str| match text.split_once(':') {
        Some(("s", name)) => {
            value!({"kind": "ServiceAccount", "name": Value::str(name), "namespace": "kube-system"})
        }
        Some(("g", name)) => value!({"apiGroup": GROUP, "kind": "Group", "name": Value::str(name)}),
        _ => {
            let name = Value::str(text.get(2..).unwrap_or(""));
            value!({"apiGroup": GROUP, "kind": "User", "name": name})
        }
    };
    let subjects: Vec<Value> = subjects.map(subject).collect();
    if !subjects.is_empty() {
        tree.set("subjects", Value::from(subjects));
    }
    tree
}

fn list_of(text: &str) -> Value {
    text.split(',').map(Value::str).collect()
}

fn rule(line: &str) -> Value {
    // What many have: leave to write events.
    let line = if line == "E" {
        "cpu ,events.:events"
    } else {
        line
    };
    let (verbs, what) = line.split_once(' ').unwrap_or((line, ""));
    let letter = |c: char| match c {
        'c' => "create",
        'd' => "delete",
        'D' => "deletecollection",
        'g' => "get",
        'l' => "list",
        'p' => "patch",
        'u' => "update",
        _ => "watch",
    };
    let verbs: Value = match verbs.strip_prefix('!') {
        Some(words) => list_of(words),
        None => verbs.chars().map(|c| Value::str(letter(c))).collect(),
    };
    let mut rule = Value::map();
    rule.set("verbs", verbs);
    let Some((groups, resources)) = what.split_once(':') else {
        let paths: Value = what.split(' ').map(Value::str).collect();
        rule.set("nonResourceURLs", paths);
        return rule;
    };
    let whole = |group: &str| match group.strip_suffix('.') {
        Some(group) => Value::from(format!("{group}.k8s.io")),
        None => Value::str(group),
    };
    let groups: Value = groups.split(',').map(whole).collect();
    rule.set("apiGroups", groups);
    let (resources, names) = resources.split_once('=').unwrap_or((resources, ""));
    rule.set("resources", list_of(resources));
    if !names.is_empty() {
        rule.set("resourceNames", list_of(names));
    }
    rule
}
