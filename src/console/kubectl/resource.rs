//! `Type`: a resource type as it is named on the command line.

use crate::k8s::kind::KINDS;
use crate::k8s::schema::{Resource, schema};
use crate::k8s::{Kind, Value, decode};

/// A resource of the server; stored kinds have a [`Kind`], the others are known by name only.
#[derive(Clone, Copy, Debug)]
pub struct Type {
    pub resource: &'static Resource,
    pub kind: Option<Kind>,
}

impl PartialEq for Type {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.resource, other.resource)
    }
}

impl Type {
    fn new(resource: &'static Resource) -> Self {
        // Autoscalers of the first version are kept as those of the second.
        let same = |k: &&crate::k8s::kind::KindInfo| {
            k.name == resource.kind
                && (k.version == resource.version || k.kind == Kind::HorizontalPodAutoscaler)
                && (k.group == resource.group
                    || (k.kind == Kind::Event && resource.group == "events.k8s.io"))
        };
        let kind = KINDS.iter().find(same).map(|k| k.kind);
        Self { resource, kind }
    }

    /// The type of a resource.
    pub fn of_resource(resource: &'static Resource) -> Self {
        Self::new(resource)
    }

    /// The type of a stored kind.
    pub fn of(kind: Kind) -> Self {
        let same = |r: &&Resource| r.kind == kind.name() && r.group == kind.group();
        let resource = schema().resources().iter().find(same);
        let resource = resource.expect("every stored kind is a resource of the server");
        Self {
            resource,
            kind: Some(kind),
        }
    }

    /// The type that a word means. Types without `list` are no words of the command line.
    pub fn find(word: &str) -> Option<Self> {
        let word = Some(word).filter(|w| !w.is_empty())?;
        let ty = schema().resource(word).map(Self::new)?;
        // Whatever version the word names, the server answers in the one that it prefers.
        Some(match ty.kind {
            Some(kind @ Kind::HorizontalPodAutoscaler) => Self::of(kind),
            _ => ty,
        })
    }

    /// An object as a request for this type shows it.
    pub fn shown(self, value: &Value) -> Value {
        let old = self.resource.version == "v1" && self.kind == Some(Kind::HorizontalPodAutoscaler);
        if old && !value.get("spec").is_null() {
            decode::downgraded(value)
        } else {
            value.clone()
        }
    }

    /// All types with `list`, in the order of `kubectl api-resources`.
    pub fn all() -> impl Iterator<Item = Type> {
        let whole = schema()
            .resources()
            .iter()
            .filter(|r| !r.name.contains('/'));
        whole.map(Self::new)
    }

    /// The types of the category that a word names, in order.
    pub fn category(word: &str) -> Vec<Type> {
        let mut types: Vec<Type> = Vec::new();
        for ty in Self::all().filter(|t| t.resource.categories.contains(&word)) {
            // A resource in several versions counts once.
            if !types.iter().any(|t| t.full_name() == ty.full_name()) {
                types.push(ty);
            }
        }
        types
    }

    /// Other types that a short name could mean as well.
    pub fn others(self, word: &str) -> Vec<String> {
        if !self.resource.short_names.contains(&word) {
            return Vec::new();
        }
        Self::all()
            .filter(|t| t.full_name() != self.full_name() && t.resource.short_names.contains(&word))
            .map(Type::full_name)
            .collect()
    }

    /// `daemonset.apps`: as success lines begin.
    pub fn qualified(self) -> String {
        qualified(self.resource.singular, self.resource.group)
    }

    /// `daemonsets.apps`: as errors name it.
    pub fn full_name(self) -> String {
        qualified(self.resource.name, self.resource.group)
    }

    /// `apps/v1, Resource=daemonsets`
    pub fn group_version_resource(self) -> String {
        format!(
            "{}/{}, Resource={}",
            self.resource.group, self.resource.version, self.resource.name
        )
    }

    /// Whether the server knows this subresource of it.
    pub fn has_part(self, part: &str) -> bool {
        let name = format!("{}/{part}", self.resource.name);
        let own = |r: &&Resource| r.group == self.resource.group && r.name == name;
        schema().resources().iter().find(own).is_some()
    }

    pub fn namespaced(self) -> bool {
        self.resource.namespaced
    }
}

fn qualified(name: &str, group: &str) -> String {
    if group.is_empty() {
        name.to_owned()
    } else {
        format!("{name}.{group}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_types() {
        let rows = [
            ("ds", Some("daemonset.apps")),
            ("DaemonSet", Some("daemonset.apps")),
            ("DS", None),
            ("po", Some("pod")),
            ("daemonsets.v1.apps", Some("daemonset.apps")),
            ("pods.foo", None),
            ("hpa", Some("horizontalpodautoscaler.autoscaling")),
        ];
        for (word, want) in rows {
            assert_eq!(
                Type::find(word).map(Type::qualified).as_deref(),
                want,
                "{word}"
            );
        }
    }

    #[test]
    fn all_is_what_kubectl_means() {
        let names: Vec<_> = Type::category("all")
            .into_iter()
            .map(Type::full_name)
            .collect();
        assert_eq!(
            names.join(" "),
            "pods replicationcontrollers services daemonsets.apps deployments.apps replicasets.apps \
             statefulsets.apps horizontalpodautoscalers.autoscaling cronjobs.batch jobs.batch"
        );
    }
}
