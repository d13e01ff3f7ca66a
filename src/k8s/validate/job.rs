//! Jobs.

use super::errors::quoted;
use super::pvc::restore;
use super::syntax::{label, subdomain};
use super::template::template;
use super::workload::{IMMUTABLE, immutable, immutable_selector, labels_selected};
use super::{Errors, Path, Shown, internal, job_policy, meta, selector};
use crate::k8s::Value;

const SPEC: Path<'static> = Path::root("spec");
const STATUS: Path<'static> = Path::root("status");
const INDEXED_PARALLELISM_MAX: i64 = 100_000;
const COMPLETIONS_SOFT: i64 = 100_000;
const FAILED_INDEXES_MAX: i64 = 100_000;
const HIGH_COMPLETIONS_MAX: i64 = 10_000;

/// Upstream: `pkg/apis/batch/validation ValidateJob`.
pub fn create(errors: &mut Errors, job: &Value) {
    meta::create(errors, job, true, subdomain);
    generated_selector(errors, job);
    let spec = job.get("spec");
    selected_spec(errors, spec);
    let completions = spec.get("completions").as_i64().unwrap_or(0);
    if spec.get("completionMode").text() == "Indexed" && completions > 0 {
        let name = job.at(&["metadata", "name"]).text();
        let last = format!("{name}-{}", completions - 1);
        if !label(&last).is_empty() {
            let detail = format!("will not able to create pod with invalid DNS label: {last}");
            let at = Path::root("metadata");
            errors.invalid(&at.child("name"), name, &detail);
        }
    }
}

/// The selector that the server makes for a Job selects the Job's UID, and its pods carry the labels for it.
fn generated_selector(errors: &mut Errors, job: &Value) {
    let spec = job.get("spec");
    let value = spec.get("selector");
    if spec.get("manualSelector") == &Value::Bool(true) || value.is_null() {
        return;
    }
    let (uid, name) = (job.at(&["metadata", "uid"]), job.at(&["metadata", "name"]));
    if uid.text().is_empty() {
        errors.required(&Path::root("metadata").child("uid"), "");
    }
    let wanted = [
        ("controller-uid", uid),
        ("job-name", name),
        ("batch.kubernetes.io/controller-uid", uid),
        ("batch.kubernetes.io/job-name", name),
    ];
    let labels = spec.at(&["template", "metadata", "labels"]);
    let at = SPEC.child("template");
    let at = at.child("metadata");
    let at = at.child("labels");
    for (key, value) in wanted {
        let detail = format!("must be '{}'", value.text());
        match labels.field(key) {
            None => errors.required(&at.key(key), &detail),
            Some(have) if have.text() != value.text() => {
                errors.invalid(&at.key(key), labels, &detail);
            }
            Some(_) => {}
        }
    }
    let mut expected = Value::map();
    for (key, value) in wanted {
        expected.set(key, value);
    }
    if selector::matches(value, &expected) == Some(false) {
        let shown = selector::shown(value);
        let at = SPEC.child("selector");
        errors.invalid(&at, Shown::Json(&shown), "`selector` not auto-generated");
    }
}

/// Upstream: `pkg/apis/batch/validation ValidateJobSpec`.
fn selected_spec(errors: &mut Errors, value: &Value) {
    spec(errors, &SPEC, value);
    let at = SPEC.child("selector");
    if value.get("selector").is_null() {
        errors.required(&at, "");
    } else {
        selector::label_selector(errors, &at, value.get("selector"));
    }
    labels_selected(errors, &SPEC, value);
}

/// The spec of a Job or of the template in a CronJob.
///
/// Upstream: `pkg/apis/batch/validation validateJobSpec`.
pub fn spec(errors: &mut Errors, at: &Path<'_>, spec: &Value) {
    for field in [
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
        "backoffLimitPerIndex",
        "maxFailedIndexes",
    ] {
        errors.non_negative(&at.child(field), spec.get(field));
    }
    if !spec.get("maxFailedIndexes").is_null() && spec.get("backoffLimitPerIndex").is_null() {
        errors.required(
            &at.child("backoffLimitPerIndex"),
            "when maxFailedIndexes is specified",
        );
    }
    if let Some(manager) = spec.get("managedBy").as_str() {
        managed_by(errors, &at.child("managedBy"), manager);
    }
    completion_mode(errors, at, spec);
    if !spec.get("podFailurePolicy").is_null() {
        job_policy::failure(errors, &at.child("podFailurePolicy"), spec);
    }
    let success = spec.get("successPolicy");
    if !success.is_null() {
        let at = at.child("successPolicy");
        if spec.get("completionMode").text() == "Indexed" {
            job_policy::success(errors, &at, spec);
        } else {
            let shown = job_policy::shown(success);
            errors.invalid(&at, Shown::Json(&shown), "requires indexed completion mode");
        }
    }
    job_policy::replacement(errors, &at.child("podReplacementPolicy"), spec);
    template(errors, &at.child("template"), spec.get("template"));
    restart_policy(errors, at, spec);
}

fn restart_policy(errors: &mut Errors, at: &Path<'_>, spec: &Value) {
    let template = at.child("template");
    let at = template.child("spec");
    let at = at.child("restartPolicy");
    match spec.at(&["template", "spec", "restartPolicy"]).text() {
        "Always" | "" => errors.required(&at, "valid values: \"OnFailure\", \"Never\""),
        "OnFailure" if !spec.get("podFailurePolicy").is_null() => {
            let detail = "only \"Never\" is supported when podFailurePolicy is specified";
            errors.invalid(&at, "OnFailure", detail);
        }
        "OnFailure" | "Never" => {}
        policy => errors.not_supported(&at, policy, &["OnFailure", "Never"]),
    }
}

/// `domain/path`
fn managed_by(errors: &mut Errors, at: &Path<'_>, manager: &str) {
    match manager.split_once('/') {
        _ if manager.is_empty() => errors.required(at, ""),
        Some((host, path)) if !host.is_empty() && !path.is_empty() => {
            errors.invalid_each(at, host, subdomain(host));
            let fits = |b: u8| b.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&b);
            if !path.bytes().all(fits) {
                let detail = "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')";
                errors.invalid(at, path, detail);
            }
        }
        _ => {
            let detail = "must be a domain-prefixed path (such as \"acme.io/foo\")";
            errors.invalid(at, manager, detail);
        }
    }
    if manager.len() > 63 {
        errors.too_long(at, 63);
    }
}

fn completion_mode(errors: &mut Errors, at: &Path<'_>, spec: &Value) {
    let number = |field| spec.get(field).as_i64();
    let mode = spec.get("completionMode");
    if !mode.is_null() && !["NonIndexed", "Indexed"].contains(&mode.text()) {
        let supported = ["NonIndexed", "Indexed"];
        errors.not_supported(&at.child("completionMode"), mode.text(), &supported);
    }
    if mode.text() != "Indexed" {
        if mode.is_null() || mode.text() == "NonIndexed" {
            for field in ["backoffLimitPerIndex", "maxFailedIndexes"] {
                if let Some(value) = number(field) {
                    errors.invalid(&at.child(field), value, "requires indexed completion mode");
                }
            }
        }
        return;
    }
    let (parallelism_at, failed_at) = (at.child("parallelism"), at.child("maxFailedIndexes"));
    let (completions, failed) = (number("completions"), number("maxFailedIndexes"));
    let parallelism = number("parallelism").unwrap_or(0);
    if completions.is_none() {
        errors.required(&at.child("completions"), "when completion mode is Indexed");
    }
    if parallelism > INDEXED_PARALLELISM_MAX {
        let detail = "must be less than or equal to 100000 when completion mode is Indexed";
        errors.invalid(&parallelism_at, parallelism, detail);
    }
    if let (Some(completions), Some(failed)) = (completions, failed)
        && failed > completions
    {
        errors.invalid(
            &failed_at,
            failed,
            "must be less than or equal to completions",
        );
    }
    if let Some(failed) = failed.filter(|failed| *failed > FAILED_INDEXES_MAX) {
        errors.invalid(&failed_at, failed, "must be less than or equal to 100000");
    }
    let high = completions.unwrap_or(0) > COMPLETIONS_SOFT;
    if high && number("backoffLimitPerIndex").is_some() {
        let detail = "must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index";
        if failed.is_none() {
            errors.required(
                &failed_at,
                "must be specified when completions is above 100000",
            );
        }
        if parallelism > HIGH_COMPLETIONS_MAX {
            errors.invalid(&parallelism_at, parallelism, detail);
        }
        if let Some(failed) = failed.filter(|failed| *failed > HIGH_COMPLETIONS_MAX) {
            errors.invalid(&failed_at, failed, detail);
        }
    }
}

/// Upstream: `pkg/apis/batch/validation ValidateJobUpdate`.
pub fn update(errors: &mut Errors, new: &Value, old: &Value) {
    meta::update(errors, new, old);
    generated_selector(errors, new);
    let (spec, old_spec) = (new.get("spec"), old.get("spec"));
    selected_spec(errors, spec);
    let at = SPEC.child("completions");
    let (completions, old_completions) = (spec.get("completions"), old_spec.get("completions"));
    if spec.get("completionMode").text() != "Indexed" {
        immutable(errors, &at, completions, old_completions);
    } else if completions != old_completions
        && !completions.is_null()
        && completions != spec.get("parallelism")
    {
        let detail = "can only be modified in tandem with spec.parallelism";
        errors.invalid(&at, completions, detail);
    }
    immutable_selector(errors, new, old);
    template_update(errors, new, old);
    for field in [
        "completionMode",
        "podFailurePolicy",
        "backoffLimitPerIndex",
        "managedBy",
        "successPolicy",
    ] {
        immutable(
            errors,
            &SPEC.child(field),
            spec.get(field),
            old_spec.get(field),
        );
    }
}

/// A suspended Job without running pods may be moved to other nodes and may get other resources.
///
/// Upstream: `pkg/apis/batch/validation validatePodTemplateUpdate`.
fn template_update(errors: &mut Errors, new: &Value, old: &Value) {
    let status = old.get("status");
    let stopped =
        |c: &Value| c.get("type").text() == "Suspended" && c.get("status").text() == "True";
    let mutable = old.at(&["spec", "suspend"]) == &Value::Bool(true)
        && (status.get("startTime").is_null()
            || status.get("conditions").items().iter().any(stopped))
        && status.get("active").as_i64().unwrap_or(0) == 0;
    let (new, mut old) = (
        new.at(&["spec", "template"]),
        old.at(&["spec", "template"]).clone(),
    );
    if new.same(&old) || *new == old {
        return;
    }
    if mutable {
        let paths: [&[&'static str]; 6] = [
            &["spec", "affinity", "nodeAffinity"],
            &["spec", "nodeSelector"],
            &["spec", "tolerations"],
            &["spec", "schedulingGates"],
            &["metadata", "annotations"],
            &["metadata", "labels"],
        ];
        for path in paths {
            restore(&mut old, new, path);
        }
        if old.at(&["spec", "affinity"]).is_empty() && new.at(&["spec", "affinity"]).is_null() {
            old.remove_at(&["spec", "affinity"]);
        }
    }
    let at = SPEC.child("template");
    if !mutable {
        if new != &old {
            let shown = internal::compact("core.v1.PodTemplateSpec", new);
            errors.invalid(&at, Shown::Json(&shown), IMMUTABLE);
        }
        return;
    }
    for field in ["containers", "initContainers"] {
        let path = ["spec", field];
        let (before, after) = (old.at(&path).clone(), new.at(&path));
        if before.items().len() == after.items().len() && !before.is_null() {
            let with_resources = before.items().iter().zip(after.items()).map(|(old, new)| {
                let mut container = old.clone();
                if old.get("name") == new.get("name") {
                    restore(&mut container, new, &["resources"]);
                }
                container
            });
            old.set_at(&path, with_resources.collect::<Value>());
        }
    }
    let (new, old) = (new.get("spec"), old.get("spec"));
    if new != old {
        let shown = internal::compact("core.v1.PodSpec", new);
        errors.invalid(&at.child("spec"), Shown::Json(&shown), IMMUTABLE);
    }
}

/// The counters; what the conditions allow is left to the controller, the only writer.
///
/// Upstream: `pkg/apis/batch/validation ValidateJobUpdateStatus`.
pub fn update_status(errors: &mut Errors, new: &Value, old: &Value) {
    meta::update(errors, new, old);
    for field in ["active", "succeeded", "failed", "ready", "terminating"] {
        errors.non_negative(&STATUS.child(field), new.get("status").get(field));
    }
}

/// Whether a list of indexes such as `0,2-4` is well formed, and how many indexes it holds.
pub fn indexes(text: &str, completions: i64) -> Result<i64, String> {
    let mut last: Option<i64> = None;
    let mut total = 0;
    for part in text.split(',').filter(|_| !text.is_empty()) {
        let limits: Vec<&str> = part.split('-').collect();
        if limits.len() > 2 {
            return Err(format!(
                "the fragment {} violates the requirement that an index interval can have at most two parts separated by '-'",
                quoted(part)
            ));
        }
        let read = |text: &str| {
            let number: i64 = text.parse().map_err(|_| {
                format!(
                    "cannot convert string to integer for index: {}",
                    quoted(text)
                )
            })?;
            if number >= completions {
                return Err(format!("too large index: {}", quoted(text)));
            }
            Ok(number)
        };
        let first = read(limits[0])?;
        let end = limits.get(1).map_or(Ok(first), |text| read(text))?;
        if limits.len() == 2 && first >= end {
            return Err(format!(
                "non-increasing order, previous: {first}, current: {end}"
            ));
        }
        if let Some(last) = last.filter(|last| *last >= first) {
            return Err(format!(
                "non-increasing order, previous: {last}, current: {first}"
            ));
        }
        total += end - first + 1;
        last = Some(end);
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn specs() {
        let cases = [
            (
                value!({"completions": (-1)}),
                "s.completions: Invalid value: -1: must be greater than or equal to 0",
            ),
            (
                value!({"completionMode": "Indexed"}),
                "s.completions: Required value: when completion mode is Indexed",
            ),
            (
                value!({"completionMode": "x"}),
                "s.completionMode: Unsupported value: \"x\": supported values: \"NonIndexed\", \"Indexed\"",
            ),
            (
                value!({"backoffLimitPerIndex": 1}),
                "s.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode",
            ),
            (
                value!({"managedBy": "a"}),
                "s.managedBy: Invalid value: \"a\": must be a domain-prefixed path (such as \"acme.io/foo\")",
            ),
        ];
        for (value, want) in cases {
            let mut errors = Errors::default();
            spec(&mut errors, &Path::root("s"), &value);
            let lines = errors.lines();
            assert_eq!(lines[0], want);
            assert_eq!(
                lines[lines.len() - 1],
                "s.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\""
            );
        }
    }

    #[test]
    fn index_lists() {
        assert_eq!(indexes("", 5), Ok(0));
        assert_eq!(indexes("0,2-4", 5), Ok(4));
        assert_eq!(
            indexes("3-1", 5),
            Err("non-increasing order, previous: 3, current: 1".to_owned())
        );
        assert_eq!(indexes("7", 5), Err("too large index: \"7\"".to_owned()));
    }
}
