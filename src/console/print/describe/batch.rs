//! Descriptions of Jobs and CronJobs.

use super::template::pod_template;
use super::{View, Writer, pieces};
use crate::console::print::{age, labels, long_time, scalar};
use crate::k8s::selector::Selector;
use crate::k8s::{Object, Timestamp, Value};

fn or_unset(value: &Value) -> String {
    if value.is_null() {
        "<unset>".to_owned()
    } else {
        scalar(value)
    }
}

/// Upstream: kubectl/pkg/describe/describe.go `describeJob`.
pub fn job(w: &mut Writer, object: &Object, _: View<'_>) {
    let value = object.value();
    let (spec, status) = (value.get("spec"), value.get("status"));
    pieces::name(w, object);
    if !spec.get("selector").is_null() {
        w.field(
            0,
            "Selector",
            Selector::read(spec.get("selector")).or_none(),
        );
    }
    pieces::labels_and_annotations(w, object);
    pieces::controller(w, object);
    w.field(0, "Parallelism", or_unset(spec.get("parallelism")));
    w.field(0, "Completions", or_unset(spec.get("completions")));
    let mode = spec.get("completionMode").text();
    if !mode.is_empty() {
        w.field(0, "Completion Mode", mode);
    }
    if !spec.get("suspend").is_null() {
        w.field(0, "Suspend", scalar(spec.get("suspend")));
    }
    if !spec.get("backoffLimit").is_null() {
        w.field(0, "Backoff Limit", scalar(spec.get("backoffLimit")));
    }
    if !spec.get("ttlSecondsAfterFinished").is_null() {
        w.field(
            0,
            "TTL Seconds After Finished",
            scalar(spec.get("ttlSecondsAfterFinished")),
        );
    }
    times(w, spec, status);
    progress(w, mode, status);
    pod_template(w, spec.get("template"));
}

/// When a Job ran, and how long it may.
fn times(w: &mut Writer, spec: &Value, status: &Value) {
    let (start, end) = (status.get("startTime"), status.get("completionTime"));
    if !start.is_null() {
        w.field(0, "Start Time", long_time(start));
    }
    if !end.is_null() {
        w.field(0, "Completed At", long_time(end));
    }
    if let (Some(from), Some(to)) = (Timestamp::parse(start.text()), Timestamp::parse(end.text())) {
        w.field(0, "Duration", age::between(from, to));
    }
    let deadline = spec.get("activeDeadlineSeconds");
    if !deadline.is_null() {
        w.field(
            0,
            "Active Deadline Seconds",
            format!("{}s", scalar(deadline)),
        );
    }
}

/// How far the pods of a Job are.
fn progress(w: &mut Writer, mode: &str, status: &Value) {
    let count = |field: &str| status.get(field).as_i64().unwrap_or(0);
    let ready = status.get("ready");
    let ready = if ready.is_null() {
        String::new()
    } else {
        format!(" ({} Ready)", scalar(ready))
    };
    w.field(
        0,
        "Pods Statuses",
        format!(
            "{} Active{ready} / {} Succeeded / {} Failed",
            count("active"),
            count("succeeded"),
            count("failed")
        ),
    );
    if mode == "Indexed" {
        let indexes = status.get("completedIndexes").text();
        let shown: String = indexes.chars().take(50).collect();
        let text = if shown.len() < indexes.len() {
            format!("{shown}...")
        } else {
            shown
        };
        w.field(
            0,
            "Completed Indexes",
            crate::console::print::or_none(&text),
        );
    }
}

/// Upstream: kubectl/pkg/describe/describe.go `describeCronJob`.
pub fn cron_job(w: &mut Writer, object: &Object, _: View<'_>) {
    let value = object.value();
    let (spec, status) = (value.get("spec"), value.get("status"));
    pieces::name(w, object);
    pieces::labels_and_annotations(w, object);
    w.field(0, "Schedule", spec.get("schedule").text());
    w.field(
        0,
        "Concurrency Policy",
        spec.get("concurrencyPolicy").text(),
    );
    let suspend = spec.get("suspend");
    let word = match suspend.as_bool() {
        Some(true) => "True",
        Some(false) => "False",
        None => "<unset>",
    };
    w.field(0, "Suspend", word);
    w.field(0, "Time Zone", or_unset(spec.get("timeZone")));
    w.field(
        0,
        "Successful Job History Limit",
        or_unset(spec.get("successfulJobsHistoryLimit")),
    );
    w.field(
        0,
        "Failed Job History Limit",
        or_unset(spec.get("failedJobsHistoryLimit")),
    );
    let deadline = spec.get("startingDeadlineSeconds");
    let deadline = if deadline.is_null() {
        "<unset>".to_owned()
    } else {
        format!("{}s", scalar(deadline))
    };
    w.field(0, "Starting Deadline Seconds", deadline);
    job_template(w, spec.at(&["jobTemplate", "spec"]));
    let last = status.get("lastScheduleTime");
    w.field(
        0,
        "Last Schedule Time",
        if last.is_null() {
            "<unset>".to_owned()
        } else {
            long_time(last)
        },
    );
    let active: Vec<&str> = status
        .get("active")
        .items()
        .iter()
        .map(|a| a.get("name").text())
        .collect();
    w.field(
        0,
        "Active Jobs",
        crate::console::print::or_none(&active.join(", ")),
    );
}

/// What a CronJob says of the Jobs that it will make.
fn job_template(w: &mut Writer, job: &Value) {
    let selector = job.get("selector");
    let selector = if selector.is_null() {
        "<unset>".to_owned()
    } else {
        labels(selector.get("matchLabels"))
    };
    w.field(0, "Selector", selector);
    w.field(0, "Parallelism", or_unset(job.get("parallelism")));
    w.field(0, "Completions", or_unset(job.get("completions")));
    let job_deadline = job.get("activeDeadlineSeconds");
    if !job_deadline.is_null() {
        w.field(
            0,
            "Active Deadline Seconds",
            format!("{}s", scalar(job_deadline)),
        );
    }
    pod_template(w, job.get("template"));
}
