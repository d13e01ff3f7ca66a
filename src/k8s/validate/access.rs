//! Roles and their bindings, which are kept though nobody asks for them.
//!
//! Upstream: `pkg/apis/rbac/validation`.

use super::selector::label_selector;
use super::syntax::{path_segment, subdomain};
use super::{Errors, Path, Shown, meta};
use crate::k8s::{Kind, Value};

const GROUP: &str = "rbac.authorization.k8s.io";
const RULES: Path<'static> = Path::root("rules");
const ROLE_REF: Path<'static> = Path::root("roleRef");

pub fn create(errors: &mut Errors, kind: Kind, value: &Value) {
    let namespaced = kind.namespaced();
    meta::create(errors, value, namespaced, path_segment);
    if matches!(kind, Kind::Role | Kind::ClusterRole) {
        for (i, rule) in value.get("rules").items().iter().enumerate() {
            policy_rule(errors, &RULES.index(i), rule, namespaced);
        }
        aggregation(errors, value.get("aggregationRule"));
    } else {
        binding(errors, value, namespaced);
    }
}

pub fn update(errors: &mut Errors, kind: Kind, new: &Value, old: &Value) {
    create(errors, kind, new);
    let reference = new.get("roleRef");
    if reference != old.get("roleRef") {
        let text = |field| super::errors::quoted(reference.get(field).text());
        let shown = format!(
            "{{\"APIGroup\":{},\"Kind\":{},\"Name\":{}}}",
            text("apiGroup"),
            text("kind"),
            text("name")
        );
        errors.invalid(&ROLE_REF, Shown::Json(&shown), "cannot change roleRef");
    }
}

/// Upstream: `ValidatePolicyRule`.
fn policy_rule(errors: &mut Errors, at: &Path<'_>, rule: &Value, namespaced: bool) {
    let empty = |field: &str| rule.get(field).is_empty();
    if empty("verbs") {
        let detail = "verbs must contain at least one value";
        errors.required(&at.child("verbs"), detail);
    }
    if !empty("nonResourceURLs") {
        let (at, urls) = (at.child("nonResourceURLs"), rule.get("nonResourceURLs"));
        if namespaced {
            let detail = "namespaced rules cannot apply to non-resource URLs";
            errors.invalid(&at, urls, detail);
        }
        if !(empty("apiGroups") && empty("resources") && empty("resourceNames")) {
            let detail = "rules cannot apply to both regular resources and non-resource URLs";
            errors.invalid(&at, urls, detail);
        }
        return;
    }
    for (field, what) in [("apiGroups", "api group"), ("resources", "resource")] {
        if empty(field) {
            let detail = format!("resource rules must supply at least one {what}");
            errors.required(&at.child(field), &detail);
        }
    }
}

fn aggregation(errors: &mut Errors, rule: &Value) {
    if rule.is_null() {
        return;
    }
    let parent = Path::root("aggregationRule");
    let at = parent.child("clusterRoleSelectors");
    let selectors = rule.get("clusterRoleSelectors").items();
    if selectors.is_empty() {
        let detail = "at least one clusterRoleSelector required if aggregationRule is non-nil";
        errors.required(&at, detail);
    }
    for (i, selector) in selectors.iter().enumerate() {
        let before = errors.len();
        label_selector(errors, &at.index(i), selector);
        if errors.len() > before {
            let null = Shown::Json("null");
            errors.invalid(&at.index(i), null, "invalid label selector.");
        }
    }
}

/// Upstream: `ValidateRoleBinding`, `ValidateClusterRoleBinding`.
fn binding(errors: &mut Errors, value: &Value, namespaced: bool) {
    let reference = value.get("roleRef");
    let group = reference.get("apiGroup").text();
    if group != GROUP {
        errors.not_supported(&ROLE_REF.child("apiGroup"), group, &[GROUP]);
    }
    let kinds: &[&str] = if namespaced {
        &["Role", "ClusterRole"]
    } else {
        &["ClusterRole"]
    };
    let kind = reference.get("kind").text();
    if !kinds.contains(&kind) {
        errors.not_supported(&ROLE_REF.child("kind"), kind, kinds);
    }
    let role = reference.get("name").text();
    let at = ROLE_REF.child("name");
    if role.is_empty() {
        errors.required(&at, "");
    } else {
        errors.invalid_each(&at, role, path_segment(role));
    }
    let at = Path::root("subjects");
    for (i, one) in value.get("subjects").items().iter().enumerate() {
        subject(errors, &at.index(i), one, namespaced);
    }
}

fn subject(errors: &mut Errors, at: &Path<'_>, subject: &Value, namespaced: bool) {
    let text = |field| subject.get(field).text();
    if text("name").is_empty() {
        errors.required(&at.child("name"), "");
    }
    let group = match text("kind") {
        "ServiceAccount" => "",
        "User" | "Group" => GROUP,
        kind => {
            let kinds = ["ServiceAccount", "User", "Group"];
            errors.not_supported(&at.child("kind"), kind, &kinds);
            return;
        }
    };
    if group.is_empty() && !text("name").is_empty() {
        let name = text("name");
        errors.invalid_each(&at.child("name"), name, subdomain(name));
    }
    if text("apiGroup") != group {
        errors.not_supported(&at.child("apiGroup"), text("apiGroup"), &[group]);
    }
    if group.is_empty() && !namespaced && text("namespace").is_empty() {
        errors.required(&at.child("namespace"), "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    fn of_new(kind: Kind, mut value: Value) -> Vec<String> {
        let mut metadata = value!({"name": "a:B"});
        if kind.namespaced() {
            metadata.set("namespace", "default");
        }
        value.set("metadata", metadata);
        let mut errors = Errors::default();
        create(&mut errors, kind, &value);
        errors.lines()
    }

    #[test]
    fn rules_name_resources_or_addresses() {
        assert_eq!(
            of_new(
                Kind::Role,
                value!({"rules": [{}, {"nonResourceURLs": ["/x"], "verbs": ["get"]}]})
            ),
            [
                "rules[0].verbs: Required value: verbs must contain at least one value",
                "rules[0].apiGroups: Required value: resource rules must supply at least one api group",
                "rules[0].resources: Required value: resource rules must supply at least one resource",
                "rules[1].nonResourceURLs: Invalid value: [\"/x\"]: namespaced rules cannot apply to non-resource URLs",
            ]
        );
        let both = value!({"rules": [{"nonResourceURLs": ["/x"], "verbs": ["get"], "resources": ["pods"]}]});
        assert_eq!(
            of_new(Kind::ClusterRole, both),
            [
                "rules[0].nonResourceURLs: Invalid value: [\"/x\"]: rules cannot apply to both regular resources and non-resource URLs"
            ]
        );
        assert_eq!(
            of_new(Kind::ClusterRole, value!({"aggregationRule": {}})),
            [
                "aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil"
            ]
        );
    }

    #[test]
    fn bindings_keep_their_role() {
        let good =
            |kind: &'static str| value!({"apiGroup": GROUP, "kind": kind, "name": "system:x"});
        let bot = value!([{"kind": "ServiceAccount", "name": "bot"}]);
        let binding = value!({"roleRef": (good("Role")), "subjects": (bot)});
        assert!(of_new(Kind::RoleBinding, binding.clone()).is_empty());
        assert_eq!(
            of_new(Kind::ClusterRoleBinding, binding.clone()),
            [
                "roleRef.kind: Unsupported value: \"Role\": supported values: \"ClusterRole\"",
                "subjects[0].namespace: Required value",
            ]
        );
        let mut new = binding.clone();
        new.set("metadata", value!({"name": "a", "namespace": "default"}));
        new.set("roleRef", good("ClusterRole"));
        let mut errors = Errors::default();
        update(&mut errors, Kind::RoleBinding, &new, &binding);
        assert_eq!(
            errors.lines(),
            [
                "roleRef: Invalid value: {\"APIGroup\":\"rbac.authorization.k8s.io\",\"Kind\":\"ClusterRole\",\"Name\":\"system:x\"}: cannot change roleRef"
            ]
        );
    }
}
