//! The pod row: what STATUS says, how READY and RESTARTS are counted.

use super::{Column, View, age, col, wide};
use crate::console::print::or_none;
use crate::k8s::{Object, Timestamp, Value};

pub const COLUMNS: &[Column] = &[
    col("NAME"),
    col("READY"),
    col("STATUS"),
    col("RESTARTS"),
    col("AGE"),
    wide("IP"),
    wide("NODE"),
    wide("NOMINATED NODE"),
    wide("READINESS GATES"),
];

/// What is counted over the containers of a pod.
struct Counts {
    ready: usize,
    total: usize,
    restarts: i64,
    last_restart: Option<Timestamp>,
    reason: String,
}

/// Upstream: pkg/printers/internalversion/printers.go `printPod`.
pub fn cells(object: &Object, view: View<'_>) -> Vec<String> {
    let (spec, status) = (object.value().get("spec"), object.value().get("status"));
    let counts = count(object);
    let restarts = match counts.last_restart {
        Some(at) if counts.restarts > 0 => {
            format!("{} ({} ago)", counts.restarts, view.age_of(Some(at)))
        }
        Some(_) | None => counts.restarts.to_string(),
    };
    let ip = status.get("podIPs").index(0).get("ip").text();
    let ip = if ip.is_empty() {
        status.get("podIP").text()
    } else {
        ip
    };
    vec![
        object.name().to_string(),
        format!("{}/{}", counts.ready, counts.total),
        counts.reason,
        restarts,
        age(object, view),
        or_none(ip),
        or_none(spec.get("nodeName").text()),
        or_none(status.get("nominatedNodeName").text()),
        gates(spec, status),
    ]
}

/// The STATUS cell.
pub fn status_word(object: &Object) -> String {
    count(object).reason
}

fn gates(spec: &Value, status: &Value) -> String {
    let gates = spec.get("readinessGates").items();
    if gates.is_empty() {
        return "<none>".to_owned();
    }
    let holds = |gate: &&Value| {
        let kind = gate.get("conditionType").text();
        let mut conditions = status.get("conditions").items().iter();
        conditions.any(|c| c.get("type").text() == kind && c.get("status").text() == "True")
    };
    format!("{}/{}", gates.iter().filter(holds).count(), gates.len())
}

fn condition_true(status: &Value, kind: &str) -> bool {
    let mut conditions = status.get("conditions").items().iter();
    conditions.any(|c| c.get("type").text() == kind && c.get("status").text() == "True")
}

fn sidecar(spec: &Value, name: &str) -> bool {
    let mut all = spec.get("initContainers").items().iter();
    all.any(|c| c.get("name").text() == name && c.get("restartPolicy").text() == "Always")
}

fn later(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    a.max(b)
}

fn last_end(status: &Value) -> Option<Timestamp> {
    Timestamp::parse(status.at(&["lastState", "terminated", "finishedAt"]).text())
}

fn first_reason(status: &Value) -> String {
    let mut reason = status.get("phase").text().to_owned();
    if !status.get("reason").text().is_empty() {
        reason = status.get("reason").text().to_owned();
    }
    let mut conditions = status.get("conditions").items().iter();
    if conditions.any(|c| {
        c.get("type").text() == "PodScheduled" && c.get("reason").text() == "SchedulingGated"
    }) {
        reason = "SchedulingGated".to_owned();
    }
    reason
}

fn count(object: &Object) -> Counts {
    let (spec, status) = (object.value().get("spec"), object.value().get("status"));
    let sidecars = spec.get("initContainers").items().iter();
    let sidecars = sidecars
        .filter(|c| c.get("restartPolicy").text() == "Always")
        .count();
    let mut counts = Counts {
        ready: 0,
        total: spec.get("containers").items().len() + sidecars,
        restarts: 0,
        last_restart: None,
        reason: first_reason(status),
    };
    let (initializing, sidecar_restarts) = init_containers(spec, status, &mut counts);
    if !initializing || condition_true(status, "Initialized") {
        app_containers(status, &mut counts, sidecar_restarts);
    }
    if object.meta().terminating() {
        if status.get("reason").text() == "NodeLost" {
            counts.reason = "Unknown".to_owned();
        } else if !matches!(status.get("phase").text(), "Succeeded" | "Failed") {
            counts.reason = "Terminating".to_owned();
        }
    }
    counts
}

/// Looks at the init containers up to the first one that is not done; tells whether there is one, and the
/// restarts of the sidecars.
fn init_containers(
    spec: &Value,
    status: &Value,
    counts: &mut Counts,
) -> (bool, (i64, Option<Timestamp>)) {
    let mut sidecars = (0, None);
    let total = spec.get("initContainers").items().len();
    for (i, container) in status
        .get("initContainerStatuses")
        .items()
        .iter()
        .enumerate()
    {
        let restarts = container.get("restartCount").as_i64().unwrap_or(0);
        counts.restarts += restarts;
        counts.last_restart = later(counts.last_restart, last_end(container));
        let is_sidecar = sidecar(spec, container.get("name").text());
        if is_sidecar {
            sidecars = (
                sidecars.0 + restarts,
                later(sidecars.1, last_end(container)),
            );
        }
        let terminated = container.at(&["state", "terminated"]);
        let waiting = container.at(&["state", "waiting", "reason"]).text();
        if !terminated.is_null() && terminated.get("exitCode").as_i64() == Some(0) {
            continue;
        }
        if is_sidecar && container.get("started").as_bool() == Some(true) {
            if container.get("ready").as_bool() == Some(true) {
                counts.ready += 1;
            }
            continue;
        }
        counts.reason = if !terminated.is_null() {
            let reason = terminated.get("reason").text();
            if reason.is_empty() {
                let signal = terminated.get("signal").as_i64().unwrap_or(0);
                if signal != 0 {
                    format!("Init:Signal:{signal}")
                } else {
                    format!(
                        "Init:ExitCode:{}",
                        terminated.get("exitCode").as_i64().unwrap_or(0)
                    )
                }
            } else {
                format!("Init:{reason}")
            }
        } else if !waiting.is_empty() && waiting != "PodInitializing" {
            format!("Init:{waiting}")
        } else {
            format!("Init:{i}/{total}")
        };
        return (true, sidecars);
    }
    (false, sidecars)
}

/// Looks at the containers from the last to the first; the first one's reason wins.
fn app_containers(status: &Value, counts: &mut Counts, sidecar_restarts: (i64, Option<Timestamp>)) {
    (counts.restarts, counts.last_restart) = sidecar_restarts;
    let mut running = false;
    let mut failed = String::new();
    for container in status.get("containerStatuses").items().iter().rev() {
        counts.restarts += container.get("restartCount").as_i64().unwrap_or(0);
        counts.last_restart = later(counts.last_restart, last_end(container));
        let state = container.get("state");
        let waiting = state.at(&["waiting", "reason"]).text();
        let terminated = state.get("terminated");
        if !waiting.is_empty() {
            waiting.clone_into(&mut counts.reason);
        } else if !terminated.is_null() {
            let reason = terminated.get("reason").text();
            let code = terminated.get("exitCode").as_i64().unwrap_or(0);
            let signal = terminated.get("signal").as_i64().unwrap_or(0);
            counts.reason = if !reason.is_empty() {
                reason.to_owned()
            } else if signal != 0 {
                format!("Signal:{signal}")
            } else {
                format!("ExitCode:{code}")
            };
            if code != 0 {
                failed.clone_from(&counts.reason);
            }
        } else if container.get("ready").as_bool() == Some(true) && !state.get("running").is_null()
        {
            running = true;
            counts.ready += 1;
        }
    }
    if counts.reason == "Completed" && running {
        counts.reason = if condition_true(status, "Ready") {
            "Running".to_owned()
        } else if failed.is_empty() {
            "NotReady".to_owned()
        } else {
            failed
        };
    }
}
