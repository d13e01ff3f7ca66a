//! What can be typed into the form of a taint or a label: keys and values that the cluster and its DaemonSets name.

use super::node::{LabelChip, TaintChip};
use crate::cluster::Cluster;
use crate::k8s::ordered::BTreeSet;
use crate::k8s::{Kind, Str};

/// Most pairs that are offered.
const PAIRS_MAX: usize = 60;

/// Keys with a value of their own on every node: nobody selects by them, and they would be all there is.
const OWN: [&str; 1] = ["kubernetes.io/hostname"];

/// Keys and values that are known.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Known {
    pairs: BTreeSet<(Str, Str)>,
}

impl Known {
    /// Of taints: those of the nodes, and those that DaemonSets tolerate.
    pub fn taints(cluster: &Cluster) -> Self {
        let mut known = Self::default();
        for object in cluster.objects(Kind::DaemonSet) {
            let tolerations = object.daemon_set().map(|set| &set.spec.pod.tolerations);
            for one in tolerations.into_iter().flatten() {
                known.add(&one.key, &one.value);
            }
        }
        for object in cluster.objects(Kind::Node) {
            let taints = object.node().map(|node| &node.taints);
            for taint in taints.into_iter().flatten() {
                known.add(&taint.key, &taint.value);
            }
        }
        known
    }

    /// Of labels: those that DaemonSets select by, and those of the nodes.
    pub fn labels(cluster: &Cluster) -> Self {
        let mut known = Self::default();
        for object in cluster.objects(Kind::DaemonSet) {
            if let Some(set) = object.daemon_set() {
                for (key, value) in set.spec.pod.node_selector.fields() {
                    known.add(key, &value.to_str());
                }
            }
        }
        for object in cluster.objects(Kind::Node) {
            for (key, value) in object.meta().labels.fields() {
                known.add(key, &value.to_str());
            }
        }
        known
    }

    fn add(&mut self, key: &Str, value: &Str) {
        let wanted = !key.is_empty() && !OWN.contains(&key.as_str());
        if wanted && self.pairs.len() < PAIRS_MAX {
            self.pairs.insert((key.clone(), value.clone()));
        }
    }

    /// Each key once.
    pub fn keys(&self) -> Vec<Str> {
        let keys: BTreeSet<&Str> = self.pairs.iter().map(|(key, _)| key).collect();
        keys.into_iter().cloned().collect()
    }

    /// The values that a key is known with.
    pub fn values(&self, key: &str) -> Vec<Str> {
        let values = self
            .pairs
            .iter()
            .filter(|(k, v)| *k == *key && !v.is_empty());
        values.map(|(_, value)| value.clone()).collect()
    }
}

/// The line that sets a taint, in place of an old one if there was one.
pub fn taint_line(node: &str, new: &TaintChip, old: Option<&TaintChip>) -> String {
    let text = new.text();
    match old {
        Some(old) if old.key == new.key && old.effect == new.effect => {
            format!("kubectl taint nodes {node} {text} --overwrite")
        }
        Some(old) => format!("kubectl taint nodes {node} {text} {}-", old.text()),
        None => format!("kubectl taint nodes {node} {text}"),
    }
}

/// The line that sets a label, in place of an old one if there was one.
pub fn label_line(node: &str, new: &LabelChip, old: Option<&LabelChip>) -> String {
    let text = format!("{}={}", new.key, new.value);
    match old {
        Some(old) if old.key == new.key => {
            format!("kubectl label nodes {node} {text} --overwrite")
        }
        Some(old) => format!("kubectl label nodes {node} {text} {}-", old.key),
        None => format!("kubectl label nodes {node} {text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Command, Request, Setup, Verb};
    use crate::value;

    #[test]
    fn an_edited_chip_takes_the_place_of_the_old_one() {
        let taint = |key: &'static str, effect: &'static str| TaintChip {
            key: key.into(),
            value: "v".into(),
            effect: effect.into(),
        };
        let (a, b) = (taint("a", "NoSchedule"), taint("a", "NoExecute"));
        let line = taint_line("w1", &a, None);
        assert_eq!(line, "kubectl taint nodes w1 a=v:NoSchedule");
        let line = taint_line("w1", &a, Some(&a));
        assert_eq!(line, "kubectl taint nodes w1 a=v:NoSchedule --overwrite");
        let line = taint_line("w1", &b, Some(&a));
        assert_eq!(line, "kubectl taint nodes w1 a=v:NoExecute a=v:NoSchedule-");
        let label = |key: &'static str| LabelChip {
            key: key.into(),
            value: Str::default(),
        };
        let line = label_line("w1", &label("a"), Some(&label("a")));
        assert_eq!(line, "kubectl label nodes w1 a= --overwrite");
        let line = label_line("w1", &label("b"), Some(&label("a")));
        assert_eq!(line, "kubectl label nodes w1 b= a-");
    }

    #[test]
    fn keys_and_values_that_the_cluster_names() {
        let node = |name: &'static str, disk: &'static str| {
            value!({"metadata": {"name": name, "labels": {"disk": disk, "kubernetes.io/hostname": name}},
                "spec": {"taints": [{"key": "dedicated", "value": "edge", "effect": "NoExecute"}]}})
        };
        let set = value!({"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "log", "namespace": "default"},
            "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}},
                "spec": {"nodeSelector": {"gpu": "yes"}, "tolerations": [{"key": "night", "operator": "Exists"}],
                    "containers": [{"name": "c", "image": "i"}]}}}});
        let mut cluster = Cluster::new(Setup {
            nodes: vec![node("w1", "ssd"), node("w2", "hdd")],
            ..Setup::default()
        });
        let verb = Verb::Create {
            kind: Kind::DaemonSet,
            namespace: "default".into(),
            value: set,
        };
        cluster.dispatch(Command::Request(Request::new("test", verb)));
        let labels = Known::labels(&cluster);
        assert!(labels.keys().contains(&"gpu".into()));
        assert!(!labels.keys().contains(&"kubernetes.io/hostname".into()));
        assert_eq!(labels.values("disk"), ["hdd", "ssd"]);
        let taints = Known::taints(&cluster);
        assert!(taints.keys().contains(&"night".into()));
        assert_eq!(taints.values("dedicated"), ["edge"]);
        assert!(taints.values("night").is_empty());
    }
}
