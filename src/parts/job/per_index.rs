//! A back-off limit for each index of an Indexed Job.
//!
//! The pods carry how often their index has failed before. A failed pod is kept until the next pod of its index has
//! taken the number over.
//!
//! Upstream: pkg/controller/job/indexed_job_utils.go, backoff_utils.go

use super::backoff::{finished_at, remaining};
use super::policy::{self, Verdict};
use super::sync::{Ending, Pass, count};
use super::{indexes, track};
use crate::k8s::ordered::BTreeMap;
use crate::k8s::{Object, Value};
use crate::sim::{SimSpan, SimTime};
use std::sync::Arc;

/// Failures of the index that count.
const FAILURES: &str = "batch.kubernetes.io/job-index-failure-count";
/// Failures that the policy tells to ignore.
const IGNORED: &str = "batch.kubernetes.io/job-index-ignored-failure-count";

fn number(pod: &Object, annotation: &str) -> i64 {
    let text = pod.meta().annotation(annotation);
    text.and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn failures_of_all_kinds(pod: &Object) -> i64 {
    number(pod, FAILURES) + number(pod, IGNORED)
}

impl Pass {
    pub(super) fn limit_per_index(&self) -> Option<i64> {
        self.spec("backoffLimitPerIndex").as_i64()
    }

    /// Finds the indexes that have failed for good, and the failed pods of those that have not.
    pub(super) fn observe_indexes(&mut self) {
        let Some(limit) = self.limit_per_index() else {
            return;
        };
        let completions = self.completions().unwrap_or(0);
        let before = indexes::parse(self.status.get("failedIndexes").text(), completions);
        self.failed_indexes = before;
        let failed = self.pods.iter().filter(|pod| self.index_failed(pod, limit));
        let failed: Vec<i64> = failed.filter_map(|p| indexes::of(p, completions)).collect();
        self.failed_indexes.extend(failed);
        self.kept = self.pods_to_keep(completions);
    }

    /// Upstream: `isIndexFailed`
    fn index_failed(&self, pod: &Object, limit: i64) -> bool {
        self.pod_failed(pod)
            && match policy::judge(self.spec("podFailurePolicy"), pod) {
                Verdict::FailIndex => true,
                Verdict::Ignore => false,
                Verdict::Count | Verdict::FailJob(_) => number(pod, FAILURES) >= limit,
            }
    }

    /// The last failed pod of each index that is to be tried again and has no pod yet.
    ///
    /// Upstream: `getPodsWithDelayedDeletionPerIndex`
    fn pods_to_keep(&self, completions: i64) -> BTreeMap<i64, Arc<Object>> {
        let running = |index| {
            let mut active = self.active.iter();
            active.any(|pod| indexes::of(pod, completions) == Some(index))
        };
        let mut kept: BTreeMap<i64, Arc<Object>> = BTreeMap::new();
        for pod in self.pods.iter().filter(|pod| track::has_finalizer(pod)) {
            let Some(index) = indexes::of(pod, completions) else {
                continue;
            };
            let over = self.indexes.contains(&index) || self.failed_indexes.contains(&index);
            if over || self.uncounted("failed", pod) || !self.pod_failed(pod) || running(index) {
                continue;
            }
            let later = kept.get(&index).is_none_or(|last| {
                failures_of_all_kinds(last) <= failures_of_all_kinds(pod)
                    && finished_at(last) <= finished_at(pod)
            });
            if later {
                kept.insert(index, pod.clone());
            }
        }
        kept
    }

    /// Too many indexes have failed, or all that there are have come to an end.
    pub(super) fn judge_indexes(&self) -> Option<Ending> {
        self.limit_per_index()?;
        let failed = count(self.failed_indexes.len());
        let most = self.spec("maxFailedIndexes").as_i64();
        let all = self.completions().unwrap_or(0);
        if most.is_some_and(|most| failed > most) {
            let text = "Job has exceeded the specified maximal number of failed indexes";
            let reason = "MaxFailedIndexesExceeded";
            return Some(Ending::new("FailureTarget", reason, text));
        }
        (failed > 0 && failed + count(self.indexes.len()) >= all)
            .then(|| Ending::new("FailureTarget", "FailedIndexes", "Job has failed indexes"))
    }

    /// Those of the indexes whose back-off is over; how long to wait when that is none.
    ///
    /// Upstream: `getPodCreationInfoForIndependentIndexes`
    pub(super) fn indexes_due(&self, wanted: Vec<i64>, now: SimTime) -> (Vec<i64>, SimSpan) {
        let wait = |index: &i64| {
            let Some(last) = self.kept.get(index) else {
                return SimSpan::ZERO;
            };
            let failures = u32::try_from(failures_of_all_kinds(last) + 1).unwrap_or(u32::MAX);
            finished_at(last).map_or(SimSpan::ZERO, |at| remaining(failures, at, now))
        };
        let shortest = wanted.iter().map(wait).min().unwrap_or(SimSpan::ZERO);
        let due = wanted.into_iter().filter(|i| wait(i) == SimSpan::ZERO);
        (due.collect(), shortest)
    }

    /// Tells a new pod how often its index has failed.
    ///
    /// Upstream: `addIndexFailureCountAnnotation`
    pub(super) fn note_failures(&self, pod: &mut Value, index: i64) {
        if self.limit_per_index().is_none() {
            return;
        }
        let (mut failures, mut ignored) = (0, 0);
        if let Some(last) = self.kept.get(&index) {
            (failures, ignored) = (number(last, FAILURES), number(last, IGNORED));
            match policy::judge(self.spec("podFailurePolicy"), last) {
                Verdict::Ignore => ignored += 1,
                Verdict::Count | Verdict::FailIndex | Verdict::FailJob(_) => failures += 1,
            }
        }
        let annotations = pod.at_mut(&["metadata", "annotations"]);
        annotations.set(FAILURES, failures.to_string());
        if ignored > 0 {
            annotations.set(IGNORED, ignored.to_string());
        }
    }

    /// The pod stays until the next one of its index has taken its number over.
    pub(super) fn keeps(&self, pod: &Object) -> bool {
        let mut kept = self.kept.values();
        kept.any(|kept| kept.uid() == pod.uid())
    }
}
