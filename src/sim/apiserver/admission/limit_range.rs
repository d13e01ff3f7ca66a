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
pub(super) fn fill_in(api: &ApiServer, pod: &mut Value) {
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
                Some(asked) if (least && *asked < enforced) || (!least && *asked > enforced) => {
                    wrong.push(format!("{head}, but request is {asked}"));
                }
                Some(_) => {}
            }
        }
    }
}

/// The three constraints of an item, in the server's order.
fn constraints(item: &Value, requests: &Amounts, limits: &Amounts, wrong: &mut Vec<String>) {
    let per = item.get("type").text();
    for (resource, enforced) in pod_resources::read(item.get("min")) {
        let head = format!("minimum {resource} usage per {per} is {enforced}");
        let (request, limit) = (requests.get(&resource), limits.get(&resource));
        match (request, limit) {
            (None, _) => wrong.push(format!("{head}.  No request is specified")),
            (Some(request), _) if *request < enforced => {
                wrong.push(format!("{head}, but request is {request}"));
            }
            (Some(_), Some(limit)) if *limit < enforced => {
                wrong.push(format!("{head}, but limit is {limit}"));
            }
            (Some(_), _) => {}
        }
    }
    for (resource, enforced) in pod_resources::read(item.get("max")) {
        let head = format!("maximum {resource} usage per {per} is {enforced}");
        let (request, limit) = (requests.get(&resource), limits.get(&resource));
        match (limit, request) {
            (None, _) => wrong.push(format!("{head}.  No limit is specified")),
            (Some(limit), _) if *limit > enforced => {
                wrong.push(format!("{head}, but limit is {limit}"));
            }
            (Some(_), Some(request)) if *request > enforced => {
                wrong.push(format!("{head}, but request is {request}"));
            }
            (Some(_), _) => {}
        }
    }
    for (resource, enforced) in pod_resources::read(item.get("maxLimitRequestRatio")) {
        let head = format!("{resource} max limit to request ratio per {per} is {enforced}");
        let (request, limit) = (requests.get(&resource), limits.get(&resource));
        let Some(request) = request.filter(|q| !q.is_zero()) else {
            wrong.push(format!(
                "{head}, but no request is specified or request is 0"
            ));
            continue;
        };
        let Some(limit) = limit.filter(|q| !q.is_zero()) else {
            wrong.push(format!("{head}, but no limit is specified or limit is 0"));
            continue;
        };
        if let Some(ratio) = ratio_above(*limit, *request, enforced) {
            wrong.push(format!("{head}, but provided ratio is {ratio}"));
        }
    }
}

/// The ratio of limit and request with six decimals, if it is above the enforced one.
fn ratio_above(limit: Quantity, request: Quantity, enforced: Quantity) -> Option<String> {
    const MILLION: i128 = 1_000_000;
    let (limit, request) = (
        i128::from(limit.milli_value()),
        i128::from(request.milli_value()),
    );
    if limit * 1000 <= request * i128::from(enforced.milli_value()) {
        return None;
    }
    let parts = (limit * MILLION + request / 2) / request;
    Some(format!("{}.{:06}", parts / MILLION, parts % MILLION))
}
