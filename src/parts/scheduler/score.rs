//! Which of the fitting nodes an ordinary pod goes to.

use super::cache::NodeInfo;
use super::filter::Wanted;
use crate::k8s::{affinity, taint};

const MAX: i64 = 100;

/// Scores of the fitting nodes, in their order; the highest wins.
pub fn scores(wanted: &Wanted<'_>, nodes: &[&NodeInfo]) -> Vec<i64> {
    let preferred = normalized(nodes.iter().map(|n| preferred(wanted, n)).collect(), false);
    let tainted = normalized(nodes.iter().map(|n| disliked(wanted, n)).collect(), true);
    let spread = normalized(nodes.iter().map(|n| siblings(wanted, n)).collect(), true);
    nodes
        .iter()
        .enumerate()
        .map(|(i, info)| {
            least_allocated(wanted, info)
                + balanced(wanted, info)
                + preferred[i] * 2
                + tainted[i] * 3
                + spread[i] * 2
        })
        .collect()
}

/// Scales raw scores to 0..=100, turned around when less is better.
fn normalized(raw: Vec<i64>, reverse: bool) -> Vec<i64> {
    let max = raw.iter().copied().max().unwrap_or(0);
    raw.into_iter()
        .map(|score| {
            let scaled = if max == 0 { 0 } else { score * MAX / max };
            if reverse { MAX - scaled } else { scaled }
        })
        .collect()
}

/// Free share of cpu and memory after placing the pod, requests of nothing counted as a little.
fn least_allocated(wanted: &Wanted<'_>, info: &NodeInfo) -> i64 {
    let share = |asked: i64, used: i64, have: i64| percent(have.wrapping_sub(used), asked, have);
    let (cpu, memory) = non_zero(wanted);
    let room = &info.room;
    let cpu = share(cpu, room.used.milli_cpu, room.allocatable.milli_cpu);
    let memory = share(memory, room.used.memory, room.allocatable.memory);
    i64::midpoint(cpu, memory)
}

/// What is left of a part without what is taken from it, in hundredths of the whole.
fn percent(part: i64, taken: i64, whole: i64) -> i64 {
    let left = i128::from(part) - i128::from(taken);
    let share = (left * i128::from(MAX)).checked_div(i128::from(whole));
    i64::try_from(share.unwrap_or(0).clamp(0, i128::from(MAX))).unwrap_or(0)
}

/// Pods that request nothing count as 100m and 200Mi.
fn non_zero(wanted: &Wanted<'_>) -> (i64, i64) {
    let (cpu, memory) = (wanted.requests.milli_cpu, wanted.requests.memory);
    (
        if cpu == 0 { 100 } else { cpu },
        if memory == 0 { 200 << 20 } else { memory },
    )
}

/// How evenly cpu and memory would be used: 100 minus half the difference of their shares.
fn balanced(wanted: &Wanted<'_>, info: &NodeInfo) -> i64 {
    let share = |asked: i64, used: i64, have: i64| {
        if have == 0 {
            MAX
        } else {
            percent(asked.wrapping_add(used), 0, have)
        }
    };
    let room = &info.room;
    let cpu = share(
        wanted.requests.milli_cpu,
        room.used.milli_cpu,
        room.allocatable.milli_cpu,
    );
    let memory = share(
        wanted.requests.memory,
        room.used.memory,
        room.allocatable.memory,
    );
    MAX - (cpu - memory).abs() / 2
}

/// Weights of the preferred terms that match.
fn preferred(wanted: &Wanted<'_>, info: &NodeInfo) -> i64 {
    let Some(node) = &info.node else { return 0 };
    affinity::preferred_score(&wanted.preferred, &node.meta().labels, node.name())
}

/// Untolerated `PreferNoSchedule` taints.
fn disliked(wanted: &Wanted<'_>, info: &NodeInfo) -> i64 {
    let taints = info
        .node
        .as_ref()
        .and_then(|n| n.node())
        .map_or(&[][..], |n| &n.taints);
    let count = taints
        .iter()
        .filter(|t| t.effect == taint::PREFER_NO_SCHEDULE)
        .filter(|t| !taint::tolerated(&wanted.spec.tolerations, t))
        .count();
    i64::try_from(count).unwrap_or(i64::MAX / MAX)
}

/// Pods of the same controller on the node (the default spreading).
fn siblings(wanted: &Wanted<'_>, info: &NodeInfo) -> i64 {
    let Some(owner) = wanted.pod.meta().controller() else {
        return 0;
    };
    let count = info
        .pods
        .values()
        .filter(|p| {
            p.pod
                .meta()
                .controller()
                .is_some_and(|o| o.uid == owner.uid)
        })
        .count();
    i64::try_from(count).unwrap_or(i64::MAX / MAX)
}
