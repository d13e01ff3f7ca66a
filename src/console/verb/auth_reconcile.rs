//! `kubectl auth reconcile`: roles and bindings get what their manifests say, and keep the rest.
//!
//! Upstream: kubectl/pkg/cmd/auth/reconcile.go, component-helpers/auth/rbac/reconciliation

use crate::console::args::{Flag, Takes, long};
use crate::console::error::Failure;
use crate::console::kubectl::call::DryRun;
use crate::console::kubectl::manifest::{self, Check, Manifest};
use crate::console::kubectl::request::Sender;
use crate::console::kubectl::{Call, Command, Run, flags, items, say};
use crate::console::task::Io;
use crate::k8s::{Kind, Value};
use crate::value;

const FLAGS: &[Flag] = &[
    long("remove-extra-permissions", Takes::Bool),
    long("remove-extra-subjects", Takes::Bool),
];

pub static COMMANDS: &[Command] = &[Command {
    path: "auth reconcile",
    about: "Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects",
    usage: "-f FILENAME",
    flags: &[FLAGS, flags::FILES, flags::OUTPUT, flags::DRY_RUN],
    required: &[],
    run: Run::Once(run),
}];

fn run(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    manifest::required(call)?;
    if call.dry_run()?.0 == DryRun::Server {
        return Err(Failure::client(
            "--dry-run=server for command reconcile is not supported yet",
        ));
    }
    let sender = Sender::of(call, "kubectl-auth-reconcile", io)?;
    let read = manifest::read(call, Check::Head, io)?;
    Failure::gather(read.failures)?;
    for manifest in read.objects {
        one(call, &sender, &manifest, io)?;
    }
    Ok(())
}

/// A list of the object, in the words of the report: its field, its name there, what its entries are made of.
struct Part {
    field: &'static str,
    words: &'static str,
    keys: &'static [(&'static str, &'static str)],
}

const RULES: Part = Part {
    field: "rules",
    words: "rules",
    keys: &[
        ("Verbs", "verbs"),
        ("APIGroups", "apiGroups"),
        ("Resources", "resources"),
        ("ResourceNames", "resourceNames"),
        ("NonResourceURLs", "nonResourceURLs"),
    ],
};

const SUBJECTS: Part = Part {
    field: "subjects",
    words: "subjects",
    keys: &[
        ("Kind", "kind"),
        ("APIGroup", "apiGroup"),
        ("Name", "name"),
        ("Namespace", "namespace"),
    ],
};

fn one(call: &Call, sender: &Sender, given: &Manifest, io: &mut Io<'_>) -> Result<(), Failure> {
    let kind = items::stored(given.ty)?;
    let (part, flag) = match kind {
        Kind::Role | Kind::ClusterRole => (&RULES, FLAGS[0].name),
        Kind::RoleBinding | Kind::ClusterRoleBinding => (&SUBJECTS, FLAGS[1].name),
        _ => return Ok(()),
    };
    let remove = call.flags.is(flag);
    let api = io.cluster.api();
    let live = api.find(kind, &given.namespace, &given.name).ok();
    let wanted = given.value.get(part.field);
    let (mut missing, mut extra) = (wanted.items().to_vec(), Vec::new());
    let mut new = given.value.clone();
    let mut operation = "create";
    if let Some(live) = live {
        let (live, same) = (live.value(), |f: &str| {
            live.value().get("roleRef").get(f) == given.value.get("roleRef").get(f)
        });
        let now = live.get(part.field);
        missing = uncovered(part, now, wanted);
        extra = uncovered(part, wanted, now);
        new = live.clone();
        for field in ["labels", "annotations"] {
            for (key, value) in given.value.get("metadata").get(field).fields() {
                new.at_mut(&["metadata", field])
                    .set(key.clone(), value.clone());
            }
        }
        if remove && !(missing.is_empty() && extra.is_empty()) {
            new.set(part.field, wanted.clone());
        } else {
            for entry in &missing {
                new.at_mut(&[part.field]).push(entry.clone());
            }
        }
        operation = if &new == live { "" } else { "update" };
        if part.field == "subjects" && !(same("kind") && same("name")) {
            (operation, new) = ("recreate", given.value.clone());
            (missing, extra) = (Vec::new(), Vec::new());
        }
    }
    if !sender.client_only() && !operation.is_empty() {
        let namespace = given.namespace.as_str();
        if operation == "recreate" {
            let options = crate::cluster::DeleteOptions::default();
            sender.delete(kind, (namespace, &given.name), options, io)?;
        }
        if operation == "update" {
            sender.update(kind, new.clone(), io)?;
        } else {
            sender.create(kind, namespace, new.clone(), io)?;
        }
    }
    let done = format!("reconciled{}", sender.suffix());
    say::made(call, given.ty, &given.name, &new, &done, io)?;
    if say::whole(call) || operation.is_empty() {
        return Ok(());
    }
    io.line(format!("\treconciliation required {operation}"));
    tell(part, "missing", "added", &missing, io);
    if remove {
        tell(part, "extra", "removed", &extra, io);
    }
    Ok(())
}

fn tell(part: &Part, which: &str, done: &str, entries: &[Value], io: &mut Io<'_>) {
    if entries.is_empty() {
        return;
    }
    io.line(format!("\t{which} {} {done}:", part.words));
    for entry in entries {
        let shown = part.keys.iter().map(|(name, key)| match entry.get(key) {
            list if part.field == "rules" => {
                let words: Vec<&str> = list.items().iter().map(Value::text).collect();
                format!("{name}:[{}]", words.join(" "))
            }
            text => format!("{name}:{}", text.text()),
        });
        let shown: Vec<String> = shown.collect();
        io.line(format!("\t\t{{{}}}", shown.join(" ")));
    }
}

/// What `wanted` holds and `owner` does not. Rules are taken apart: one verb, one resource each.
///
/// Upstream: component-helpers/auth/rbac/validation `Covers`
fn uncovered(part: &Part, owner: &Value, wanted: &Value) -> Vec<Value> {
    let wanted = wanted.items().iter();
    if part.field == "subjects" {
        let missing = wanted.filter(|s| !owner.items().contains(s));
        return missing.cloned().collect();
    }
    let parts = wanted.flat_map(single);
    let missing = parts.filter(|rule| !owner.items().iter().any(|o| covers(o, rule)));
    missing.collect()
}

/// The rules of one verb, group, resource and name each that a rule stands for.
fn single(rule: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    let all = |key: &str| rule.get(key).items().to_vec();
    let names = match all("resourceNames") {
        names if names.is_empty() => vec![Value::Null],
        names => names,
    };
    for verb in all("verbs") {
        for group in all("apiGroups") {
            for resource in all("resources") {
                for name in &names {
                    let mut rule = value!({
                        "apiGroups": [group.clone()], "resources": [resource.clone()], "verbs": [verb.clone()],
                    });
                    if !name.is_null() {
                        rule.set("resourceNames", value!([name.clone()]));
                    }
                    found.push(rule);
                }
            }
        }
    }
    for verb in all("verbs") {
        for url in all("nonResourceURLs") {
            found.push(value!({"nonResourceURLs": [url], "verbs": [verb.clone()]}));
        }
    }
    found
}

fn covers(owner: &Value, rule: &Value) -> bool {
    let has = |key: &str| {
        let (all, one) = (owner.get(key).items(), rule.get(key).index(0));
        one.is_null() || all.iter().any(|v| v == one || v.text() == "*")
    };
    let named = owner.get("resourceNames").is_empty() || has("resourceNames");
    let any_name = rule.get("resourceNames").is_empty() && !owner.get("resourceNames").is_empty();
    ["verbs", "apiGroups", "resources", "nonResourceURLs"]
        .iter()
        .all(|key| has(key))
        && named
        && !any_name
}
