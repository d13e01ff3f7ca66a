//! Many nodes at once: their names and what they declare, read from a short form.

use super::Say;
use crate::k8s::names::{dns1123_subdomain_errors, label_value_errors, qualified_name_errors};
use crate::k8s::quantity::Quantity;
use crate::k8s::{Str, Value};
use crate::{say, value};

/// Nodes added at once, at most.
pub const JOIN_MAX: usize = 20_000;

/// The form, as it was filled in.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Joining {
    pub count: usize,
    /// `{}` stands for the number; without it the number comes at the end.
    pub pattern: String,
    /// `key=value`, separated by commas.
    pub labels: String,
    /// `key=value:Effect`, separated by commas.
    pub taints: String,
    pub cpu: String,
    pub memory: String,
    pub pods: String,
}

/// The nodes of a form that is right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Nodes {
    pub names: Vec<String>,
    labels: Value,
    taints: Value,
    capacity: Value,
}

const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

impl Joining {
    /// Reads the form; `taken` tells which names there are already.
    pub fn read(&self, taken: impl Fn(&str) -> bool) -> Result<Nodes, Say> {
        if self.count == 0 || self.count > JOIN_MAX {
            return Err(say!(
                "between 1 and {} nodes can be added at once",
                &JOIN_MAX
            ));
        }
        let names = names(self.pattern.trim(), self.count, taken);
        if let Some(name) = names
            .iter()
            .find(|name| !dns1123_subdomain_errors(name).is_empty())
        {
            return Err(say!("{} cannot be the name of a node", name));
        }
        Ok(Nodes {
            names,
            labels: labels(&self.labels)?,
            taints: taints(&self.taints)?,
            capacity: self.capacity()?,
        })
    }

    fn capacity(&self) -> Result<Value, Say> {
        let mut capacity = value!({});
        let rows = [
            ("cpu", &self.cpu),
            ("memory", &self.memory),
            ("pods", &self.pods),
        ];
        for (resource, text) in rows {
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            let fits = Quantity::parse(text).is_ok_and(|quantity| !quantity.is_negative());
            if !fits {
                return Err(say!("{} is not an amount of {}", text, resource));
            }
            capacity.set(resource, Value::str(text));
        }
        Ok(capacity)
    }
}

impl Nodes {
    /// The object of one of them.
    pub fn node(&self, name: &str) -> Value {
        let mut node = value!({"apiVersion": "v1", "kind": "Node",
            "metadata": {"name": Value::str(name)}});
        if !self.labels.is_empty() {
            node.set_at(&["metadata", "labels"], self.labels.clone());
        }
        if !self.taints.is_empty() {
            node.set_at(&["spec", "taints"], self.taints.clone());
        }
        if !self.capacity.is_empty() {
            node.set_at(&["status", "capacity"], self.capacity.clone());
        }
        node
    }
}

fn names(pattern: &str, count: usize, taken: impl Fn(&str) -> bool) -> Vec<String> {
    let pattern = match pattern {
        "" => "worker{}".to_owned(),
        one if count == 1 && !one.contains("{}") => one.to_owned(),
        many if many.contains("{}") => many.to_owned(),
        many => format!("{many}-{{}}"),
    };
    if !pattern.contains("{}") {
        return vec![pattern];
    }
    let width = count.to_string().len().max(2);
    let name = |n: usize| pattern.replace("{}", &format!("{n:0width$}"));
    let free = (1..).map(name).filter(|name| !taken(name));
    free.take(count).collect()
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '\n', ' '])
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
}

fn labels(text: &str) -> Result<Value, Say> {
    let mut labels = value!({});
    for piece in pieces(text) {
        let (key, value) = piece.split_once('=').unwrap_or((piece, ""));
        let wrong = !qualified_name_errors(key).is_empty() || !label_value_errors(value).is_empty();
        if wrong {
            return Err(say!("{} is not a label", piece));
        }
        labels.set(Str::new(key), Value::str(value));
    }
    Ok(labels)
}

fn taints(text: &str) -> Result<Value, Say> {
    let mut taints = Vec::new();
    for piece in pieces(text) {
        let wrong = || say!("{} is not a taint: write key=value:Effect", piece);
        let (left, effect) = piece.rsplit_once(':').ok_or_else(wrong)?;
        let (key, value) = left.split_once('=').unwrap_or((left, ""));
        let right = EFFECTS.contains(&effect)
            && qualified_name_errors(key).is_empty()
            && label_value_errors(value).is_empty();
        if !right {
            return Err(wrong());
        }
        let mut taint = value!({"key": Value::str(key), "effect": Value::str(effect)});
        if !value.is_empty() {
            taint.set("value", Value::str(value));
        }
        taints.push(taint);
    }
    Ok(Value::from(taints))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(count: usize, pattern: &str) -> Joining {
        Joining {
            count,
            pattern: pattern.to_owned(),
            ..Joining::default()
        }
    }

    #[test]
    fn names_are_free_and_numbered() {
        let rows: [(usize, &str, &[&str]); 4] = [
            (1, "edge", &["edge"]),
            (2, "edge", &["edge-01", "edge-02"]),
            (3, "", &["worker02", "worker03", "worker04"]),
            (2, "gpu-{}.rack", &["gpu-01.rack", "gpu-02.rack"]),
        ];
        for (count, pattern, expected) in rows {
            let nodes = form(count, pattern).read(|name| name == "worker01");
            assert_eq!(nodes.expect("right").names, expected);
        }
        let many = form(5000, "n{}").read(|_| false).expect("right");
        assert_eq!(many.names[4999], "n5000");
        assert_eq!(many.names[0], "n0001");
    }

    #[test]
    fn what_is_declared_is_in_the_object() {
        let nodes = Joining {
            labels: "zone=a, disk=ssd".to_owned(),
            taints: "gpu:NoSchedule,x=y:NoExecute".to_owned(),
            cpu: "500m".to_owned(),
            memory: "1Gi".to_owned(),
            ..form(1, "one")
        };
        let node = nodes.read(|_| false).expect("right").node("one");
        assert_eq!(
            node.at(&["metadata", "labels", "disk"]).as_str(),
            Some("ssd")
        );
        assert_eq!(
            node.at(&["spec", "taints"]).index(1).get("value").as_str(),
            Some("y")
        );
        assert_eq!(
            node.at(&["status", "capacity", "cpu"]).as_str(),
            Some("500m")
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        let rows = [
            (
                form(0, ""),
                "between 1 and 20000 nodes can be added at once",
            ),
            (form(1, "No_Name"), "No_Name cannot be the name of a node"),
            (
                Joining {
                    taints: "a=b".to_owned(),
                    ..form(1, "")
                },
                "a=b is not a taint: write key=value:Effect",
            ),
            (
                Joining {
                    labels: "-=b".to_owned(),
                    ..form(1, "")
                },
                "-=b is not a label",
            ),
            (
                Joining {
                    cpu: "much".to_owned(),
                    ..form(1, "")
                },
                "much is not an amount of cpu",
            ),
        ];
        for (form, says) in rows {
            let wrong = form.read(|_| false).expect_err("wrong");
            assert_eq!(wrong.to_string(), says);
        }
    }
}
