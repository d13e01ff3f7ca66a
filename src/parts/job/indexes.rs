//! Completion indexes of an Indexed Job, written as `0-3,5`.
//!
//! Upstream: pkg/controller/job/indexed_job_utils.go

use crate::k8s::Object;
use crate::k8s::ordered::BTreeSet;

/// The label and the annotation that carry a pod's index.
pub(super) const INDEX: &str = "batch.kubernetes.io/job-completion-index";

/// The pod's index, if it has one below the number of completions.
pub(super) fn of(pod: &Object, completions: i64) -> Option<i64> {
    let index = pod.meta().annotation(INDEX)?.parse::<i64>().ok()?;
    (0..completions).contains(&index).then_some(index)
}

/// Reads `0-3,5`; what lies at or above the number of completions is dropped.
pub(super) fn parse(text: &str, completions: i64) -> BTreeSet<i64> {
    let mut indexes = BTreeSet::new();
    for range in text.split(',').filter(|range| !range.is_empty()) {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        if let (Ok(first), Ok(last)) = (first.parse::<i64>(), last.parse::<i64>()) {
            indexes.extend(first..=last.min(completions - 1));
        }
    }
    indexes
}

/// Writes the indexes: runs of three and more as a range.
pub(super) fn print(indexes: &BTreeSet<i64>) -> String {
    let mut runs: Vec<(i64, i64)> = Vec::new();
    for &index in indexes {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == index => *last = index,
            _ => runs.push((index, index)),
        }
    }
    let texts: Vec<String> = runs
        .into_iter()
        .map(|(first, last)| match last - first {
            0 => first.to_string(),
            1 => format!("{first},{last}"),
            _ => format!("{first}-{last}"),
        })
        .collect();
    texts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_written_and_read() {
        for text in ["", "0", "0,1", "0-2", "1,3-5,7,8,10"] {
            assert_eq!(print(&parse(text, 11)), text);
        }
        assert_eq!(print(&parse("0-9", 4)), "0-3");
        assert!(parse("x,2-y", 4).is_empty());
    }
}
