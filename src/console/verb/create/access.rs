//! `kubectl create role`, `clusterrole`, `rolebinding`, `clusterrolebinding`: roles are kept, though
//! nobody here asks for them.
//!
//! Upstream: kubectl/pkg/cmd/create/create_role.go, create_clusterrole.go, create_rolebinding.go,
//! create_clusterrolebinding.go

use super::{Told, generated, name, sets};
use crate::console::args::{Flag, Takes, long};
use crate::console::error::Failure;
use crate::console::kubectl::{Call, Command, Run, Type};
use crate::console::task::Io;
use crate::k8s::{Kind, Str, Value};
use crate::value;

const GROUP: &str = "rbac.authorization.k8s.io";

const ROLE: &[Flag] = &[
    long("verb", Takes::List),
    long("resource", Takes::List),
    long("resource-name", Takes::Each),
];

const CLUSTER_ROLE: &[Flag] = &[
    long("verb", Takes::List),
    long("resource", Takes::List),
    long("resource-name", Takes::Each),
    long("non-resource-url", Takes::List),
    long("aggregation-rule", Takes::List),
];

const ROLE_BINDING: &[Flag] = &[
    long("role", Takes::Text),
    long("clusterrole", Takes::Text),
    long("user", Takes::Each),
    long("group", Takes::Each),
    long("serviceaccount", Takes::Each),
];

const CLUSTER_ROLE_BINDING: &[Flag] = &[
    long("clusterrole", Takes::Text),
    long("user", Takes::Each),
    long("group", Takes::Each),
    long("serviceaccount", Takes::Each),
];

pub static COMMANDS: &[Command] = &[
    Command {
        path: "create role",
        about: "Create a role with single rule",
        usage: "NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none]",
        flags: sets!(ROLE),
        required: &[],
        run: Run::Once(role),
    },
    Command {
        path: "create clusterrole",
        about: "Create a cluster role",
        usage: "NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none]",
        flags: sets!(CLUSTER_ROLE),
        required: &[],
        run: Run::Once(cluster_role),
    },
    Command {
        path: "create rolebinding",
        about: "Create a role binding for a particular role or cluster role",
        usage: "NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]",
        flags: sets!(ROLE_BINDING),
        required: &[],
        run: Run::Once(role_binding),
    },
    Command {
        path: "create clusterrolebinding",
        about: "Create a cluster role binding for a particular cluster role",
        usage: "NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]",
        flags: sets!(CLUSTER_ROLE_BINDING),
        required: &["clusterrole"],
        run: Run::Once(cluster_role_binding),
    },
];

/// The verbs of the API; others are warned about.
const VERBS: &[&str] = &[
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "use",
    "bind",
    "escalate",
    "impersonate",
    "approve",
    "sign",
    "attest",
    "proxy",
];

fn texts(texts: &[String]) -> Value {
    texts.iter().map(|t| Value::str(t)).collect()
}

/// The verbs that the flag names, `*` alone when it is among them.
fn verbs(call: &Call) -> Result<Vec<String>, Failure> {
    let mut verbs: Vec<String> = Vec::new();
    for verb in call.flags.list("verb") {
        if verb == "*" {
            return Ok(vec!["*".to_owned()]);
        }
        if !verbs.contains(verb) {
            verbs.push(verb.clone());
        }
    }
    if verbs.is_empty() {
        return Err(Failure::client("at least one verb must be specified"));
    }
    Ok(verbs)
}

/// The rules for the resources that the flag names: one a group, in the order in which groups first come.
fn resource_rules(call: &Call, verbs: &[String], io: &mut Io<'_>) -> Result<Vec<Value>, Failure> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    let mut put =
        |group: String, resource: String| match groups.iter_mut().find(|(g, _)| *g == group) {
            Some((_, resources)) => {
                if !resources.contains(&resource) {
                    resources.push(resource);
                }
            }
            None => groups.push((group, vec![resource])),
        };
    for verb in verbs {
        if verb != "*" && !VERBS.contains(&verb.as_str()) {
            io.err_line(format!("Warning: '{verb}' is not a standard resource verb"));
        }
    }
    let texts_given = call.flags.list("resource");
    // All resources of all groups leave no room for others.
    let all = texts_given.iter().find(|t| *t == "*");
    for text in all.map_or(texts_given, std::slice::from_ref) {
        let (word, part) = match text.split_once('/') {
            Some((word, part)) if !part.is_empty() => (word, format!("/{part}")),
            Some((word, _)) => (word, String::new()),
            None => (text.as_str(), String::new()),
        };
        let (name, group) = word.split_once('.').unwrap_or((word, ""));
        if name.is_empty() {
            return Err(Failure::client(
                "resource must be specified if apiGroup/subresource specified",
            ));
        }
        if name == "*" {
            put(group.to_owned(), format!("*{part}"));
            continue;
        }
        let Some(ty) = Type::find(word) else {
            let mut plain = format!("the server doesn't have a resource type \"{name}\"");
            if !group.is_empty() {
                plain.push_str(&format!(" in group \"{group}\""));
            }
            return Err(Failure::Plain(plain));
        };
        put(
            ty.resource.group.to_owned(),
            format!("{}{part}", ty.resource.name),
        );
    }
    let names = call.flags.list("resource-name");
    let rules = groups.iter().map(|(group, resources)| {
        let mut rule = value!({
            "apiGroups": [Value::str(group)], "resources": texts(resources), "verbs": texts(verbs),
        });
        if !names.is_empty() {
            rule.set("resourceNames", texts(names));
        }
        rule
    });
    Ok(rules.collect())
}

fn object(kind: &'static str, name: &str) -> Value {
    value!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": {"name": Value::str(name)},
    })
}

fn role(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let name = name(call)?.to_owned();
    let verbs = verbs(call)?;
    if call.flags.list("resource").is_empty() {
        return Err(Failure::client("at least one resource must be specified"));
    }
    let mut value = object("Role", &name);
    let rules = resource_rules(call, &verbs, io)?;
    value.set("rules", rules.into_iter().collect::<Value>());
    generated(call, Kind::Role, value, Told::Server, io)
}

fn cluster_role(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let name = name(call)?.to_owned();
    let mut value = object("ClusterRole", &name);
    let aggregated = call.flags.list("aggregation-rule");
    let urls = call.flags.list("non-resource-url");
    if !aggregated.is_empty() {
        if !call.flags.list("verb").is_empty() || !call.flags.list("resource").is_empty() {
            return Err(Failure::client(
                "aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames",
            ));
        }
        let mut labels = Value::map();
        for pair in aggregated {
            let (key, value) = pair.split_once('=').unwrap_or((pair.as_str(), ""));
            labels.set(Str::new(key), Str::new(value));
        }
        value.set(
            "aggregationRule",
            value!({"clusterRoleSelectors": [{"matchLabels": labels}]}),
        );
        value.set("rules", Value::Null);
        return generated(call, Kind::ClusterRole, value, Told::Server, io);
    }
    let verbs = verbs(call)?;
    if call.flags.list("resource").is_empty() && urls.is_empty() {
        return Err(Failure::client(
            "one of resource or nonResourceURL must be specified",
        ));
    }
    let mut rules = resource_rules(call, &verbs, io)?;
    if !urls.is_empty() {
        let known = [
            "get", "post", "put", "delete", "patch", "head", "options", "*",
        ];
        if let Some(verb) = verbs.iter().find(|v| !known.contains(&v.as_str())) {
            return Err(Failure::client(format!(
                "invalid verb: '{verb}' for nonResourceURL"
            )));
        }
        if urls.iter().any(|u| u != "*" && !u.starts_with('/')) {
            return Err(Failure::client("nonResourceURL should start with /"));
        }
        rules.push(value!({"nonResourceURLs": texts(urls), "verbs": texts(&verbs)}));
    }
    value.set("rules", rules.into_iter().collect::<Value>());
    generated(call, Kind::ClusterRole, value, Told::Server, io)
}

/// The users, groups and service accounts that are bound.
pub fn subjects(call: &Call) -> Result<Vec<Value>, Failure> {
    let mut subjects = Vec::new();
    for (flag, kind) in [("user", "User"), ("group", "Group")] {
        for name in call.flags.list(flag) {
            subjects.push(value!({
                "apiGroup": GROUP, "kind": kind, "name": Value::str(name),
            }));
        }
    }
    for account in call.flags.list("serviceaccount") {
        let wrong = || Failure::client("serviceaccount must be <namespace>:<name>");
        let (namespace, name) = account.split_once(':').ok_or_else(wrong)?;
        if namespace.is_empty() || name.is_empty() || name.contains(':') {
            return Err(wrong());
        }
        subjects.push(value!({
            "kind": "ServiceAccount", "name": Value::str(name), "namespace": Value::str(namespace),
        }));
    }
    Ok(subjects)
}

fn binding(
    call: &Call,
    kind: &'static str,
    of: &'static str,
    role: &str,
) -> Result<Value, Failure> {
    let name = name(call)?.to_owned();
    let mut value = object(kind, &name);
    value.set(
        "roleRef",
        value!({"apiGroup": GROUP, "kind": of, "name": Value::str(role)}),
    );
    let subjects = subjects(call)?;
    if !subjects.is_empty() {
        value.set("subjects", subjects.into_iter().collect::<Value>());
    }
    Ok(value)
}

fn role_binding(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    name(call)?;
    let text = |flag: &str| call.flags.text(flag).unwrap_or("");
    let (kind, role) = match (text("role"), text("clusterrole")) {
        ("", role) if !role.is_empty() => ("ClusterRole", role),
        (role, "") if !role.is_empty() => ("Role", role),
        _ => {
            return Err(Failure::client(
                "exactly one of clusterrole or role must be specified",
            ));
        }
    };
    let value = binding(call, "RoleBinding", kind, role)?;
    let told = Told::Inside("rolebinding");
    generated(call, Kind::RoleBinding, value, told, io)
}

fn cluster_role_binding(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let role = call.flags.text("clusterrole").unwrap_or("").to_owned();
    let value = binding(call, "ClusterRoleBinding", "ClusterRole", &role)?;
    let told = Told::Inside("clusterrolebinding");
    generated(call, Kind::ClusterRoleBinding, value, told, io)
}
