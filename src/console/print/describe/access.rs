//! Descriptions of roles and their bindings. They have no events.

use super::{Writer, pieces};
use crate::k8s::order::InOrder;
use crate::k8s::{Object, Value};

/// Upstream: kubectl/pkg/describe/describe.go `RoleDescriber`, `RoleBindingDescriber`.
pub fn describe(w: &mut Writer, object: &Object) {
    w.field(0, "Name", object.name());
    pieces::labels_and_annotations(w, object);
    let value = object.value();
    let role = value.get("roleRef");
    if role.is_null() {
        w.line(0, "PolicyRule:");
        w.line(1, "Resources\tNon-Resource URLs\tResource Names\tVerbs");
        w.line(1, "---------\t-----------------\t--------------\t-----");
        for rule in rules(value.get("rules").items()) {
            let [resource, url, name, verbs] = &rule.cells;
            w.line(1, format!("{resource}\t[{url}]\t[{name}]\t[{verbs}]"));
        }
        return;
    }
    w.line(0, "Role:");
    w.field(1, "Kind", role.get("kind").text());
    w.field(1, "Name", role.get("name").text());
    w.line(0, "Subjects:");
    w.line(1, "Kind\tName\tNamespace");
    w.line(1, "----\t----\t---------");
    for subject in value.get("subjects").items() {
        let [kind, name, namespace] = ["kind", "name", "namespace"].map(|f| subject.get(f).text());
        w.line(1, format!("{kind}\t{name}\t{namespace}"));
    }
}

/// A rule for one resource (and name) or one address.
pub struct Rule {
    /// What rules are gathered and sorted by, behind their verbs.
    key: [String; 4],
    /// Resource with its group, address, resource name, verbs.
    pub cells: [String; 4],
}

/// Each resource by itself with all its verbs; addresses stay apart.
///
/// Upstream: component-helpers/auth/rbac/validation `BreakdownRule`, kubectl/pkg/util/rbac `CompactRules`.
pub fn rules(rules: &[Value]) -> Vec<Rule> {
    let mut all: Vec<Rule> = Vec::new();
    for rule in rules {
        let list = |field: &str| -> Vec<&str> {
            rule.get(field).items().iter().map(Value::text).collect()
        };
        let (verbs, names) = (list("verbs"), list("resourceNames"));
        let names = if names.is_empty() { vec![""] } else { names };
        for group in list("apiGroups") {
            for resource in list("resources") {
                for verb in &verbs {
                    for name in &names {
                        add(&mut all, [group, resource, name, ""], verb);
                    }
                }
            }
        }
        for url in list("nonResourceURLs") {
            for verb in &verbs {
                add(&mut all, ["", "", "", url], verb);
            }
        }
    }
    // Sorted as Go writes the rules.
    all.order_by_key(|rule| {
        let [group, resource, name, url] = &rule.key;
        format!("{}] [{group}] [{resource}] [{name}] [{url}]", rule.cells[3])
    });
    all
}

fn add(all: &mut Vec<Rule>, key: [&str; 4], verb: &str) {
    let [group, resource, name, url] = key;
    let same = |r: &&mut Rule| url.is_empty() && r.key == key;
    if let Some(rule) = all.iter_mut().find(same) {
        rule.cells[3].push(' ');
        rule.cells[3].push_str(verb);
        return;
    }
    let (plain, part) = match resource.split_once('/') {
        Some((plain, part)) => (plain, format!("/{part}")),
        None => (resource, String::new()),
    };
    let dot = if group.is_empty() { "" } else { "." };
    all.push(Rule {
        key: key.map(str::to_owned),
        cells: [
            format!("{plain}{dot}{group}{part}"),
            url.to_owned(),
            name.to_owned(),
            verb.to_owned(),
        ],
    });
}
