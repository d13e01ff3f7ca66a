//! The pod row: what STATUS says, how READY and RESTARTS are counted.

use super::{Column, Row, View, age, col, wide};
use crate::k8s::api::Pod;
use crate::k8s::api::pod::ContainerStatus;
use crate::k8s::api::pod_spec::Container;
use crate::k8s::{Object, Str, Timestamp, Value};

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
    reason: Str,
}

/// Upstream: pkg/printers/internalversion/printers.go `printPod`.
pub fn write(object: &Object, view: View<'_>, row: &mut Row<'_>) {
    let Some(pod) = object.pod() else { return };
    let counts = count(object, pod);
    row.cell(object.name());
    row.cell_of(format_args!("{}/{}", counts.ready, counts.total));
    row.cell(&counts.reason);
    match counts.last_restart {
        Some(at) if counts.restarts > 0 => row.cell_of(format_args!(
            "{} ({} ago)",
            counts.restarts,
            view.age_of(Some(at))
        )),
        Some(_) | None => row.cell_of(format_args!("{}", counts.restarts)),
    }
    row.cell(&age(object, view));
    if row.done() {
        return;
    }
    let ips = object.value().get("status").get("podIPs");
    let ip = ips.index(0).get("ip").text();
    row.cell_or_none(if ip.is_empty() {
        &pod.status.pod_ip
    } else {
        ip
    });
    row.cell_or_none(&pod.spec.node_name);
    row.cell_or_none(&pod.status.nominated_node_name);
    row.cell(&gates(pod));
}

fn gates(pod: &Pod) -> String {
    let gates = pod.spec.readiness_gates.items();
    if gates.is_empty() {
        return "<none>".to_owned();
    }
    let holds = |gate: &&Value| condition_true(pod, gate.get("conditionType").text());
    format!("{}/{}", gates.iter().filter(holds).count(), gates.len())
}

fn condition_true(pod: &Pod, kind: &str) -> bool {
    pod.condition(kind).is_some_and(|c| c.status == "True")
}

fn is_sidecar(container: &Container) -> bool {
    container.restart_policy == "Always"
}

fn last_end(status: &ContainerStatus) -> Option<Timestamp> {
    let ended = &status.last_state.terminated;
    if ended.is_null() {
        return None;
    }
    Timestamp::parse(ended.get("finishedAt").text())
}

fn first_reason(pod: &Pod) -> Str {
    let scheduled = pod.condition("PodScheduled");
    if scheduled.is_some_and(|c| c.reason == "SchedulingGated") {
        return Str::from("SchedulingGated");
    }
    if pod.status.reason.is_empty() {
        Str::from(pod.status.phase.name())
    } else {
        pod.status.reason.clone()
    }
}

fn count(object: &Object, pod: &Pod) -> Counts {
    let sidecars = pod.spec.init_containers.iter();
    let sidecars = sidecars.filter(|c| is_sidecar(c)).count();
    let mut counts = Counts {
        ready: 0,
        total: pod.spec.containers.len() + sidecars,
        restarts: 0,
        last_restart: None,
        reason: first_reason(pod),
    };
    let (initializing, sidecar_restarts) = init_containers(pod, &mut counts);
    if !initializing || condition_true(pod, "Initialized") {
        app_containers(pod, &mut counts, sidecar_restarts);
    }
    if object.meta().terminating() {
        if pod.status.reason == "NodeLost" {
            counts.reason = Str::from("Unknown");
        } else if !pod.terminal() {
            counts.reason = Str::from("Terminating");
        }
    }
    counts
}

/// How a container ended: its reason, or what is made of signal and exit code.
fn ending(terminated: &Value) -> Str {
    let reason = terminated.get("reason").to_str();
    if !reason.is_empty() {
        return reason;
    }
    let signal = terminated.get("signal").as_i64().unwrap_or(0);
    let code = terminated.get("exitCode").as_i64().unwrap_or(0);
    Str::from(if signal == 0 {
        format!("ExitCode:{code}")
    } else {
        format!("Signal:{signal}")
    })
}

/// Looks at the init containers up to the first one that is not done; tells whether there is one, and the
/// restarts of the sidecars.
fn init_containers(pod: &Pod, counts: &mut Counts) -> (bool, (i64, Option<Timestamp>)) {
    let mut sidecars = (0, None);
    let specs = &pod.spec.init_containers;
    for (i, container) in pod.status.init_container_statuses.iter().enumerate() {
        counts.restarts += container.restart_count;
        counts.last_restart = counts.last_restart.max(last_end(container));
        let mut same_name = specs.iter().filter(|c| c.name == container.name);
        let sidecar = same_name.any(is_sidecar);
        if sidecar {
            let last = sidecars.1.max(last_end(container));
            sidecars = (sidecars.0 + container.restart_count, last);
        }
        let terminated = &container.state.terminated;
        let waiting = container.state.waiting.get("reason").text();
        if !terminated.is_null() && terminated.get("exitCode").as_i64() == Some(0) {
            continue;
        }
        if sidecar && container.started == Some(true) {
            counts.ready += usize::from(container.ready);
            continue;
        }
        counts.reason = Str::from(if !terminated.is_null() {
            format!("Init:{}", ending(terminated))
        } else if !waiting.is_empty() && waiting != "PodInitializing" {
            format!("Init:{waiting}")
        } else {
            format!("Init:{i}/{}", specs.len())
        });
        return (true, sidecars);
    }
    (false, sidecars)
}

/// Looks at the containers from the last to the first; the first one's reason wins.
fn app_containers(pod: &Pod, counts: &mut Counts, sidecar_restarts: (i64, Option<Timestamp>)) {
    (counts.restarts, counts.last_restart) = sidecar_restarts;
    let mut running = false;
    let mut failed = Str::default();
    for container in pod.status.container_statuses.iter().rev() {
        counts.restarts += container.restart_count;
        counts.last_restart = counts.last_restart.max(last_end(container));
        let waiting = container.state.waiting.get("reason");
        let terminated = &container.state.terminated;
        if !waiting.text().is_empty() {
            counts.reason = waiting.to_str();
        } else if !terminated.is_null() {
            counts.reason = ending(terminated);
            if terminated.get("exitCode").as_i64().unwrap_or(0) != 0 {
                failed = counts.reason.clone();
            }
        } else if container.ready && !container.state.running.is_null() {
            running = true;
            counts.ready += 1;
        }
    }
    if counts.reason == "Completed" && running {
        counts.reason = if condition_true(pod, "Ready") {
            Str::from("Running")
        } else if failed.is_empty() {
            Str::from("NotReady")
        } else {
            failed
        };
    }
}
