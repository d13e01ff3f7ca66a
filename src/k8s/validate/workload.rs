//! What controllers of pods have in common: selector and template, numbers or percentages, counters.

use super::syntax::percent;
use super::template::template;
use super::{Errors, Path, Shown, selector};
use crate::k8s::Value;

pub const IMMUTABLE: &str = "field is immutable";

/// A controller's template: it must match the selector, and its pods must be restarted always and for ever.
///
/// Upstream: `pkg/apis/apps/validation ValidatePodTemplateSpecForReplicaSet`.
pub fn always_template(errors: &mut Errors, at: &Path<'_>, spec: &Value, kind: &str) {
    let pods = spec.get("template");
    template(errors, &at.child("template"), pods);
    always(errors, at, pods, kind);
}

/// Restart policy and deadline of a template whose pods run for ever.
pub fn always(errors: &mut Errors, at: &Path<'_>, template: &Value, kind: &str) {
    let at = at.child("template");
    let at = at.child("spec");
    let policy = template.at(&["spec", "restartPolicy"]).text();
    if policy != "Always" {
        errors.not_supported(&at.child("restartPolicy"), policy, &["Always"]);
    }
    if !template.at(&["spec", "activeDeadlineSeconds"]).is_null() {
        let detail = format!("activeDeadlineSeconds in {kind} is not Supported");
        errors.forbidden(&at.child("activeDeadlineSeconds"), &detail);
    }
}

/// The template's labels must be selected.
pub fn labels_selected(errors: &mut Errors, at: &Path<'_>, spec: &Value) {
    let labels = spec.at(&["template", "metadata", "labels"]);
    if selector::matches(spec.get("selector"), labels) == Some(false) {
        let at = at.child("template");
        errors.invalid(
            &at.child("metadata").child("labels"),
            labels,
            selector::MISMATCH,
        );
    }
}

/// A selector that must be given and select something.
pub fn required_selector(errors: &mut Errors, at: &Path<'_>, spec: &Value, kind: &str) {
    let value = spec.get("selector");
    let at = at.child("selector");
    if value.is_null() {
        errors.required(&at, "");
        return;
    }
    selector::label_selector(errors, &at, value);
    if selector::is_empty(value) {
        let detail = format!("empty selector is invalid for {kind}");
        errors.invalid(&at, Shown::Json("{}"), &detail);
    }
}

/// The selector may never change.
pub fn immutable_selector(errors: &mut Errors, new: &Value, old: &Value) {
    let (new, old) = (new.at(&["spec", "selector"]), old.at(&["spec", "selector"]));
    if selector::shown(new) != selector::shown(old) || new.is_null() != old.is_null() {
        let shown = selector::shown(new);
        errors.invalid(
            &Path::root("spec").child("selector"),
            Shown::Json(&shown),
            IMMUTABLE,
        );
    }
}

/// A field that may never change.
pub fn immutable(errors: &mut Errors, at: &Path<'_>, new: &Value, old: &Value) {
    // No list at all and an empty one are the same.
    let blank = |value: &Value| match value {
        Value::Null => true,
        Value::List(list) => list.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Str(_) => false,
    };
    if new != old && !(blank(new) && blank(old)) {
        errors.invalid(at, new, IMMUTABLE);
    }
}

/// A number of pods, or a percentage.
///
/// Upstream: `pkg/apis/apps/validation ValidatePositiveIntOrPercent`.
pub fn int_or_percent(errors: &mut Errors, at: &Path<'_>, value: &Value) {
    match value.as_str() {
        Some(text) => errors.invalid_each(at, text, percent(text)),
        None => errors.non_negative(at, value),
    }
}

fn percent_value(value: &Value) -> Option<i64> {
    let text = value.as_str()?;
    let digits = text
        .strip_suffix('%')
        .filter(|_| percent(text).is_empty())?;
    Some(digits.parse().unwrap_or(i64::MAX))
}

/// Percentages end at 100.
pub fn at_most_all(errors: &mut Errors, at: &Path<'_>, value: &Value) {
    if percent_value(value).is_some_and(|p| p > 100) {
        errors.invalid(at, value, "must not be greater than 100%");
    }
}

/// The number or the percentage. A text that is no percentage counts as the number it holds, or as 0.
pub fn int_or_percent_value(value: &Value) -> i64 {
    let number = |text: &str| text.parse().unwrap_or(0);
    percent_value(value)
        .or(value.as_i64())
        .unwrap_or_else(|| number(value.text()))
}

/// Counters of a status, none of which may be below zero.
pub fn counters(errors: &mut Errors, at: &Path<'_>, status: &Value, fields: &[&str]) {
    for field in fields {
        errors.non_negative(&at.child(field), status.get(field));
    }
}

/// The collision count only grows.
pub fn collision_count(errors: &mut Errors, new: &Value, old: &Value) {
    let count = |object: &Value| object.at(&["status", "collisionCount"]).as_i64();
    let decremented = match (count(new), count(old)) {
        (None, Some(_)) => true,
        (Some(new), Some(old)) => new < old,
        (_, None) => false,
    };
    if decremented {
        let at = Path::root("status");
        let shown = count(new).unwrap_or(0);
        errors.invalid(&at.child("collisionCount"), shown, "cannot be decremented");
    }
}

/// Parts may not be more than their whole.
pub fn not_above(
    errors: &mut Errors,
    at: &Path<'_>,
    status: &Value,
    part: &str,
    whole: &str,
    name: &str,
) {
    let number = |field| status.get(field).as_i64().unwrap_or(0);
    if number(part) > number(whole) {
        let detail = format!("cannot be greater than {name}");
        errors.invalid(&at.child(part), number(part), &detail);
    }
}
