//! CronJobs.

use super::schedule;
use super::syntax::subdomain;
use super::{Errors, Path, Shown, job, meta, selector};
use crate::k8s::Value;

const SPEC: Path<'static> = Path::root("spec");
/// Names of the Jobs that it makes are eleven characters longer.
const NAME_MAX: usize = 52;

/// Upstream: `pkg/apis/batch/validation ValidateCronJobCreate`.
pub fn create(errors: &mut Errors, cron_job: &Value) {
    meta::create(errors, cron_job, true, subdomain);
    spec(errors, cron_job.get("spec"), None);
    let name = cron_job.at(&["metadata", "name"]).text();
    if name.len() > NAME_MAX {
        let at = Path::root("metadata");
        errors.invalid(
            &at.child("name"),
            name,
            "must be no more than 52 characters",
        );
    }
}

/// Upstream: `pkg/apis/batch/validation ValidateCronJobUpdate`.
pub fn update(errors: &mut Errors, new: &Value, old: &Value) {
    meta::update(errors, new, old);
    spec(errors, new.get("spec"), Some(old.get("spec")));
}

fn spec(errors: &mut Errors, spec: &Value, old: Option<&Value>) {
    let text = spec.get("schedule").text();
    let at = SPEC.child("schedule");
    if text.is_empty() {
        errors.required(&at, "");
    } else {
        if let Err(why) = schedule::check(text) {
            errors.invalid(&at, text, &why);
        }
        let zone_before = old.is_some_and(|old| old.get("schedule").text().contains("TZ"));
        if text.contains("TZ") && zone_before && !spec.get("timeZone").is_null() {
            let detail = "cannot use both timeZone field and TZ or CRON_TZ in schedule";
            errors.invalid(&at, text, detail);
        } else if text.contains("TZ") && !zone_before {
            let detail = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead";
            errors.invalid(&at, text, detail);
        }
    }
    let field = "startingDeadlineSeconds";
    errors.non_negative(&SPEC.child(field), spec.get(field));
    let zone = spec.get("timeZone");
    if let Some(name) = zone.as_str()
        && old.is_none_or(|old| old.get("timeZone") != zone)
    {
        time_zone(errors, &SPEC.child("timeZone"), name);
    }
    let policy = spec.get("concurrencyPolicy").text();
    let supported = ["Allow", "Forbid", "Replace"];
    if policy.is_empty() {
        errors.required(&SPEC.child("concurrencyPolicy"), "");
    } else if !supported.contains(&policy) {
        errors.not_supported(&SPEC.child("concurrencyPolicy"), policy, &supported);
    }
    let template = spec.at(&["jobTemplate", "spec"]);
    let template_at = SPEC.child("jobTemplate");
    let template_at = template_at.child("spec");
    job::spec(errors, &template_at, template);
    let value = template.get("selector");
    if !value.is_null() {
        let shown = selector::shown(value);
        let detail = "`selector` will be auto-generated";
        errors.invalid(&template_at.child("selector"), Shown::Json(&shown), detail);
    }
    if template.get("manualSelector") == &Value::Bool(true) {
        let at = template_at.child("manualSelector");
        errors.not_supported(&at, Shown::Bool(true), &["nil", "false"]);
    }
    for field in ["successfulJobsHistoryLimit", "failedJobsHistoryLimit"] {
        errors.non_negative(&SPEC.child(field), spec.get(field));
    }
}

/// Upstream: `pkg/apis/batch/validation validateTimeZone`.
fn time_zone(errors: &mut Errors, at: &Path<'_>, zone: &str) {
    if zone.is_empty() {
        errors.invalid(at, zone, "timeZone must be nil or non-empty string");
        return;
    }
    let part = |part: &str| {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"._-+".contains(&b);
        let form = (1..=14).contains(&part.len()) && part.bytes().all(fits);
        form && part != "." && part != ".." && !part.starts_with('-')
    };
    let local = zone.eq_ignore_ascii_case("local");
    if local {
        let detail =
            "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones";
        errors.invalid(at, zone, detail);
    }
    if !zone.split('/').all(part) || (zone != "Local" && !schedule::is_time_zone(zone)) {
        errors.invalid(at, zone, &format!("unknown time zone {zone}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn in_the_servers_order() {
        let mut errors = Errors::default();
        let value = value!({"schedule": "61 * * * *", "startingDeadlineSeconds": (-5), "timeZone": "Mars/Olympus", "concurrencyPolicy": "Sometimes"});
        spec(&mut errors, &value, None);
        assert_eq!(
            errors.lines()[..4],
            [
                "spec.schedule: Invalid value: \"61 * * * *\": end of range (61) above maximum (59): 61",
                "spec.startingDeadlineSeconds: Invalid value: -5: must be greater than or equal to 0",
                "spec.timeZone: Invalid value: \"Mars/Olympus\": unknown time zone Mars/Olympus",
                "spec.concurrencyPolicy: Unsupported value: \"Sometimes\": supported values: \"Allow\", \"Forbid\", \"Replace\"",
            ]
        );
    }
}
