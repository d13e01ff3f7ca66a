//! Any line ends in output and an exit code.

use daemonset_playground::cluster::{Cluster, Setup, SimSpan};
use daemonset_playground::console::{Job, Session};
use proptest::prelude::*;
use std::sync::OnceLock;

fn cluster() -> Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    let make = || {
        Cluster::new(Setup {
            nodes: vec![Cluster::node("worker01")],
            ..Setup::default()
        })
    };
    CLUSTER.get_or_init(make).clone()
}

/// Runs a line for at most a minute of simulated time; then Ctrl-C.
fn run(line: &str, cluster: &Cluster) -> (u8, String) {
    let mut cluster = cluster.clone();
    let mut session = Session::default();
    session.files.write("a.yaml", "kind: Pod\n");
    let mut job = Job::start_complete(line, cluster.now());
    let until = cluster.now() + SimSpan::from_secs(60);
    let code = job.run(&mut session, &mut cluster, until, 100_000);
    let code = code.unwrap_or_else(|| {
        job.interrupt(&mut session, cluster.now());
        130
    });
    let text = job.outputs().iter().map(|o| o.text.as_str()).collect();
    (code, text)
}

#[test]
fn long_lines_and_deep_ones_are_refused_with_a_sentence() {
    let cluster = cluster();
    let rows = [
        (format!("echo {}", "x".repeat(1_000_000)), "line too long"),
        (vec!["cat"; 1000].join(" | "), "too many commands"),
        (
            format!("{}echo{}", "$(".repeat(50), ")".repeat(50)),
            "nested too deep",
        ),
        (
            "watch watch watch watch watch watch date".to_owned(),
            "nested too deep",
        ),
    ];
    for (line, sentence) in rows {
        let (code, text) = run(&line, &cluster);
        assert_ne!(code, 0);
        assert!(text.contains(sentence), "{text:.200}");
    }
}

const PIECES: &[&str] = &[
    "kubectl",
    "get",
    "describe",
    "pods",
    "nodes",
    "ds",
    "-o",
    "yaml",
    "jsonpath=",
    "'{.items[*]",
    "}'",
    "{range",
    "-l",
    "a=b",
    "!x",
    "in (",
    ")",
    "--sort-by=",
    ".metadata.name",
    "|",
    "grep",
    "-A",
    "sed",
    "'s/a/b/'",
    "awk",
    "'{print $1}'",
    ";",
    "&&",
    "||",
    "$(",
    "`",
    "\"",
    "'",
    "<<EOF",
    "\n",
    "EOF",
    ">",
    "f",
    "-f",
    "-",
    "a.yaml",
    "--",
    "-w",
    "--timeout=1s",
    "go-template=",
    "'{{.x}}'",
    "'{{range",
    "custom-columns=A:.x",
    "explain",
    "ds.spec",
    "xargs",
    "sort",
    "-k",
    "2",
    "head",
    "-n",
    "for",
    "do",
    "done",
    "é",
    "\\",
    "*",
    "?",
    "#",
    "delete",
    "--all",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_line_ends(pieces in proptest::collection::vec((0..PIECES.len(), any::<bool>()), 0..14)) {
        let mut line = String::new();
        for (piece, blank) in pieces {
            line.push_str(PIECES[piece]);
            if blank {
                line.push(' ');
            }
        }
        let (code, _) = run(&line, &cluster());
        prop_assert!(code <= 141);
    }

    #[test]
    fn any_text_ends(line in "\\PC{0,60}") {
        run(&line, &cluster());
        run(&format!("kubectl get nodes -o jsonpath='{line}'"), &cluster());
        run(&format!("kubectl get nodes -o go-template='{line}'"), &cluster());
        run(&format!("kubectl get nodes -l '{line}' --field-selector '{line}'"), &cluster());
        run(&format!("kubectl get nodes -o custom-columns='{line}'"), &cluster());
        run(&format!("echo abc | grep -E '{line}'"), &cluster());
    }
}

/// Arguments of a size that nobody types: each ends at once with a sentence or an answer.
#[test]
fn giant_arguments_end_in_output_and_a_code() {
    let cluster = cluster();
    let many = |piece: &str, n: usize| piece.repeat(n);
    let get = "kubectl get nodes -o";
    let rows = [
        format!("{get} jsonpath='{{{}}}'", many(".a", 60_000)),
        format!("{get} jsonpath='{{{}}}'", many("[", 60_000)),
        format!("{get} jsonpath='{{.items{}]'", many("[?(@.a", 3_000)),
        format!("{get} go-template='{}'", many("{{", 60_000)),
        format!("{get} go-template='{{{{{}}}}}'", many("(", 60_000)),
        format!("{get} go-template='{}'", many("{{if .}}", 8_000)),
        format!("{get} go-template='{{{{printf \"%999999999d\" 1}}}}'"),
        format!("kubectl get nodes -l 'a in ({}y)'", many("x,", 30_000)),
        format!("kubectl get nodes -l '{}'", many("(", 60_000)),
        format!("kubectl get nodes --sort-by='{}'", many(".a", 60_000)),
        format!(
            "kubectl patch node worker01 -p '{}1'",
            many("{\"a\":", 20_000)
        ),
        format!("kubectl label node worker01 {}", many("a=1 ", 5_000)),
        format!(
            "kubectl taint node worker01 {}",
            many("a=1:NoSchedule ", 5_000)
        ),
        format!("echo '{}' | kubectl apply -f -", many("[", 50_000)),
        format!("kubectl get --raw /{}", many("a/", 20_000)),
        "kubectl explain crd --recursive | tail -1".to_owned(),
        format!(
            "echo a | grep -E '{}b{}'",
            many("(a|", 3_000),
            many(")", 3_000)
        ),
        format!("seq 9 | tr a-z '{}'", many("A-Z", 20_000)),
        format!("echo $(({}1{}))", many("(", 5_000), many(")", 5_000)),
        format!("echo {}", many("`", 3_001)),
        format!("{}echo x; {}", many("if true; then ", 50), many("fi; ", 50)),
        format!(
            "x={}; echo ${{x##*b}} ${{x//a*b/y}} | wc -c",
            many("a", 60_000)
        ),
        "printf '%99999999s' x | wc -c".to_owned(),
    ];
    for line in rows {
        let (_, text) = run(&line, &cluster);
        assert!(!text.is_empty(), "{line:.60}");
        assert!(text.len() < 1 << 20, "{line:.60}");
    }
}
