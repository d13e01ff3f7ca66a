//! The rows of Jobs and CronJobs.

use super::{Column, View, age, col, template_cells, wide};
use crate::console::print::age as ages;
use crate::k8s::selector::Selector;
use crate::k8s::{Object, Timestamp, Value};

pub const JOB: &[Column] = &[
    col("NAME"),
    col("STATUS"),
    col("COMPLETIONS"),
    col("DURATION"),
    col("AGE"),
    wide("CONTAINERS"),
    wide("IMAGES"),
    wide("SELECTOR"),
];

pub const CRON_JOB: &[Column] = &[
    col("NAME"),
    col("SCHEDULE"),
    col("TIMEZONE"),
    col("SUSPEND"),
    col("ACTIVE"),
    col("LAST SCHEDULE"),
    col("AGE"),
    wide("CONTAINERS"),
    wide("IMAGES"),
    wide("SELECTOR"),
];

fn holds(status: &Value, kind: &str) -> bool {
    let mut conditions = status.get("conditions").items().iter();
    conditions.any(|c| c.get("type").text() == kind && c.get("status").text() == "True")
}

pub fn job(object: &Object, view: View<'_>) -> Vec<String> {
    let (spec, status) = (object.value().get("spec"), object.value().get("status"));
    let word = if holds(status, "Complete") {
        "Complete"
    } else if holds(status, "Failed") {
        "Failed"
    } else if object.meta().terminating() {
        "Terminating"
    } else if holds(status, "Suspended") {
        "Suspended"
    } else if holds(status, "FailureTarget") {
        "FailureTarget"
    } else if holds(status, "SuccessCriteriaMet") {
        "SuccessCriteriaMet"
    } else {
        "Running"
    };
    let succeeded = status.get("succeeded").as_i64().unwrap_or(0);
    let parallelism = spec.get("parallelism").as_i64().unwrap_or(0);
    let completions = match spec.get("completions").as_i64() {
        Some(wanted) => format!("{succeeded}/{wanted}"),
        None if parallelism > 1 => format!("{succeeded}/1 of {parallelism}"),
        None => format!("{succeeded}/1"),
    };
    let start = Timestamp::parse(status.get("startTime").text());
    let end = Timestamp::parse(status.get("completionTime").text());
    let duration = match (start, end) {
        (None, _) => String::new(),
        (Some(start), None) => ages::since(start, view.now),
        (Some(start), Some(end)) => ages::between(start, end),
    };
    let [names, images] = template_cells(object, &["spec", "template", "spec"]);
    vec![
        object.name().to_string(),
        word.to_owned(),
        completions,
        duration,
        age(object, view),
        names,
        images,
        Selector::read(spec.get("selector")).or_none(),
    ]
}

pub fn cron_job(object: &Object, view: View<'_>) -> Vec<String> {
    let (spec, status) = (object.value().get("spec"), object.value().get("status"));
    let last = status.get("lastScheduleTime");
    let zone = spec.get("timeZone").text();
    let suspended = spec.get("suspend").as_bool() == Some(true);
    let template = &["spec", "jobTemplate", "spec", "template", "spec"];
    let [names, images] = template_cells(object, template);
    let selector = spec.at(&["jobTemplate", "spec", "selector"]);
    vec![
        object.name().to_string(),
        spec.get("schedule").text().to_owned(),
        crate::console::print::or_none(zone),
        if suspended { "True" } else { "False" }.to_owned(),
        status.get("active").items().len().to_string(),
        if last.is_null() {
            "<none>".to_owned()
        } else {
            view.age(last)
        },
        age(object, view),
        names,
        images,
        if selector.is_null() {
            "<none>".to_owned()
        } else {
            Selector::read(selector).or_none()
        },
    ]
}
