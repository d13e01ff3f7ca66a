//! CPU, memory and events of placing and rolling one DaemonSet at growing sizes, against budgets.
//!
//! `cargo bench --bench step` prints a line a size; `cargo bench --bench step -- large` adds 100,000 nodes. Budgets
//! are ratios to a reference loop measured in the same run, so that a slow machine does not fail them.

mod scenes;

/// Nodes, whether bare, budget of placing and of rolling in units of the reference loop.
const SIZES: [(u32, bool, u32, u32); 6] = [
    (100, false, 200, 400),
    (1_000, false, 2_000, 4_000),
    (5_000, false, 14_000, 34_000),
    (1_000, true, 500, 900),
    (5_000, true, 2_700, 6_000),
    (20_000, true, 14_000, 38_000),
];

/// How often the reference loop runs for one reading: the system counts CPU time in coarse steps.
const REPEATS: u32 = 300;

/// A fixed amount of work of the same kind: ordered maps, allocations, text. Returns seconds for one turn.
fn reference() -> f64 {
    let start = cpu_seconds();
    for _ in 0..REPEATS {
        let mut map = std::collections::BTreeMap::new();
        for i in 0_u32..2_000 {
            map.insert(
                format!("key-{}", i.wrapping_mul(2_654_435_761)),
                i.to_string(),
            );
        }
        let sum: usize = map.values().map(String::len).sum();
        assert!(sum > 0);
    }
    (cpu_seconds() - start) / f64::from(REPEATS)
}

/// CPU time of this process so far (the first field is in nanoseconds), so that other processes do not count.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanos = text
        .split_whitespace()
        .next()
        .and_then(|n| n.parse::<f64>().ok());
    nanos.unwrap_or(0.0) / 1e9
}

fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|l| l.starts_with("VmHWM"))
        .unwrap_or_default();
    line.split_whitespace()
        .nth(1)
        .and_then(|n| n.parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}

fn timed<R>(act: impl FnOnce() -> R) -> (f64, R) {
    let start = cpu_seconds();
    let result = act();
    (cpu_seconds() - start, result)
}

#[allow(clippy::print_stdout, reason = "a bench prints its figures")]
fn main() {
    let unit = (0..5).map(|_| reference()).fold(f64::MAX, f64::min);
    println!("reference loop: {:.3} ms", unit * 1e3);
    println!("nodes    kubelets  place s  roll s   events   peak MiB  place/budget  roll/budget");
    let mut failed = 0;
    let only_bare = std::env::args().any(|a| a == "bare");
    for (nodes, bare, place_budget, roll_budget) in SIZES {
        if only_bare && !bare {
            continue;
        }
        let mut cluster = scenes::cluster(nodes, bare);
        let share = if bare { "100%" } else { "10%" };
        let (place, ()) = timed(|| scenes::place(&mut cluster, "agent", nodes, share));
        let (roll, ()) =
            timed(|| scenes::roll(&mut cluster, "agent", nodes, "registry.example.com/agent:2"));
        let spent = |seconds: f64, budget: u32| seconds / unit / f64::from(budget);
        let (p, r) = (spent(place, place_budget), spent(roll, roll_budget));
        failed += u32::from(p > 1.0) + u32::from(r > 1.0);
        println!(
            "{nodes:<8} {:<9} {place:<8.3} {roll:<8.3} {:<8} {:<9} {:<13.2} {:.2}",
            if bare { "no" } else { "yes" },
            cluster.events_done(),
            peak_mib(),
            p,
            r
        );
    }
    if std::env::args().any(|a| a == "large") {
        let nodes = 100_000;
        let (boot, mut cluster) = timed(|| scenes::cluster(nodes, true));
        let (place, ()) = timed(|| scenes::place(&mut cluster, "agent", nodes, "100%"));
        println!(
            "{nodes} nodes: boot {boot:.1} s, place {place:.1} s, peak {} MiB",
            peak_mib()
        );
    }
    assert_eq!(failed, 0, "{failed} figures are over their budget");
}
