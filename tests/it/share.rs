//! A run in a link: short, opened as the same run, and refused in words when it is no link.

use daemonset_playground::cluster::{
    Cluster, Command, History, Request, Resumed, Setup, SimSpan, Verb,
};
use daemonset_playground::k8s::Kind;
use daemonset_playground::k8s::Value;
use daemonset_playground::share::doc::VERSION;
use daemonset_playground::share::{
    Doc, Encoding, Later, ShareError, TextFile, decode, encode, migrate,
};
use daemonset_playground::value;
use std::fs;

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
    history.begin_deed();
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
        applied: Some(text.to_owned()),
    };
    encode(&Doc::of(history, vec![file]))
}

fn resume(doc: &Doc) -> Option<History> {
    doc.resume(LIMIT).finish()
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
    assert_eq!(after.deeds(), before.deeds());
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

/// A version of the page to come may count events otherwise: what people did still happens at its moments.
#[test]
fn commands_come_at_their_moments_when_the_counts_are_others() {
    let doc = decode(&link(&run())).expect("its own link opens");
    let own = doc.log[0].after_events;
    for (at, after_events) in [(0, 0), (40_000, own), (2_000, own + 1), (2_000, own / 2)] {
        let mut other = doc.clone();
        other.position = 60_000;
        other.log[0].at = at;
        other.log[0].after_events = after_events;
        let mut history = resume(&other).expect("it opens");
        let wanted = doc.now() + SimSpan::from_millis(60_000 - doc.position);
        assert_eq!(history.cluster().now(), wanted);
        assert_eq!(history.cluster().objects(Kind::Pod).count(), 12);
        let entry = history.log()[0].clone();
        assert_eq!(entry.at.since(history.start()).as_millis(), at);
        // The line can be walked like any other.
        let hash = history.cluster().api().trace().hash();
        assert!(history.undo());
        history.seek(wanted);
        assert_eq!(history.cluster().api().trace().hash(), hash);
    }
}

#[test]
fn logs_that_go_back_or_are_too_long_are_refused() {
    let doc = decode(&link(&run())).expect("its own link opens");
    let mut long = doc.clone();
    long.log[0].after_events = LIMIT * 10;
    assert!(resume(&long).is_none());
    let mut back = doc.clone();
    back.log.push(doc.log[0].clone());
    back.log[1].at -= 1;
    assert!(resume(&back).is_none());
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
fn other_versions_are_refused_in_words() {
    let next = VERSION + 1;
    let newer = migrate::read(&value!({"v": next})).expect_err("of a later page");
    assert_eq!(newer, ShareError::Newer(next));
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

#[test]
fn setups_that_would_hang_or_break_a_cluster_are_refused() {
    let open = |setup: Value| migrate::read(&value!({"v": 1, "setup": setup}));
    let nodes: Value = (0..10_000).map(|i| Value::str(&format!("w{i}"))).collect();
    let many: Value = (0..20_001).map(|i| Value::str(&format!("w{i}"))).collect();
    let rows = [
        value!({"seed": "1", "nodes": nodes}),
        value!({"seed": "1", "warmUp": 0, "nodes": many}),
        value!({"seed": "1", "warmUp": 3_600_001}),
        value!({"seed": "1", "warmUp": -1}),
        value!({"seed": "xyz"}),
        value!({"seed": "1", "start": 0}),
        value!({"seed": "1", "start": i64::MAX}),
        value!({"seed": "1", "latencies": {"watch": 0}}),
        value!({"seed": "1", "latencies": {"pull": 3_600_001}}),
        value!({"seed": "1", "nodes": ["<script>alert(1)</script>"]}),
        value!({"seed": "1", "nodes": [{"metadata": {"name": 5}}]}),
        value!({"seed": "1", "nodes": [{}]}),
        value!({"seed": "1", "nodes": [[]]}),
    ];
    for setup in rows {
        let text = setup.to_string();
        let text = text.get(..80).unwrap_or(&text).to_owned();
        let refused = open(setup).expect_err(&text);
        assert!(refused.to_string().ends_with('.'));
    }
}

#[test]
fn strange_but_possible_setups_boot() {
    for setup in [
        value!({"seed": "1", "nodes": ["a", "a"]}),
        value!({"seed": "1", "bare": true, "nodes": ["a", "a"]}),
        value!({"seed": "1", "nodes": [{"metadata": {"name": "a", "labels": 5}, "spec": []}]}),
        value!({"seed": "1", "bare": true, "nodes": [{"metadata": {"name": "a", "labels": {"<b>": 1}}, "spec": {"taints": 3}, "status": 1}]}),
        value!({"seed": "1", "latencies": {"removeMin": 3_600_000, "removeMax": 0}}),
        value!({"seed": "ffffffffffffffff", "start": 31_536_000, "warmUp": 600_000}),
    ] {
        let doc = migrate::read(&value!({"v": 1, "setup": setup, "now": 5000})).expect("allowed");
        let history = resume(&doc).expect("it boots");
        assert_eq!(history.cluster().now(), doc.now());
    }
}

#[test]
fn names_with_scripts_are_refused_and_never_written() {
    for name in [
        "<script>alert(1)</script>",
        "a;b",
        "a|b",
        "$(x)",
        "`x`",
        "a\nb",
        "",
        "a'b",
    ] {
        let file = value!([[Value::str(name), "text"]]);
        let refused = migrate::read(&value!({"v": 1, "setup": {"seed": "1"}, "files": file}));
        let refused = refused.expect_err(name);
        assert_eq!(refused, ShareError::Malformed("file name"));
        let mut doc = Doc::default();
        doc.files.push(TextFile {
            name: name.to_owned(),
            ..TextFile::default()
        });
        decode(&encode(&doc)).expect("what is written can be read");
    }
    for name in ["<img src=x onerror=alert(1)>", "a\u{7}"] {
        let value = value!({"v": 1, "setup": {"seed": "1"}, "name": Value::str(name)});
        assert!(migrate::read(&value).is_err(), "{name}");
    }
}

#[test]
fn a_position_beyond_the_limit_stands_at_the_limit() {
    let mut doc = decode(&link(&run())).expect("its own link opens");
    doc.position = 300 * 86_400_000;
    let history = doc.resume(20_000).finish().expect("it opens");
    assert!(history.cluster().now() < doc.now());
    assert!(history.cluster().events_done() <= 40_000);
}

/// Whether a run comes out event by event as it was recorded.
fn exact(doc: &Doc) -> bool {
    let mut resume = Box::new(doc.resume(LIMIT));
    loop {
        match resume.run(50) {
            Resumed::Further(further) => resume = further,
            Resumed::Done { exact, .. } => return exact,
            Resumed::Foreign | Resumed::TooLong => panic!("it opens"),
        }
    }
}

#[test]
fn a_run_that_another_version_recorded_is_told_from_an_own_one() {
    let own = decode(&link(&run())).expect("its own link opens");
    assert!(own.log.iter().any(|line| line.after_events > 0));
    assert!(exact(&own));
    let mut other = own.clone();
    for line in &mut other.log {
        line.after_events += 1;
    }
    assert!(!exact(&other));
}

/// Every version that was ever written stays readable: `tests/share/v*.txt` are links as people keep them.
#[test]
fn links_of_every_version_open_as_they_did() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/share");
    let mut names: Vec<_> = (fs::read_dir(folder).expect("the folder of links"))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .collect();
    names.sort();
    for version in 1..=VERSION {
        let prefix = format!("v{version}-");
        let own = |path: &&std::path::PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with(&prefix))
        };
        assert!(
            names.iter().any(|path| own(&path)),
            "an example of {version}"
        );
    }
    for path in names {
        let text = fs::read_to_string(&path).expect("a link");
        let mut lines = text.lines();
        let (link, wanted) = (lines.next().unwrap_or(""), lines.next().unwrap_or(""));
        let doc = decode(link).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let history = resume(&doc).unwrap_or_else(|| panic!("{} does not run", path.display()));
        let cluster = history.cluster();
        let sets = cluster.objects(Kind::DaemonSet).count();
        let pods = cluster.objects(Kind::Pod).count();
        let seconds = doc.position / 1000;
        let found = format!(
            "{} nodes, {sets} sets, {pods} pods, {} files, {} branches, {seconds} s",
            cluster.objects(Kind::Node).count(),
            doc.files.len(),
            doc.branches.len(),
        );
        let found = match doc.later.len() {
            0 => found,
            n => format!("{found}, {n} to come"),
        };
        assert_eq!(found, wanted, "{}", path.display());
    }
}

#[test]
fn applies_to_come_are_in_a_link_of_their_own_version() {
    let mut doc = decode(&link(&run())).expect("its own link opens");
    assert_eq!(
        doc.to_value().get("v").as_i64(),
        Some(1),
        "nothing new in it"
    );
    doc.later = vec![
        Later {
            at: 20_000,
            name: "b.yaml".to_owned(),
            text: "b: é\n".to_owned(),
            done: true,
        },
        Later {
            at: 600_000,
            name: "a.yaml".to_owned(),
            text: "a: 1\n".to_owned(),
            done: false,
        },
    ];
    assert_eq!(doc.to_value().get("v").as_i64(), Some(2));
    let back = decode(&encode(&doc)).expect("its own link opens");
    assert_eq!(back.later, doc.later);
    let open = |v: i64, later: Value| {
        let value = value!({"v": v, "setup": {"seed": "1"}, "later": later});
        migrate::read(&value).map(|doc| doc.later.len())
    };
    let many: Value = (0..65).map(|i| value!([i, "a", "a"])).collect();
    assert_eq!(open(2, value!([[5, "a.yaml", "a"]])), Ok(1));
    assert_eq!(open(2, many), Err(ShareError::TooLarge));
    for wrong in [
        value!([["5", "a", "a"]]),
        value!([[-5, "a", "a"]]),
        value!([[5, "<b>", "a"]]),
        value!([[5, "a"]]),
        value!([7]),
    ] {
        assert!(open(2, wrong.clone()).is_err(), "{wrong}");
    }
    assert!(
        open(1, value!([[5, "a.yaml", "a"]])).is_err(),
        "the first version had none"
    );
}

#[test]
fn a_text_made_in_pieces_is_the_same_text() {
    let mut doc = decode(&link(&run())).expect("its own link opens");
    let text: String = (0..200)
        .map(|i| format!("line {i}: \"{}\"\n", i * 7919))
        .collect();
    for i in 0..3 {
        doc.files.push(TextFile {
            name: format!("f{i}"),
            text: text.clone(),
            applied: Some(text.replace('7', "8")),
        });
    }
    for doc in [doc, Doc::default()] {
        let mut encoding = Encoding::new(&doc);
        let mut pieces = 0;
        let whole = loop {
            pieces += 1;
            if let Some(whole) = encoding.step() {
                break whole;
            }
        };
        assert!(pieces > 1 || doc.files.is_empty());
        assert!(whole == encode(&doc), "in {pieces} pieces");
        assert!(Encoding::new(&doc).finish() == whole);
    }
}
