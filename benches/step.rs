//! CPU, memory and events of placing and rolling DaemonSets at growing sizes, against budgets.
//!
//! `cargo bench --bench step` prints a line a size; a number (`-- bare 20000`) picks that size alone. `-- idle` measures a
//! large cluster at rest, `-- large` places 100,000 nodes. Budgets of time are ratios to a reference loop measured in the
//! same run, so that a slow machine does not fail them; the target of the figure stands beside it.

mod meter;
mod scenes;

use meter::{peak_mib, reference, resident_kib, timed};

/// Nodes, whether bare, budget of placing and of rolling in units of the reference loop.
const SIZES: [(u32, bool, u32, u32); 6] = [
    (100, false, 200, 400),
    (1_000, false, 2_000, 4_000),
    (5_000, false, 14_000, 34_000),
    (1_000, true, 500, 900),
    (5_000, true, 2_700, 6_000),
    (20_000, true, 14_000, 38_000),
];

/// Growth is measured so often, and the best time of each size counts: a slow minute would be growth, too.
const ROUNDS: u32 = 5;

/// What asks the C library for large pages of memory, and not to give memory back between clusters.
const LARGE_PAGES: (&str, &str) = (
    "GLIBC_TUNABLES",
    "glibc.malloc.hugetlb=1:glibc.malloc.trim_threshold=4294967296",
);

/// Runs the bench in large pages of memory; None when it does already. A processor finds some thousand pages quickly: in
/// small ones a large cluster is more than that, and what grows would be the search for pages. `SMALL_PAGES=1` keeps them.
fn in_large_pages() -> Option<std::process::ExitStatus> {
    let (name, value) = LARGE_PAGES;
    if std::env::var_os(name).is_some() || std::env::var_os("SMALL_PAGES").is_some() {
        return None;
    }
    let mut again = std::process::Command::new(std::env::current_exe().ok()?);
    let again = again.args(std::env::args_os().skip(1)).env(name, value);
    again.status().ok()
}

/// One figure against its budget.
struct Ledger {
    over: u32,
}

impl Ledger {
    #[allow(clippy::print_stdout, reason = "a bench prints its figures")]
    fn line(&mut self, what: &str, figure: f64, unit: &str, target: f64, budget: f64) {
        self.over += u32::from(figure > budget);
        println!("{what:<52} {figure:>9.3} {unit:<4} target {target:<7} budget {budget:.1}");
    }
}

#[allow(clippy::print_stdout, reason = "a bench prints its figures")]
fn main() {
    let wants = |word: &str| std::env::args().any(|a| a == word);
    let growth = !wants("idle") && !wants("large");
    if let Some(status) = growth.then(in_large_pages).flatten() {
        std::process::exit(status.code().unwrap_or(1));
    }
    let unit = reference();
    println!("reference loop: {:.3} ms", unit * 1e3);
    let mut ledger = Ledger { over: 0 };
    if wants("idle") {
        idle(&mut ledger, unit);
    } else if wants("large") {
        large(&mut ledger, unit);
    } else {
        sizes(&mut ledger, unit, wants("bare"));
        quiet(&mut ledger, unit);
    }
    assert_eq!(
        ledger.over, 0,
        "{} figures are over their budget",
        ledger.over
    );
}

#[allow(clippy::print_stdout, reason = "a bench prints its figures")]
fn sizes(ledger: &mut Ledger, unit: f64, only_bare: bool) {
    println!("nodes    kubelets  place s  roll s   events   peak MiB  place/budget  roll/budget");
    let wanted = SIZES
        .iter()
        .filter(|(nodes, bare, ..)| (*bare || !only_bare) && picked(*nodes));
    let wanted: Vec<_> = wanted.collect();
    let mut best: Vec<(f64, f64, u64, u64)> = vec![(f64::MAX, f64::MAX, 0, 0); wanted.len()];
    for round in 0..ROUNDS {
        for ((nodes, bare, ..), best) in wanted.iter().zip(&mut best) {
            if *bare || round == 0 {
                let (place, roll, events) = mean(*nodes, *bare);
                let peak = if round == 0 { peak_mib() } else { best.3 };
                *best = (best.0.min(place), best.1.min(roll), events, peak);
            }
        }
    }
    let mut curve = Vec::new();
    for ((nodes, bare, place_budget, roll_budget), (place, roll, events, peak)) in
        wanted.into_iter().zip(best)
    {
        let spent = |seconds: f64, budget: u32| seconds / unit / f64::from(budget);
        let (p, r) = (spent(place, *place_budget), spent(roll, *roll_budget));
        ledger.over += u32::from(p > 1.0) + u32::from(r > 1.0);
        println!(
            "{nodes:<8} {:<9} {place:<8.3} {roll:<8.3} {:<8} {:<9} {p:<13.2} {r:.2}",
            if *bare { "no" } else { "yes" },
            events,
            peak,
        );
        if *bare {
            curve.push((f64::from(*nodes), place, roll));
        }
    }
    if let [(few, place, roll), .., (many, later_place, later_roll)] = curve[..] {
        let exponent = |early: f64, late: f64| (late / early).ln() / (many / few).ln();
        let name = "growth from 1,000 to 20,000 bare nodes, ";
        ledger.line(
            &format!("{name}placed"),
            exponent(place, later_place),
            "",
            1.1,
            1.3,
        );
        ledger.line(
            &format!("{name}rolled"),
            exponent(roll, later_roll),
            "",
            1.1,
            1.4,
        );
    }
}

/// CPU seconds of placing and of rolling, and events: small clusters take their turn until as many nodes were placed as the
/// largest has, since the system counts time in steps of some milliseconds.
fn mean(nodes: u32, bare: bool) -> (f64, f64, u64) {
    let share = if bare { "100%" } else { "10%" };
    let turns = if bare { 20_000 / nodes } else { 1 };
    let (mut placed, mut rolled, mut events) = (0.0, 0.0, 0);
    for _ in 0..turns {
        let mut cluster = scenes::cluster(nodes, bare);
        placed += timed(|| scenes::place(&mut cluster, "agent", nodes, share)).0;
        let image = "registry.example.com/agent:2";
        rolled += timed(|| scenes::roll(&mut cluster, "agent", nodes, image)).0;
        events = cluster.events_done();
    }
    let turns = f64::from(turns);
    (placed / turns, rolled / turns, events)
}

/// Whether the arguments name this number of nodes, or none.
fn picked(nodes: u32) -> bool {
    let mut named = std::env::args()
        .filter_map(|a| a.parse::<u32>().ok())
        .peekable();
    named.peek().is_none() || named.any(|n| n == nodes)
}

/// A sync that finds nothing to do.
fn quiet(ledger: &mut Ledger, unit: f64) {
    const TIMES: u32 = 50;
    let mut cluster = scenes::cluster(5_000, true);
    scenes::place(&mut cluster, "agent", 5_000, "100%");
    let (seconds, ()) = timed(|| {
        for i in 0..TIMES {
            scenes::touch(&mut cluster, "agent", i);
        }
    });
    let each = seconds / f64::from(TIMES) * 1e3;
    let what = "a write and a sync that changes nothing, 5,000 nodes";
    ledger.line(what, each, "ms", 5.0, unit * 1e3 * 12.0);
}

/// 5,000 nodes with kubelets and three DaemonSets: memory, and an hour in which nothing happens. Memory of pods is
/// what the later DaemonSets add when their start is an hour ago and its events are forgotten.
fn idle(ledger: &mut Ledger, unit: f64) {
    const NODES: u32 = 5_000;
    const SETS: [&str; 3] = ["agent", "net", "log"];
    let grown = |before: u64| resident_kib().saturating_sub(before) as f64;
    let before = resident_kib();
    let mut cluster = scenes::cluster(NODES, false);
    let node = grown(before) / f64::from(NODES);
    ledger.line("memory of a node", node, "KiB", 64.0, 64.0);
    let (mut one, mut hour, mut events) = (0, 0.0, 0);
    for name in SETS {
        scenes::place(&mut cluster, name, NODES, "10%");
        events = cluster.events_done();
        (hour, ()) = timed(|| scenes::wait(&mut cluster, 3600));
        if name == SETS[0] {
            one = resident_kib();
        }
    }
    let what = "an hour of 5,000 nodes and 15,000 pods";
    ledger.line(what, hour, "s", 20.0, unit * 45_000.0);
    let passed = (cluster.events_done() - events) as f64;
    let what = "events of that hour, for each node";
    ledger.line(what, passed / f64::from(NODES), "", 0.0, 4.0);
    let pod = grown(one) / f64::from(NODES * 2);
    ledger.line(
        "memory of an idle daemon pod, at most",
        pod,
        "KiB",
        6.0,
        16.0,
    );
}

/// 100,000 nodes.
fn large(ledger: &mut Ledger, unit: f64) {
    let nodes = 100_000;
    let (boot, mut cluster) = timed(|| scenes::cluster(nodes, true));
    let (place, ()) = timed(|| scenes::place(&mut cluster, "agent", nodes, "100%"));
    ledger.line(
        "100,000 bare nodes: boot",
        boot,
        "s",
        60.0,
        unit * 130_000.0,
    );
    ledger.line(
        "100,000 bare nodes: placed",
        place,
        "s",
        60.0,
        unit * 130_000.0,
    );
    let gib = peak_mib() as f64 / 1024.0;
    ledger.line("100,000 bare nodes: memory", gib, "GiB", 16.0, 16.0);
}
