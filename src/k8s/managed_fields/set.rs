//! Sets of fields, as trees of path elements, and their form in `fieldsV1`.

use crate::k8s::ordered::{BTreeMap, BTreeSet};
use crate::k8s::{Map, Str, Value};
use std::fmt;

/// One step of a field's path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Element {
    Field(Str),
    /// An element of a keyed list, by its key fields in order of name.
    Key(Vec<(Str, Value)>),
    /// An element of a set.
    Item(Value),
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Element::Field(name) => write!(f, ".{name}"),
            Element::Key(fields) => {
                let fields: Vec<String> = fields.iter().map(|(k, v)| format!("{k}={v}")).collect();
                write!(f, "[{}]", fields.join(","))
            }
            Element::Item(value) => write!(f, "[={value}]"),
        }
    }
}

/// A set of paths.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Set {
    pub(super) members: BTreeSet<Element>,
    pub(super) children: BTreeMap<Element, Set>,
}

impl Set {
    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty() && self.children.values().all(Set::is_empty)
    }

    pub(super) fn insert(&mut self, path: &[Element]) {
        match path {
            [] => {}
            [last] => {
                self.members.insert(last.clone());
            }
            [first, rest @ ..] => self.children.entry(first.clone()).or_default().insert(rest),
        }
    }

    pub(super) fn below(&self, element: &Element) -> Option<&Set> {
        self.children.get(element)
    }

    /// Both sets' paths.
    pub(super) fn union(&self, other: &Set) -> Set {
        let mut out = self.clone();
        out.members.extend(other.members.iter().cloned());
        for (element, child) in &other.children {
            let mine = out.children.entry(element.clone()).or_default();
            *mine = mine.union(child);
        }
        out
    }

    fn keep(&self, other: &Set, wanted: bool) -> Set {
        let members = self
            .members
            .iter()
            .filter(|m| other.members.contains(m) == wanted);
        let nothing = Set::default();
        let children = self.children.iter().map(|(element, child)| {
            let theirs = other.children.get(element).unwrap_or(&nothing);
            (element.clone(), child.keep(theirs, wanted))
        });
        Set {
            members: members.cloned().collect(),
            children: children.filter(|(_, child)| !child.is_empty()).collect(),
        }
    }

    /// Paths that are in both.
    pub(super) fn intersection(&self, other: &Set) -> Set {
        self.keep(other, true)
    }

    /// Paths that are not in the other one.
    pub(super) fn difference(&self, other: &Set) -> Set {
        self.keep(other, false)
    }

    /// Drops a field and all below it.
    pub(super) fn drop_tree(&mut self, path: &[&'static str]) {
        match path {
            [] => {}
            [last] => {
                self.members.remove(&Element::Field(Str::from(*last)));
                self.children.remove(&Element::Field(Str::from(*last)));
            }
            [first, rest @ ..] => {
                if let Some(child) = self.children.get_mut(&Element::Field(Str::from(*first))) {
                    child.drop_tree(rest);
                }
            }
        }
    }

    /// Drops one path, not what is below it.
    pub(super) fn drop_path(&mut self, path: &[&'static str]) {
        match path {
            [] => {}
            [last] => {
                self.members.remove(&Element::Field(Str::from(*last)));
            }
            [first, rest @ ..] => {
                if let Some(child) = self.children.get_mut(&Element::Field(Str::from(*first))) {
                    child.drop_path(rest);
                }
            }
        }
    }

    /// Each path as it is printed, in order.
    pub(super) fn paths(&self) -> Vec<String> {
        let mut out = Vec::new();
        self.collect("", &mut out);
        out
    }

    fn collect(&self, prefix: &str, out: &mut Vec<String>) {
        out.extend(self.members.iter().map(|m| format!("{prefix}{m}")));
        for (element, child) in &self.children {
            child.collect(&format!("{prefix}{element}"), out);
        }
    }

    /// True if a `fieldsV1` has one of the set's paths.
    pub(super) fn meets(&self, fields_v1: &Value) -> bool {
        let own = |member: &Element| {
            let inner = fields_v1.field(&name(member));
            inner.is_some_and(|v| v.is_empty() || v.field(".").is_some())
        };
        self.members.iter().any(own)
            || self.children.iter().any(|(element, child)| {
                let inner = fields_v1.field(&name(element));
                inner.is_some_and(|v| child.meets(v))
            })
    }

    /// The `fieldsV1` of the set.
    pub(super) fn to_value(&self) -> Value {
        let mut out = Map::new();
        let dot = Value::map;
        for member in &self.members {
            if !self.children.contains_key(member) {
                out.insert(name(member), dot());
            }
        }
        for (element, child) in &self.children {
            let mut inner = child.to_value();
            if self.members.contains(element) {
                inner.set(".", dot());
            }
            if !inner.is_empty() {
                out.insert(name(element), inner);
            }
        }
        Value::from(out)
    }

    /// Reads a `fieldsV1`; names that cannot be read are passed over.
    pub(super) fn read(value: &Value) -> Set {
        let mut out = Set::default();
        for (key, inner) in value.fields() {
            let Some(element) = element(key) else {
                continue;
            };
            if inner.is_empty() || inner.field(".").is_some() {
                out.members.insert(element.clone());
            }
            let child = Set::read(inner);
            if !child.is_empty() {
                out.children.insert(element, child);
            }
        }
        out
    }
}

fn name(element: &Element) -> String {
    match element {
        Element::Field(name) => format!("f:{name}"),
        Element::Key(fields) => {
            let map: Map = fields.iter().cloned().collect();
            format!("k:{}", Value::from(map))
        }
        Element::Item(value) => format!("v:{value}"),
    }
}

fn element(name: &str) -> Option<Element> {
    let (kind, rest) = name.split_once(':')?;
    match kind {
        "f" => Some(Element::Field(Str::new(rest))),
        "k" => {
            let fields = crate::k8s::json::parse(rest).ok()?;
            let fields = fields.fields().map(|(k, v)| (k.clone(), v.clone()));
            Some(Element::Key(fields.collect()))
        }
        "v" => crate::k8s::json::parse(rest).ok().map(Element::Item),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn reads_what_it_writes() {
        let fields = value!({"f:metadata": {"f:labels": {".": {}, "f:a": {}}, "f:finalizers": {"v:\"x\"": {}}},
            "f:spec": {"f:ports": {"k:{\"containerPort\":80,\"protocol\":\"TCP\"}": {".": {}, "f:containerPort": {}}}}});
        let set = Set::read(&fields);
        assert_eq!(set.to_value(), fields);
        assert_eq!(
            set.paths(),
            [
                ".metadata.labels",
                ".metadata.finalizers[=\"x\"]",
                ".metadata.labels.a",
                ".spec.ports[containerPort=80,protocol=\"TCP\"]",
                ".spec.ports[containerPort=80,protocol=\"TCP\"].containerPort",
            ]
        );
        assert!(set.difference(&set).is_empty());
        assert_eq!(set.union(&Set::default()), set);
        assert_eq!(set.intersection(&set), set);
    }
}
