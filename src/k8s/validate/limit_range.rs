//! Limit ranges: bounds that fit together.

use super::resources::{Level, level_name, overcommit_allowed, resource_name};
use super::syntax::{qualified_name, subdomain};
use super::{Errors, Path, meta};
use crate::k8s::Value;
use crate::k8s::ordered::BTreeSet;
use crate::k8s::pod_resources::{self, Amounts};
use crate::k8s::quantity::Quantity;

const LIMITS: Path<'static> = SPEC.child("limits");
const SPEC: &Path<'static> = &Path::root("spec");
const TYPES: [&str; 3] = ["Pod", "Container", "PersistentVolumeClaim"];

/// Upstream: `pkg/apis/core/validation ValidateLimitRange`.
pub fn create(errors: &mut Errors, range: &Value) {
    meta::create(errors, range, true, subdomain);
    let mut types: Vec<&str> = Vec::new();
    for (i, item) in range.at(&["spec", "limits"]).items().iter().enumerate() {
        let at = LIMITS.index(i);
        let ty = item.get("type").text();
        type_name(errors, &at.child("type"), ty);
        if types.contains(&ty) {
            errors.duplicate(&at.child("type"), ty);
        }
        types.push(ty);
        bounds(errors, &at, item, ty);
    }
}

fn type_name(errors: &mut Errors, at: &Path<'_>, ty: &str) {
    let sentences = qualified_name(ty);
    let good = sentences.is_empty();
    errors.invalid_each(at, ty, sentences);
    if good && !ty.contains('/') && !TYPES.contains(&ty) {
        errors.invalid(at, ty, "must be a standard limit type or fully qualified");
    }
}

fn bounds(errors: &mut Errors, at: &Path<'_>, item: &Value, ty: &str) {
    let names = |errors: &mut Errors, field: &'static str| {
        for (name, _) in item.get(field).fields() {
            let at = at.child(field);
            let at = at.key(name);
            if matches!(ty, "Pod" | "Container") {
                level_name(errors, &at, name, Level::Container);
            } else {
                resource_name(errors, &at, name);
            }
        }
    };
    names(errors, "max");
    names(errors, "min");
    for field in ["default", "defaultRequest"] {
        if ty != "Pod" {
            names(errors, field);
        } else if !item.get(field).is_empty() {
            let detail = "may not be specified when `type` is 'Pod'";
            errors.forbidden(&at.child(field), detail);
        }
    }
    let storage = |field| item.at(&[field, "storage"]).is_null();
    if ty == "PersistentVolumeClaim" && storage("min") && storage("max") {
        let detail =
            "either minimum or maximum storage value is required, but neither was provided";
        errors.required(&at.child("limits"), detail);
    }
    names(errors, "maxLimitRequestRatio");
    order(errors, at, item, ty);
}

/// What must not be above what: the field that is told and whose value is shown (the first or the second), then the
/// two bounds with their words.
const ORDER: [(&str, usize, Bound, Bound); 6] = [
    ("min", 0, MIN, MAX),
    ("defaultRequest", 1, MIN, REQUEST),
    ("defaultRequest", 0, REQUEST, MAX),
    ("defaultRequest", 0, REQUEST, (DEFAULT.0, "default limit")),
    ("default", 0, MIN, DEFAULT),
    ("default", 1, DEFAULT, MAX),
];

/// A field and how it is called.
type Bound = (&'static str, &'static str);

const MIN: Bound = ("min", "min");
const MAX: Bound = ("max", "max");
const DEFAULT: Bound = ("default", "default");
const REQUEST: Bound = ("defaultRequest", "default request");

/// The bounds of each resource against each other.
fn order(errors: &mut Errors, at: &Path<'_>, item: &Value, ty: &str) {
    let read = |field: &str| {
        if ty == "Pod" && field.starts_with("default") {
            Amounts::new()
        } else {
            pod_resources::read(item.get(field))
        }
    };
    let ratios = read("maxLimitRequestRatio");
    let [min, max, default, request] = ["min", "max", "default", "defaultRequest"].map(read);
    let keys: BTreeSet<_> = [&min, &max, &ratios, &default, &request]
        .into_iter()
        .flat_map(Amounts::keys)
        .collect();
    for key in keys {
        let of = |field: &str| {
            let held = match field {
                "min" => &min,
                "max" => &max,
                "default" => &default,
                _ => &request,
            };
            held.get(key).cloned()
        };
        for (field, shown, low, high) in ORDER {
            if let (Some(a), Some(b)) = (of(low.0), of(high.0))
                && a > b
            {
                let at = at.child(field);
                let detail = format!("{} value {a} is greater than {} value {b}", low.1, high.1);
                errors.invalid(&at.key(key), [a, b][shown].to_string().as_str(), &detail);
            }
        }
        if let Some(ratio) = ratios.get(key) {
            let at = at.child("maxLimitRequestRatio");
            ratio_bounds(errors, &at.key(key), ratio, of("min").zip(of("max")));
        }
        if let (Some(default), Some(request)) = (of("default"), of("defaultRequest"))
            && !overcommit_allowed(key)
            && default != request
        {
            let at = at.child("defaultRequest");
            let detail = format!(
                "default value {default} must equal to defaultRequest value {request} in {key}"
            );
            errors.invalid(&at.key(key), request.to_string().as_str(), &detail);
        }
    }
}

fn ratio_bounds(
    errors: &mut Errors,
    at: &Path<'_>,
    ratio: &Quantity,
    bounds: Option<(Quantity, Quantity)>,
) {
    const MILLION: i128 = 1_000_000;
    let shown = ratio.to_string();
    if *ratio < Quantity::whole(1) {
        errors.invalid(at, shown.as_str(), &format!("ratio {shown} is less than 1"));
    }
    let Some((min, max)) = bounds else { return };
    let milli = |q: &Quantity| i128::from(q.milli_value());
    // In millionths, rounded; nothing divides by zero here.
    let half_away = |twice: i128| twice / 2 + twice % 2;
    let twice = (milli(&max) * MILLION * 2).checked_div(milli(&min));
    let Some(limit) = twice.map(half_away) else {
        return;
    };
    if milli(ratio) * (MILLION / 1000) > limit {
        let sign = if limit < 0 { "-" } else { "" };
        let limit = limit.abs();
        let detail = format!(
            "ratio {shown} is greater than max/min = {sign}{}.{:06}",
            limit / MILLION,
            limit % MILLION
        );
        errors.invalid(at, shown.as_str(), &detail);
    }
}
