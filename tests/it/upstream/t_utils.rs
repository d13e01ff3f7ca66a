//! T001 to T033: is a pod updated, its template, its node; the consistency store.

use super::harness::{L, map, pod};
use daemonset_playground::k8s::{Kind, Object, Str, Value};
use daemonset_playground::parts::daemonset::Key;
use daemonset_playground::parts::daemonset::availability::updated;
use daemonset_playground::parts::daemonset::consistency::{Consistency, Written};
use daemonset_playground::parts::daemonset::create::{Blank, pin_to_node, target_node};
use daemonset_playground::value;

/// Generation 1 is current. The pod has these labels; `hash` is the current one.
fn is_updated(labels: Option<&[(&str, &str)]>, hash: &str) -> bool {
    let mut value = pod("pod", "node-1", &[]);
    if let Some(labels) = labels {
        value.set_at(&["metadata", "labels"], map(labels));
    }
    updated(&Object::read(Kind::Pod, value, None), hash, Some(1))
}

const GENERATION: (&str, &str) = ("pod-template-generation", "1");
const OTHER_GENERATION: (&str, &str) = ("pod-template-generation", "0");
const HASH: (&str, &str) = ("controller-revision-hash", "1");

#[test]
fn t001_both_match() {
    assert!(is_updated(Some(&[GENERATION, HASH]), "1"));
}

#[test]
fn t002_generation_matches_hash_does_not() {
    assert!(is_updated(Some(&[GENERATION, HASH]), "2"));
}

#[test]
fn t003_generation_matches_no_hash_label_hash_given() {
    assert!(is_updated(Some(&[GENERATION]), "1"));
}

#[test]
fn t004_generation_matches_no_hash_label_no_hash() {
    assert!(is_updated(Some(&[GENERATION]), ""));
}

#[test]
fn t005_generation_matches_hash_label_no_hash() {
    assert!(is_updated(Some(&[GENERATION, HASH]), ""));
}

#[test]
fn t006_generation_differs_hash_matches() {
    assert!(is_updated(Some(&[OTHER_GENERATION, HASH]), "1"));
}

#[test]
fn t007_neither_matches() {
    assert!(!is_updated(Some(&[OTHER_GENERATION, HASH]), "2"));
}

#[test]
fn t008_empty_labels_no_hash() {
    assert!(!is_updated(Some(&[]), ""));
}

#[test]
fn t009_empty_labels_hash_given() {
    assert!(!is_updated(Some(&[]), "1"));
}

#[test]
fn t010_no_labels() {
    assert!(!is_updated(None, "1"));
}

/// The labels of a created pod.
fn created_labels(generation: i64, hash: &str) -> Value {
    let template = value!({"metadata": {"labels": map(&L)}, "spec": {"containers": []}});
    let ds = value!({"metadata": {"name": "foo", "namespace": "default", "uid": "u"},
        "spec": {"template": template}});
    let ds = Object::read(Kind::DaemonSet, ds, None);
    let blank = Blank::new(&ds, Some(generation), hash, None);
    let pod = blank.pod(&blank.pinned("node-1", None));
    pod.at(&["metadata", "labels"]).clone()
}

#[test]
fn t011_template_without_hash() {
    let labels = created_labels(1, "");
    assert_eq!(labels.get("pod-template-generation").text(), "1");
    assert!(labels.get("controller-revision-hash").is_null());
}

#[test]
fn t012_template_with_hash() {
    let labels = created_labels(2, "3242341807");
    assert_eq!(labels.get("pod-template-generation").text(), "2");
    assert_eq!(labels.get("controller-revision-hash").text(), "3242341807");
}

/// The affinity of a pod with these required terms, pinned to `host_1`, has that one term.
fn replaced(required: Value) {
    let mut affinity = Value::map();
    if !required.is_null() {
        let selector = value!({"nodeSelectorTerms": required});
        affinity.set_at(
            &[
                "nodeAffinity",
                "requiredDuringSchedulingIgnoredDuringExecution",
            ],
            selector,
        );
    }
    assert_eq!(pin_to_node(&affinity, "host_1"), pinned());
}

fn pinned() -> Value {
    value!({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {
        "nodeSelectorTerms": [{"matchFields": [
            {"key": "metadata.name", "operator": "In", "values": ["host_1"]}
        ]}]
    }}})
}

#[test]
fn t013_no_affinity() {
    replaced(Value::Null);
}

#[test]
fn t014_expressions_on_the_host_name() {
    replaced(value!([{"matchExpressions": [
        {"key": "kubernetes.io/hostname", "operator": "In", "values": ["host_1"]}
    ]}]));
}

#[test]
fn t015_preferred_terms_stay() {
    let preferred = value!([{"weight": 1, "preference": {"matchExpressions": [
        {"key": "kubernetes.io/hostname", "operator": "In", "values": ["host_1"]}
    ]}}]);
    let field = "preferredDuringSchedulingIgnoredDuringExecution";
    let mut affinity = Value::map();
    affinity.set_at(&["nodeAffinity", field], preferred.clone());
    let mut want = pinned();
    want.set_at(&["nodeAffinity", field], preferred);
    assert_eq!(pin_to_node(&affinity, "host_1"), want);
}

#[test]
fn t016_two_names() {
    replaced(value!([{"matchFields": [
        {"key": "metadata.name", "operator": "In", "values": ["host_1", "host_2"]}
    ]}]));
}

#[test]
fn t017_no_affinity_again() {
    replaced(Value::Null);
}

#[test]
fn t018_two_terms() {
    replaced(value!([
        {"matchExpressions": [{"key": "hostname", "operator": "In", "values": ["host_1"]}]},
        {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["host_2"]}]}
    ]));
}

#[test]
fn t019_not_in() {
    replaced(value!([{"matchFields": [
        {"key": "metadata.name", "operator": "NotIn", "values": ["host_2"]}
    ]}]));
}

#[test]
fn t020_unknown_field() {
    replaced(value!([{"matchFields": [
        {"key": "metadata.foo", "operator": "In", "values": ["host_2"]}
    ]}]));
}

/// The node of a pod that is bound there, or whose affinity names these.
fn target(node_name: &str, names: &[&'static str]) -> Option<String> {
    let mut value = pod("pod", node_name, &[]);
    if !names.is_empty() {
        let mut affinity = pinned();
        let values: Value = names.iter().map(|n| Value::from(*n)).collect();
        let terms = affinity.at_mut(&[
            "nodeAffinity",
            "requiredDuringSchedulingIgnoredDuringExecution",
            "nodeSelectorTerms",
        ]);
        terms.list_mut()[0].at_mut(&["matchFields"]).list_mut()[0].set("values", values);
        value.set_at(&["spec", "affinity"], affinity);
    }
    let object = Object::read(Kind::Pod, value, None);
    target_node(&object.pod().expect("a pod").spec).map(|name| name.to_string())
}

#[test]
fn t021_a_bound_pod() {
    assert_eq!(target("node-1", &[]).as_deref(), Some("node-1"));
}

#[test]
fn t022_one_name() {
    assert_eq!(target("", &["node-1"]).as_deref(), Some("node-1"));
}

#[test]
fn t023_two_names_are_not_unique() {
    assert_eq!(target("", &["node-1", "node-2"]), None);
}

#[test]
fn t024_nothing() {
    assert_eq!(target("", &[]), None);
}

fn key() -> Key {
    Key::new(&Str::from("ns"), &Str::from("name"))
}

/// A store where uid-1 wrote pods at version 10.
fn wrote_pods() -> Consistency {
    let mut store = Consistency::default();
    store.wrote(&key(), &"uid-1".into(), Written::Pods, 10);
    store
}

#[test]
fn t025_no_write_recorded() {
    assert!(Consistency::default().ready(&key()));
}

#[test]
fn t026_nothing_read_yet() {
    assert!(!wrote_pods().ready(&key()));
}

#[test]
fn t027_read_is_older() {
    let mut store = wrote_pods();
    store.read(Written::Pods, 5);
    assert!(!store.ready(&key()));
}

#[test]
fn t028_read_is_equal_and_the_record_forgotten() {
    let mut store = wrote_pods();
    store.read(Written::Pods, 10);
    assert!(store.ready(&key()));
    assert!(!store.pending(&key()));
}

#[test]
fn t029_read_is_newer() {
    let mut store = wrote_pods();
    store.read(Written::Pods, 15);
    assert!(store.ready(&key()));
}

#[test]
fn t030_two_resources_one_behind() {
    let mut store = wrote_pods();
    store.wrote(&key(), &"uid-1".into(), Written::DaemonSets, 100);
    store.read(Written::Pods, 10);
    assert!(!store.ready(&key()));
    store.read(Written::DaemonSets, 100);
    assert!(store.ready(&key()));
}

#[test]
fn t031_the_mark_only_rises() {
    let mut store = wrote_pods();
    let ready_at = |store: &Consistency, version| {
        let mut store = store.clone();
        store.read(Written::Pods, version);
        store.ready(&key())
    };
    for (written, mark) in [(20, 20), (10, 20), (20, 20), (100, 100)] {
        store.wrote(&key(), &"uid-1".into(), Written::Pods, written);
        assert!(!ready_at(&store, mark - 1), "{written}");
        assert!(ready_at(&store, mark), "{written}");
    }
}

#[test]
fn t032_another_uid_replaces_the_record() {
    let mut store = wrote_pods();
    store.wrote(&key(), &"uid-2".into(), Written::DaemonSets, 3);
    store.read(Written::DaemonSets, 3);
    assert!(store.ready(&key()));
}

#[test]
fn t033_clear() {
    let mut store = wrote_pods();
    store.clear(&key(), "uid-2");
    assert!(store.pending(&key()));
    store.clear(&key(), "uid-1");
    assert!(!store.pending(&key()));
    let mut store = wrote_pods();
    store.clear(&key(), "");
    assert!(!store.pending(&key()));
}
