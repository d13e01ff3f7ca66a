//! Limit ranges: what containers get that say nothing, and the least and the most that a namespace allows.
//!
//! Upstream: plugin/pkg/admission/limitranger/admission.go

use super::name_of;
use crate::k8s::pod_resources::{self, Amounts};
use crate::k8s::quantity::Quantity;
use crate::k8s::{Kind, Str, Value};
use crate::sim::{ApiServer, Status};

const ANNOTATION: &str = "kubernetes.io/limit-ranger";

/// Fills in the requests and limits of a new pod's containers, and notes that it did.
///
/// Upstream: `mergePodResourceRequirements`
pub(in crate::sim::apiserver) fn fill_in(api: &ApiServer, pod: &mut Value) {
    let namespace = pod.at(&["metadata", "namespace"]).to_str();
    let ranges: Vec<Value> = api
        .list(Kind::LimitRange, Some(&namespace))
        .map(|range| range.value().at(&["spec", "limits"]).clone())
        .collect();
    let mut notes = Vec::new();
    for limits in ranges {
        let items = limits.items().iter();
        let (mut requests, mut most) = (Amounts::new(), Amounts::new());
        for item in items.filter(|item| item.get("type").text() == "Container") {
            requests.extend(pod_resources::read(item.get("defaultRequest")));
            most.extend(pod_resources::read(item.get("default")));
        }
        if requests.is_empty() && most.is_empty() {
            continue;
        }
        notes.clear();
        for (list, title) in [
            ("containers", "container"),
            ("initContainers", "init container"),
        ] {
            if pod.at(&["spec", list]).items().is_empty() {
                continue;
            }
            for container in pod.at_mut(&["spec", list]).list_mut() {
                fill(
                    container,
                    title,
                    [("requests", &requests), ("limits", &most)],
                    &mut notes,
                );
            }
        }
        if !notes.is_empty() {
            let note = format!("LimitRanger plugin set: {}", notes.join("; "));
            pod.at_mut(&["metadata", "annotations"])
                .set(ANNOTATION, note);
        }
    }
}

fn fill(
    container: &mut Value,
    title: &str,
    defaults: [(&'static str, &Amounts); 2],
    notes: &mut Vec<String>,
) {
    let name = container.get("name").to_str();
    for (list, amounts) in defaults {
        let given = container.at(&["resources", list]);
        let missing: Vec<&Str> = amounts
            .keys()
            .filter(|resource| given.field(resource).is_none())
            .collect();
        if missing.is_empty() {
            continue;
        }
        let told: Vec<&str> = missing.iter().map(|m| m.as_str()).collect();
        let what = list.trim_end_matches('s');
        notes.push(format!("{} {what} for {title} {name}", told.join(", ")));
        let resources = container.at_mut(&["resources", list]);
        for resource in missing {
            resources.set(resource.clone(), amounts[resource].to_string());
        }
    }
}

/// Refuses pods and claims that ask for too little or too much; every range tells all that it has against them.
///
/// Upstream: `PodValidateLimitFunc`, `PersistentVolumeClaimValidateLimitFunc`
pub(super) fn check(api: &ApiServer, kind: Kind, value: &Value) -> Result<(), Status> {
    if !matches!(kind, Kind::Pod | Kind::PersistentVolumeClaim) {
        return Ok(());
    }
    let namespace = value.at(&["metadata", "namespace"]).text();
    for range in api.list(Kind::LimitRange, Some(namespace)) {
        let mut wrong: Vec<String> = Vec::new();
        for item in range.value().at(&["spec", "limits"]).items() {
            match kind {
                Kind::Pod => against_pod(item, value.get("spec"), &mut wrong),
                _ => against_claim(item, value.get("spec"), &mut wrong),
            }
        }
        let mut told: Vec<String> = Vec::new();
        for text in wrong {
            if !told.contains(&text) {
                told.push(text);
            }
        }
        let why = match &told[..] {
            [] => continue,
            [one] => one.clone(),
            several => format!("[{}]", several.join(", ")),
        };
        return Err(Status::forbidden(kind, name_of(value), &why));
    }
    Ok(())
}

fn against_pod(item: &Value, spec: &Value, wrong: &mut Vec<String>) {
    match item.get("type").text() {
        "Container" => {
            let containers = spec.get("containers").items().iter();
            for container in containers.chain(spec.get("initContainers").items()) {
                let of = |list| pod_resources::read(container.at(&["resources", list]));
                constraints(item, &of("requests"), &of("limits"), wrong);
            }
        }
        "Pod" => {
            let (requests, limits) = (
                pod_resources::total(spec, "requests"),
                pod_resources::total(spec, "limits"),
            );
            constraints(item, &requests, &limits, wrong);
        }
        _ => {}
    }
}

fn against_claim(item: &Value, spec: &Value, wrong: &mut Vec<String>) {
    if item.get("type").text() != "PersistentVolumeClaim" {
        return;
    }
    let requests = pod_resources::read(spec.at(&["resources", "requests"]));
    for (field, least) in [("min", true), ("max", false)] {
        for (resource, enforced) in pod_resources::read(item.get(field)) {
            let word = if least { "minimum" } else { "maximum" };
            let head = format!("{word} {resource} usage per PersistentVolumeClaim is {enforced}");
            match requests.get(&resource) {
                None => wrong.push(format!("{head}.  No request is specified")),
                Some(asked) => {
                    let [asks, _, bound] = counted(Some(asked), None, &enforced);
                    if (least && asks < bound) || (!least && asks > bound) {
                        wrong.push(format!("{head}, but request is {asked}"));
                    }
                }
            }
        }
    }
}

/// A request, a limit and what is enforced, as the machine numbers that the server compares: thousandths when all
/// are small enough for that, else whole units.
///
/// Upstream: plugin/pkg/admission/limitranger/admission.go `requestLimitEnforcedValues`
fn counted(request: Option<&Quantity>, limit: Option<&Quantity>, enforced: &Quantity) -> [i64; 3] {
    let all = [request, limit, Some(enforced)];
    let whole = all.map(|q| q.map_or(0, Quantity::value));
    if whole.iter().all(|n| *n <= i64::MAX / 1000) {
        all.map(|q| q.map_or(0, Quantity::milli_value))
    } else {
        whole
    }
}

/// The three constraints of an item, in the server's order.
fn constraints(item: &Value, requests: &Amounts, limits: &Amounts, wrong: &mut Vec<String>) {
    let per = item.get("type").text();
    for (field, word, least) in [("min", "minimum", true), ("max", "maximum", false)] {
        for (resource, enforced) in pod_resources::read(item.get(field)) {
            let head = format!("{word} {resource} usage per {per} is {enforced}");
            let (request, limit) = (requests.get(&resource), limits.get(&resource));
            let [asks, caps, bound] = counted(request, limit, &enforced);
            let wrong_side = |n: i64| if least { n < bound } else { n > bound };
            let by_request = request.filter(|_| wrong_side(asks));
            let by_request = by_request.map(|q| format!(", but request is {q}"));
            let by_limit = limit.filter(|_| wrong_side(caps));
            let by_limit = by_limit.map(|q| format!(", but limit is {q}"));
            let missing = |word: &str| Some(format!(".  No {word} is specified"));
            let told = match (least, request, limit) {
                (true, None, _) => missing("request"),
                (false, _, None) => missing("limit"),
                (true, Some(_), _) => by_request.or(by_limit),
                (false, _, Some(_)) => by_limit.or(by_request),
            };
            wrong.extend(told.map(|told| head + &told));
        }
    }
    for (resource, enforced) in pod_resources::read(item.get("maxLimitRequestRatio")) {
        let head = format!("{resource} max limit to request ratio per {per} is {enforced}");
        let (request, limit) = (requests.get(&resource), limits.get(&resource));
        let told = match counted(request, limit, &enforced) {
            [0, ..] => Some(", but no request is specified or request is 0".to_owned()),
            [_, 0, _] => Some(", but no limit is specified or limit is 0".to_owned()),
            [asks, caps, _] => ratio_above(caps, asks, &enforced)
                .map(|ratio| format!(", but provided ratio is {ratio}")),
        };
        wrong.extend(told.map(|told| head + &told));
    }
}

/// The ratio of limit and request with six decimals, if it is above the enforced one.
fn ratio_above(limit: i64, request: i64, enforced: &Quantity) -> Option<String> {
    const MILLION: i128 = 1_000_000;
    let sign = i128::from(request.signum());
    let (limit, request) = (i128::from(limit) * sign, i128::from(request) * sign);
    if limit * 1000 <= request * i128::from(enforced.milli_value()) {
        return None;
    }
    let parts = (limit * MILLION + request / 2) / request;
    Some(format!("{}.{:06}", parts / MILLION, parts % MILLION))
}
