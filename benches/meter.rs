//! CPU time, memory, and the reference loop that budgets are counted in.

/// How often the reference loop runs for one reading: the system counts CPU time in coarse steps.
const REPEATS: u32 = 300;

/// A fixed amount of work of the same kind: ordered maps, allocations, text. Returns seconds for one turn.
fn turn() -> f64 {
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

/// The reference loop's best of five.
pub fn reference() -> f64 {
    (0..5).map(|_| turn()).fold(f64::MAX, f64::min)
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

/// A line of the process's status, in KiB.
fn kib(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with(name));
    let number = line.and_then(|l| l.split_whitespace().nth(1));
    number.and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// The most memory that the process ever had.
pub fn peak_mib() -> u64 {
    kib("VmHWM") / 1024
}

/// The memory that the process has now.
pub fn resident_kib() -> u64 {
    kib("VmRSS")
}

/// CPU seconds of an act, and its result.
pub fn timed<R>(act: impl FnOnce() -> R) -> (f64, R) {
    let start = cpu_seconds();
    let result = act();
    (cpu_seconds() - start, result)
}
