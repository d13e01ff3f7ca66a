//! What the page says of a placement is what the controller decides, and every change that it suggests flips that,
//! applied here as its console line says, and as its YAML in the manifest.

use daemonset_playground::k8s::{Kind, Object, Value, json, yaml};
use daemonset_playground::parts::daemonset::placement::decide;
use daemonset_playground::sim::Rng;
use daemonset_playground::value;
use daemonset_playground::view::explain::reason;
use daemonset_playground::view::fix::{fixes, inserted};

fn pick<'a>(rng: &mut Rng, from: &[&'a str]) -> &'a str {
    from[usize::try_from(rng.below(from.len() as u64)).expect("small")]
}

fn list(rng: &mut Rng, most: u64, one: impl Fn(&mut Rng) -> Value) -> Value {
    let mut list = Value::list();
    for _ in 0..rng.below(most + 1) {
        list.push(one(rng));
    }
    list
}

fn labels(rng: &mut Rng) -> Value {
    let mut map = Value::map();
    for _ in 0..rng.below(3) {
        let key = pick(rng, &["a", "b", "x.y/c"]);
        map.set(key.to_owned(), Value::str(pick(rng, &["1", "2", "x"])));
    }
    map
}

fn taint(rng: &mut Rng) -> Value {
    let value = Value::str(pick(rng, &["", "v"]));
    let effect = pick(rng, &["NoSchedule", "NoExecute", "PreferNoSchedule"]);
    value!({"key": Value::str(pick(rng, &["k", "l", "m"])), "value": value, "effect": Value::str(effect)})
}

fn term(rng: &mut Rng) -> Value {
    let labels = list(rng, 3, |rng| {
        let operator = pick(rng, &["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]);
        let key = Value::str(pick(rng, &["a", "b", "x.y/c"]));
        let mut one = value!({"key": key, "operator": Value::str(operator)});
        if !operator.contains("xist") {
            one.set("values", value!([Value::str(pick(rng, &["0", "1", "2"]))]));
        }
        one
    });
    let fields = list(rng, 1, |rng| {
        let (operator, name) = (pick(rng, &["In", "NotIn"]), pick(rng, &["n", "o"]));
        value!({"key": "metadata.name", "operator": Value::str(operator), "values": [Value::str(name)]})
    });
    value!({"matchExpressions": labels, "matchFields": fields})
}

/// A node and a DaemonSet.
fn pair(rng: &mut Rng) -> (Value, Value) {
    let (marks, taints) = (labels(rng), list(rng, 3, taint));
    let node = value!({"metadata": {"name": "n", "labels": marks}, "spec": {"taints": taints}});
    let mut pod = value!({"containers": [{"name": "c", "image": "i"}]});
    if rng.below(2) == 0 {
        pod.set("tolerations", list(rng, 2, taint));
    }
    if rng.below(2) == 0 {
        pod.set("nodeSelector", labels(rng));
    }
    if rng.below(4) == 0 {
        pod.set("nodeName", Value::str(pick(rng, &["n", "o"])));
    }
    if rng.below(2) == 0 {
        let terms = list(rng, 3, term);
        let required = value!({"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}});
        pod.set("affinity", value!({"nodeAffinity": required}));
    }
    let set = value!({"kind": "DaemonSet", "metadata": {"name": "d", "namespace": "default"},
        "spec": {"template": {"spec": pod}}});
    (node, set)
}

/// Applies a JSON patch of removals and additions.
fn patch(ops: &str, set: &mut Value) {
    let ops = json::parse(ops).expect("JSON");
    for op in ops.items() {
        let path = op.get("path").text().trim_start_matches('/');
        let mut steps: Vec<String> = path.split('/').map(|s| s.replace("~1", "/")).collect();
        let last = steps.pop().expect("a path");
        let mut at = &mut *set;
        for step in steps {
            at = at.map_mut().entry(step);
        }
        match (op.get("op").text(), last.as_str()) {
            ("remove", last) => assert!(at.remove(last).is_some(), "{path}"),
            (_, "-") => at.push(op.get("value").clone()),
            (_, last) => at.set(last.to_owned(), op.get("value").clone()),
        }
    }
}

/// What `kubectl label`, `kubectl taint` and `kubectl patch` do.
fn apply(line: &str, node: &mut Value, set: &mut Value) {
    if let Some((_, ops)) = line.split_once(" -p '") {
        return patch(ops.trim_end_matches('\''), set);
    }
    for command in line.split(" && ") {
        let words = command.split(' ').skip(4).filter(|w| *w != "--overwrite");
        for word in words {
            if !command.starts_with("kubectl taint") {
                let kept = node.at_mut(&["metadata", "labels"]);
                match word.split_once('=') {
                    Some((key, value)) => kept.set(key.to_owned(), Value::str(value)),
                    None => drop(kept.remove(word.trim_end_matches('-'))),
                }
                continue;
            }
            let (taint, effect) = word
                .trim_end_matches('-')
                .split_once(':')
                .expect("an effect");
            let key = taint.split('=').next().expect("a key");
            let mut list = Value::list();
            for t in node.at(&["spec", "taints"]).items() {
                if t.get("key").text() != key || t.get("effect").text() != effect {
                    list.push(t.clone());
                }
            }
            if !word.ends_with('-') {
                list.push(value!({"key": key.to_owned(), "effect": effect.to_owned()}));
            }
            node.set_at(&["spec", "taints"], list);
        }
    }
}

/// A thousand random pairs.
fn every_suggested_change_flips_the_decision(seed: u64) {
    let mut rng = Rng::new(seed);
    let run = |set: &Object, node: &Object| decide(&set.daemon_set().expect("a set").spec, node);
    let read = |kind, value: &Value| Object::read(kind, value.clone(), None);
    let mut written = 0;
    for case in 0..1000 {
        let (node, set) = pair(&mut rng);
        let (n, s) = (read(Kind::Node, &node), read(Kind::DaemonSet, &set));
        let decision = run(&s, &n);
        assert_eq!(decision.run, reason(&s, &n) == "not created yet", "{case}");
        let found = fixes(&decision, &s, &n);
        assert!(decision.run || !found.is_empty(), "{case}: {node} {set}");
        let text = (case % 20 == 0).then(|| yaml::print(&set));
        for fix in found {
            if let Some(text) = text.as_ref().filter(|_| !fix.edits.is_empty()) {
                let new = inserted(&fix, text, ("default", "d"), &n);
                written += u32::from(new.is_some());
                assert!(
                    new.is_some() || text.contains(": []"),
                    "{case}: {text} {fix:?}"
                );
            }
            let (mut node, mut set) = (node.clone(), set.clone());
            apply(&fix.line, &mut node, &mut set);
            let (n, s) = (read(Kind::Node, &node), read(Kind::DaemonSet, &set));
            assert_ne!(
                run(&s, &n).run,
                decision.run,
                "{case}: {} {node} {set}",
                fix.line
            );
        }
    }
    assert!(written > 10, "{written} were written into a manifest");
}

// Ten thousand pairs, a thousand a test.
macro_rules! thousands {
    ($($name:ident $seed:literal,)*) => {
        $(#[test]
        fn $name() {
            every_suggested_change_flips_the_decision($seed);
        })*
    };
}

thousands! {
    flips_0 0, flips_1 1, flips_2 2, flips_3 3, flips_4 4,
    flips_5 5, flips_6 6, flips_7 7, flips_8 8, flips_9 9,
}
