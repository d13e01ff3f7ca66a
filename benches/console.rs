//! CPU of console lines on large clusters, against budgets that are ratios to a reference loop of the same run.
//!
//! `cargo bench --bench console`; the targets are 30 ms in the page for a table of 5,000 pods and 10 ms for a
//! completion at 1,000 nodes, halved because native code runs about twice as fast.

#[allow(dead_code, reason = "other benches measure memory")]
mod meter;
#[allow(dead_code, reason = "other benches use other scenes")]
mod scenes;

use daemonset_playground::cluster::{Cluster, SimSpan};
use daemonset_playground::console::complete::complete;
use daemonset_playground::console::{Job, Session};
use meter::{reference, timed};

/// Lines on 5,000 nodes with a pod each: the target in ms, the budget in units of the reference loop.
const LINES: [(&str, f64, f64); 6] = [
    ("kubectl get pods -A", 15.0, 350.0),
    ("kubectl get pods -A -o wide", 20.0, 400.0),
    ("kubectl get pods -l app=agent -o name", 10.0, 40.0),
    ("kubectl get nodes", 15.0, 250.0),
    (
        "kubectl get pods -A --no-headers | awk '{c[$4]++} END {for (s in c) print s, c[s]}'",
        40.0,
        250.0,
    ),
    ("kubectl describe ds agent", 15.0, 450.0),
];

/// Completions on 1,000 nodes.
const COMPLETIONS: [(&str, f64, f64); 3] = [
    ("kubectl describe node node-", 5.0, 20.0),
    ("kubectl delete pod ", 5.0, 20.0),
    ("kubectl get po", 5.0, 20.0),
];

fn run(line: &str, cluster: &mut Cluster) -> usize {
    let mut session = Session::default();
    let mut job = Job::start_complete(line, cluster.now());
    let until = cluster.now() + SimSpan::from_secs(5);
    job.run(&mut session, cluster, until, 1_000_000);
    job.outputs().iter().map(|o| o.text.len()).sum()
}

/// The best of five, in ms.
fn best(mut act: impl FnMut()) -> f64 {
    let runs = (0..5).map(|_| timed(&mut act).0);
    runs.fold(f64::MAX, f64::min) * 1e3
}

#[allow(clippy::print_stdout, reason = "a bench prints its figures")]
fn main() {
    let unit = reference() * 1e3;
    println!("reference loop: {unit:.3} ms");
    let mut over = 0;
    let mut line = |what: &str, figure: f64, target: f64, budget: f64| {
        over += u32::from(figure > budget * unit);
        println!(
            "{what:<90} {figure:>8.3} ms  target {target:<5} budget {:.1}",
            budget * unit
        );
    };
    let mut cluster = scenes::cluster(5_000, false);
    scenes::place(&mut cluster, "agent", 5_000, "10%");
    for (text, target, budget) in LINES {
        // What the cluster itself does while the line takes its time is not counted.
        let idle = best(|| {
            let mut other = cluster.clone();
            run("sleep 0.15", &mut other);
        });
        let figure = best(|| {
            let mut other = cluster.clone();
            assert!(run(text, &mut other) > 0);
        });
        line(text, (figure - idle).max(0.0), target, budget);
    }
    let mut cluster = scenes::cluster(1_000, false);
    scenes::place(&mut cluster, "agent", 1_000, "10%");
    let session = Session::default();
    for (text, target, budget) in COMPLETIONS {
        let figure = best(|| {
            let found = complete(text, text.len(), &session, &cluster);
            assert!(!found.candidates.is_empty());
        });
        line(&format!("Tab behind: {text}"), figure, target, budget);
    }
    assert_eq!(over, 0, "{over} figures are over their budget");
}
