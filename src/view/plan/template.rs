//! Which fields of a pod template differ.

use crate::k8s::Value;

/// The names of the fields that differ, in the order of the tree, each once.
pub(super) fn changed(before: &Value, after: &Value) -> Vec<String> {
    let mut out = Vec::new();
    walk(before, after, "", &mut out);
    out
}

fn walk(before: &Value, after: &Value, name: &str, out: &mut Vec<String>) {
    if before == after {
        return;
    }
    // Labels and annotations are maps with free keys: the map's name says more.
    let free = matches!(
        name,
        "labels" | "annotations" | "nodeSelector" | "requests" | "limits"
    );
    if let (Some(old), Some(new), false) = (before.as_map(), after.as_map(), free) {
        let gone = old.keys().filter(|key| !new.contains_key(key));
        for key in new.keys().chain(gone) {
            walk(before.get(key), after.get(key), key, out);
        }
        return;
    }
    if matches!(name, "containers" | "initContainers") && same_names(before, after) {
        for (old, new) in before.items().iter().zip(after.items()) {
            walk(old, new, name, out);
        }
        return;
    }
    if !out.iter().any(|known| known == name) {
        out.push(name.to_owned());
    }
}

fn same_names(before: &Value, after: &Value) -> bool {
    let (old, new) = (before.items(), after.items());
    let names = |(a, b): (&Value, &Value)| a.get("name") == b.get("name");
    !old.is_empty() && old.len() == new.len() && old.iter().zip(new).all(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn fields_are_named_where_they_differ() {
        let base = value!({"metadata": {"labels": {"a": "1"}}, "spec": {
            "containers": [{"name": "c", "image": "x:1", "env": [{"name": "E", "value": "1"}]}],
            "tolerations": [{"key": "a"}]}});
        let rows: [(&str, Value, &[&str]); 4] = [
            ("nothing", base.clone(), &[]),
            (
                "image and toleration",
                value!({"metadata": {"labels": {"a": "1"}}, "spec": {
                    "containers": [{"name": "c", "image": "x:2", "env": [{"name": "E", "value": "1"}]}],
                    "tolerations": [{"key": "a"}, {"key": "b"}]}}),
                &["image", "tolerations"],
            ),
            (
                "another container",
                value!({"metadata": {"labels": {"a": "1"}}, "spec": {
                    "containers": [{"name": "d", "image": "x:1"}],
                    "tolerations": [{"key": "a"}], "nodeSelector": {"disk": "ssd"}}}),
                &["containers", "nodeSelector"],
            ),
            (
                "label and environment",
                value!({"metadata": {"labels": {"a": "2"}}, "spec": {
                    "containers": [{"name": "c", "image": "x:1", "env": [{"name": "E", "value": "2"}]}],
                    "tolerations": [{"key": "a"}]}}),
                &["labels", "env"],
            ),
        ];
        for (what, after, fields) in rows {
            assert_eq!(changed(&base, &after), fields, "{what}");
        }
    }
}
