//! A run in a link: short, opened as the same run, and refused in words when it is no link.

use daemonset_playground::cluster::{Cluster, Command, History, Request, Setup, SimSpan, Verb};
use daemonset_playground::k8s::Kind;
use daemonset_playground::share::{Doc, ShareError, TextFile, decode, encode, migrate};
use daemonset_playground::value;

const LIMIT: u64 = 100_000;

/// Twelve nodes, one DaemonSet applied, and half a minute after it.
fn run() -> History {
    let nodes = (1..=12)
        .map(|i| Cluster::node(&format!("worker{i:02}")))
        .collect();
    let mut history = History::new(Setup {
        nodes,
        ..Setup::default()
    });
    let value = value!({
        "apiVersion": "apps/v1", "kind": "DaemonSet",
        "metadata": {"name": "agent", "namespace": "default"},
        "spec": {
            "selector": {"matchLabels": {"app": "agent"}},
            "template": {
                "metadata": {"labels": {"app": "agent"}},
                "spec": {"containers": [{"name": "agent", "image": "registry.k8s.io/pause:3.10"}]}
            }
        }
    });
    let verb = Verb::Create {
        kind: Kind::DaemonSet,
        namespace: "default".into(),
        value,
    };
    let until = history.cluster().now() + SimSpan::from_secs(2);
    history.advance_to(until, 100_000);
    history
        .cluster_mut()
        .dispatch(Command::Request(Request::new(
            "kubectl-client-side-apply",
            verb,
        )));
    let until = history.cluster().now() + SimSpan::from_secs(30);
    history.advance_to(until, 100_000);
    history
}

fn link(history: &History) -> String {
    let text = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: agent\nspec:\n  selector:\n    \
        matchLabels:\n      app: agent\n";
    let file = TextFile {
        name: "agent.yaml".to_owned(),
        text: text.to_owned(),
    };
    encode(&Doc::of(history.cluster(), history.log(), vec![file]))
}

fn resume(doc: &Doc) -> Option<History> {
    History::resume(doc.setup.clone(), &doc.entries(), doc.now(), LIMIT)
}

#[test]
fn a_link_is_short_and_opens_as_the_same_run() {
    let before = run();
    let text = link(&before);
    assert!(text.len() <= 900, "{} characters", text.len());
    let doc = decode(&text).expect("its own link opens");
    let after = resume(&doc).expect("its own log can be repeated");
    let (old, new) = (before.cluster(), after.cluster());
    assert_eq!(new.now(), old.now());
    assert_eq!(new.events_done(), old.events_done());
    assert_eq!(new.api().trace().hash(), old.api().trace().hash());
    assert_eq!(link(&after), text);
}

#[test]
fn a_rewound_run_opens_where_it_stood() {
    let mut before = run();
    before.seek(before.start() + SimSpan::from_secs(1));
    let doc = decode(&link(&before)).expect("its own link opens");
    let after = resume(&doc).expect("its own log can be repeated");
    assert_eq!(after.cluster().now(), before.cluster().now());
    assert_eq!(after.log().len(), before.log().len());
    assert!(after.rewound());
}

#[test]
fn logs_of_another_run_are_refused() {
    let doc = decode(&link(&run())).expect("its own link opens");
    let own = doc.log[0].after_events;
    for (at, after_events) in [
        (0, 0),
        (0, own),
        (40_000, own),
        (2_000, own + 1),
        (2_000, LIMIT * 10),
    ] {
        let mut other = doc.clone();
        other.log[0].at = at;
        other.log[0].after_events = after_events;
        assert!(resume(&other).is_none(), "at {at}, after {after_events}");
    }
}

#[test]
fn damaged_links_are_refused_in_words() {
    let text = link(&run());
    for end in 0..text.len() {
        let refused = decode(&text[..end]).expect_err("a part of a link is no link");
        assert!(refused.to_string().ends_with('.'));
    }
    for at in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 1;
        // A flipped bit may still unpack to a document: it must only never panic.
        if let Ok(text) = String::from_utf8(bytes)
            && let Err(refused) = decode(&text)
        {
            assert!(refused.to_string().ends_with('.'));
        }
    }
    for text in ["", "A", "B", "#", "Ä", "A\u{0}", "AAAA"] {
        assert_eq!(
            decode(text).expect_err("no link"),
            ShareError::Damaged,
            "{text}"
        );
    }
    let long = "A".repeat((4 << 20) + 1);
    assert_eq!(decode(&long).expect_err("too long"), ShareError::TooLarge);
}

#[test]
fn bombs_and_other_versions_are_refused_in_words() {
    let mut doc = Doc::default();
    doc.files.push(TextFile {
        name: "x".to_owned(),
        text: "x".repeat(16 << 20),
    });
    let bomb = encode(&doc);
    assert!(bomb.len() < 100_000);
    assert_eq!(decode(&bomb).expect_err("a bomb"), ShareError::TooLarge);
    let newer = migrate::read(&value!({"v": 2})).expect_err("of a later page");
    assert_eq!(newer, ShareError::Newer(2));
    assert!(newer.to_string().contains("newer version"));
    for value in [
        value!({"v": 0}),
        value!({}),
        value!({"v": "1"}),
        value!([]),
        value!({"v": 1}),
    ] {
        assert!(migrate::read(&value).is_err(), "{value}");
    }
}
