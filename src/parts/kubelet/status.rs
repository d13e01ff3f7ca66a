//! A pod's status as its kubelet writes it: phase, conditions, container statuses, word for word.
//!
//! Upstream: pkg/kubelet/kubelet_pods.go `generateAPIPodStatus`, pkg/kubelet/status/generate.go

use super::change::CONDITIONS;
pub use super::phase::phase;
use super::runtime;
use super::state::{ContainerRun, Exit, PodRun, RunState, Stage, is_sidecar};
use crate::k8s::api::{Container, Phase, PodSpec, Totals};
use crate::k8s::order::InOrder;
use crate::k8s::{Form, List, Object, Str, Value};
use crate::sim::SimTime;
use crate::value;
use std::cell::OnceCell;

/// The conditions that a kubelet owns, in the order in which it writes them.
const OWN: [&str; 5] = [
    "PodReadyToStartContainers",
    "Initialized",
    "Ready",
    "ContainersReady",
    "PodScheduled",
];

/// What surrounds a pod's status.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    pub now: SimTime,
    pub host_ip: &'a str,
    /// The same as a list.
    pub host_ips: &'a Value,
    /// The version in the API, whose foreign fields are kept.
    pub live: &'a Object,
}

/// The generation that a status speaks of; a static pod has none.
fn generation(pod: &PodRun, live: &Object) -> i64 {
    if pod.is_static {
        0
    } else {
        live.meta().generation
    }
}

/// The whole status tree.
pub fn generate(pod: &PodRun, around: Surroundings<'_>) -> Value {
    let live = around.live.value().get("status");
    let generation = generation(pod, around.live);
    let mut status = live.clone();
    if pod.stage == Stage::Rejected {
        return rejected(pod, status, generation);
    }
    let spec = pod.spec();
    let phase_now = match &pod.verdict {
        Some(_) => Phase::Failed,
        None => phase(pod),
    };
    let conditions = conditions(pod, phase_now, around);
    // A pod does not look finished before its containers are.
    let over = matches!(phase_now, Phase::Succeeded | Phase::Failed);
    let shown = match around.live.pod().map(|p| p.status.phase) {
        Some(before @ (Phase::Pending | Phase::Running)) if over && pod.stage != Stage::Stopped => {
            before
        }
        Some(
            Phase::Pending
            | Phase::Running
            | Phase::Succeeded
            | Phase::Failed
            | Phase::Unknown
            | Phase::None,
        )
        | None => phase_now,
    };
    status.put("phase", shown.name().into());
    status.put("conditions", conditions);
    set_or_drop(&mut status, "observedGeneration", Value::from(generation));
    status.put("hostIP", Value::str(around.host_ip));
    status.put("hostIPs", around.host_ips.clone());
    let told = pod.written.get("startTime");
    let started = told
        .as_str()
        .map_or_else(|| Value::from(pod.started.to_string()), |_| told.clone());
    status.put("startTime", started);
    addresses(pod, around.host_ip, &mut status);
    if let Some((reason, message)) = &pod.verdict
        && shown == Phase::Failed
    {
        status.set("reason", reason);
        status.set("message", message);
    }
    let statuses = |range: std::ops::Range<usize>| -> Vec<Value> {
        range.map(|i| container_status(pod, spec, i)).collect()
    };
    let inits = pod.inits();
    if inits > 0 {
        let inits = Value::from(statuses(0..inits));
        status.put("initContainerStatuses", inits);
    }
    // Upstream: pkg/kubelet/types/types.go `SortedContainerStatuses`.
    let mut apps = statuses(inits..pod.containers.len());
    apps.order_by(|a, b| a.get("name").text().cmp(b.get("name").text()));
    status.put("containerStatuses", Value::from(apps));
    let actual = pod.change.as_ref().map_or(spec, |change| &change.actual);
    pod_resources(pod.allocated(), actual, &mut status);
    status
}

fn set_or_drop(status: &mut Value, field: &'static str, value: Value) {
    if value.is_empty() {
        status.remove(field);
    } else {
        status.put(field, value);
    }
}

fn addresses(pod: &PodRun, host_ip: &str, status: &mut Value) {
    let ip = match &pod.sandbox {
        _ if pod.spec().host_network => host_ip,
        Some(ip) => ip.as_str(),
        None => "",
    };
    let listed = matches!(status.get("podIPs").items(), [one] if one.get("ip").text() == ip);
    if ip.is_empty() {
        if pod.stage == Stage::Syncing {
            status.remove("podIP");
            status.remove("podIPs");
        }
    } else if !listed || status.get("podIP").text() != ip {
        status.set("podIP", Str::new(ip));
        status.set("podIPs", value!([{"ip": Str::new(ip)}]));
    }
}

/// A refused pod's status says only that.
fn rejected(pod: &PodRun, mut status: Value, generation: i64) -> Value {
    let (reason, message) = pod.verdict.clone().unwrap_or_default();
    status.set("phase", Phase::Failed.name());
    status.set("reason", reason);
    status.set("message", message);
    status.set("startTime", pod.started.to_string());
    set_or_drop(&mut status, "observedGeneration", Value::from(generation));
    let foreign: Vec<Value> = foreign_conditions(&status).cloned().collect();
    set_or_drop(&mut status, "conditions", Value::from(foreign));
    status
}

fn foreign_conditions(status: &Value) -> impl Iterator<Item = &Value> {
    status.get("conditions").items().iter().filter(|c| {
        let kind = c.get("type").text();
        !OWN.contains(&kind) && !CONDITIONS.contains(&kind)
    })
}

/// A condition before it is compared with its older self.
struct Verdict {
    holds: bool,
    reason: &'static str,
    message: String,
}

impl Verdict {
    const YES: Verdict = Verdict {
        holds: true,
        reason: "",
        message: String::new(),
    };

    fn no(reason: &'static str, message: String) -> Self {
        Self {
            holds: false,
            reason,
            message,
        }
    }
}

fn conditions(pod: &PodRun, phase: Phase, around: Surroundings<'_>) -> Value {
    let live = around.live.value().get("status");
    let old = live.get("conditions").items();
    let ready = containers_ready(pod, phase);
    let verdicts = [
        (OWN[0], sandbox_ready(pod)),
        (OWN[1], initialized(pod, phase)),
        (OWN[2], pod_ready(pod, &ready, old)),
        (OWN[3], ready),
        (OWN[4], Verdict::YES),
    ];
    let generation = generation(pod, around.live);
    let mut list = List::with_capacity(OWN.len());
    if let Some(change) = &pod.change {
        list.extend(change.conditions(generation));
    }
    let now = OnceCell::new();
    let now = || -> &Value { now.get_or_init(|| around.now.timestamp().to_string().into()) };
    for (place, (kind, verdict)) in verdicts.into_iter().enumerate() {
        let of = |c: &&Value| c.get("type").text() == kind;
        // Most stand where they stood.
        let before = old.get(place).filter(of);
        let before = before.or_else(|| old.iter().find(of));
        list.push(condition(kind, &verdict, before, generation, now));
    }
    list.extend(foreign_conditions(live).cloned());
    Value::from(list)
}

/// The fields of a condition: one that needs no reason, and one that is explained.
static PLAIN: Form<5> = Form::new([
    "lastProbeTime",
    "lastTransitionTime",
    "observedGeneration",
    "status",
    "type",
]);
static EXPLAINED: Form<7> = Form::new([
    "lastProbeTime",
    "lastTransitionTime",
    "message",
    "observedGeneration",
    "reason",
    "status",
    "type",
]);

fn condition<'a>(
    kind: &'static str,
    verdict: &Verdict,
    before: Option<&'a Value>,
    generation: i64,
    now: impl Fn() -> &'a Value,
) -> Value {
    let state = if verdict.holds { "True" } else { "False" };
    let alike = before.filter(|c| c.get("status").text() == state);
    let since = alike.map(|c| c.get("lastTransitionTime"));
    let since = since.filter(|time| !time.is_null());
    if let (Some(before), Some(_)) = (alike, since)
        && before.get("observedGeneration").as_i64() == Some(generation)
        && before.get("reason").text() == verdict.reason
        && before.get("message").text() == verdict.message
        && before.field("lastProbeTime").is_some_and(Value::is_null)
    {
        return before.clone();
    }
    let since = since.unwrap_or_else(now).clone();
    let (told, state, kind) = (generation.into(), state.into(), kind.into());
    let reason = verdict.reason.into();
    let mut condition = if verdict.reason.is_empty() {
        PLAIN.fill([Value::Null, since, told, state, kind])
    } else {
        let message = Value::str(&verdict.message);
        EXPLAINED.fill([Value::Null, since, message, told, reason, state, kind])
    };
    if verdict.message.is_empty() {
        condition.remove("message");
    }
    if generation == 0 {
        condition.remove("observedGeneration");
    }
    condition
}

fn sandbox_ready(pod: &PodRun) -> Verdict {
    let stopped =
        pod.stage == Stage::Stopped || (pod.stage == Stage::Stopping && !pod.any_running());
    Verdict {
        holds: pod.sandbox.is_some() && !stopped,
        ..Verdict::YES
    }
}

/// Upstream: pkg/kubelet/status/generate.go `GeneratePodInitializedCondition`
fn initialized(pod: &PodRun, phase: Phase) -> Verdict {
    if phase == Phase::Succeeded {
        return Verdict {
            reason: "PodCompleted",
            ..Verdict::YES
        };
    }
    let spec = pod.spec();
    if pod.initialized() || spec.init_containers.is_empty() {
        return Verdict::YES;
    }
    let open: Vec<&str> = spec
        .init_containers
        .iter()
        .zip(&pod.containers)
        .filter(|(container, run)| {
            if is_sidecar(container) {
                !run.started
            } else {
                run.exit().is_none_or(|exit| exit.code != 0)
            }
        })
        .map(|(container, _)| container.name.as_str())
        .collect();
    if open.is_empty() {
        return Verdict::YES;
    }
    let message = format!("containers with incomplete status: [{}]", open.join(" "));
    Verdict::no("ContainersNotInitialized", message)
}

/// Upstream: pkg/kubelet/status/generate.go `GenerateContainersReadyCondition`
fn containers_ready(pod: &PodRun, phase: Phase) -> Verdict {
    match phase {
        Phase::Succeeded => return Verdict::no("PodCompleted", String::new()),
        Phase::Failed => return Verdict::no("PodFailed", String::new()),
        Phase::Pending | Phase::Running | Phase::Unknown | Phase::None => {}
    }
    let spec = pod.spec();
    let unready: Vec<&str> = (0..pod.containers.len())
        .filter(|i| {
            let counts = *i >= pod.inits() || is_sidecar(PodRun::container(spec, *i));
            counts && !is_ready(pod, spec, *i)
        })
        .map(|i| PodRun::container(spec, i).name.as_str())
        .collect();
    if unready.is_empty() {
        return Verdict::YES;
    }
    let message = format!("containers with unready status: [{}]", unready.join(" "));
    Verdict::no("ContainersNotReady", message)
}

/// Upstream: pkg/kubelet/status/generate.go `GeneratePodReadyCondition`
fn pod_ready(pod: &PodRun, containers: &Verdict, old: &[Value]) -> Verdict {
    if !containers.holds {
        return Verdict::no(containers.reason, containers.message.clone());
    }
    let mut messages = Vec::new();
    for gate in pod.spec().readiness_gates.items() {
        let kind = gate.get("conditionType").text();
        match old.iter().find(|c| c.get("type").text() == kind) {
            None => messages.push(format!(
                "corresponding condition of pod readiness gate \"{kind}\" does not exist."
            )),
            Some(condition) if condition.get("status").text() != "True" => {
                messages.push(format!(
                    "the status of pod readiness gate \"{kind}\" is not \"True\", but {}",
                    condition.get("status").text()
                ));
            }
            Some(_) => {}
        }
    }
    if messages.is_empty() {
        return Verdict::YES;
    }
    Verdict::no("ReadinessGatesNotReady", messages.join(", "))
}

/// A container's `ready`.
fn is_ready(pod: &PodRun, spec: &PodSpec, index: usize) -> bool {
    let run = &pod.containers[index];
    let container = PodRun::container(spec, index);
    if index < pod.inits() && !is_sidecar(container) {
        return run.exit().is_some_and(|exit| exit.code == 0);
    }
    run.is_running() && run.started && run.ready
}

fn container_status(pod: &PodRun, spec: &PodSpec, index: usize) -> Value {
    let run = &pod.containers[index];
    let change = pod.change.as_ref();
    let actual = PodRun::container(change.map_or(spec, |c| &c.actual), index);
    let container = PodRun::container(spec, index);
    let container = if change.is_some_and(|c| c.awaits_restart(index)) {
        actual
    } else {
        container
    };
    let (id, image, image_id) = match &run.state {
        RunState::Waiting => (Str::default(), container.image.clone(), Str::default()),
        RunState::Running { id, .. } => with_image(id, &container.image),
        RunState::Exited(exit) => with_image(&exit.id, &container.image),
    };
    let list = if index < pod.inits() {
        "initContainerStatuses"
    } else {
        "containerStatuses"
    };
    // What was told before is told again as far as it still holds.
    let mut told = pod.written.get(list).items().iter();
    let told = told.find(|told| container.name == told.get("name").text());
    let told = told.cloned().unwrap_or_default();
    let (state, last) = states(pod, run, &told);
    let mut status = told;
    set_or_drop(&mut status, "containerID", id.into());
    status.put("image", image.into());
    status.put("imageID", image_id.into());
    status.put("lastState", last);
    status.put("name", (&container.name).into());
    status.put("ready", is_ready(pod, spec, index).into());
    if run.was_started() {
        let allocated = PodRun::container(pod.allocated(), index);
        resources(allocated, actual, &mut status);
    } else {
        status.remove("allocatedResources");
        status.remove("resources");
    }
    status.put("restartCount", run.restarts.into());
    status.put("started", (run.is_running() && run.started).into());
    status.put("state", state);
    // They never change.
    if status.get("volumeMounts").is_null() {
        set_or_drop(&mut status, "volumeMounts", mounts(pod, index));
    }
    status
}

/// Container id, image name and image id of a container that the runtime knows.
fn with_image(id: &Str, image: &Str) -> (Str, Str, Str) {
    let name = Str::from(runtime::with_tag(image));
    (id.clone(), name.clone(), name)
}

static RUNNING: Form<1> = Form::new(["running"]);
static STARTED: Form<1> = Form::new(["startedAt"]);
static WAITING: Form<1> = Form::new(["waiting"]);
static REASON: Form<1> = Form::new(["reason"]);
static TERMINATED: Form<1> = Form::new(["terminated"]);
static EXIT: Form<5> = Form::new([
    "containerID",
    "exitCode",
    "finishedAt",
    "reason",
    "startedAt",
]);

/// `state` and `lastState`; `told` is what the container's status was before.
fn states(pod: &PodRun, run: &ContainerRun, told: &Value) -> (Value, Value) {
    let over = |exit: &Exit, field: &str| {
        let told = told.get(field);
        let same = exit.id == told.at(&["terminated", "containerID"]).text();
        if same && !exit.id.is_empty() {
            told.clone()
        } else {
            TERMINATED.fill([terminated(exit)])
        }
    };
    let last = |exit: Option<&Exit>| exit.map_or_else(Value::map, |exit| over(exit, "lastState"));
    match (&run.state, &run.why) {
        (RunState::Running { id, since }, _) => {
            let state = told.get("state");
            let same = told.get("containerID").text() == id.as_str();
            let state = if same && !state.get("running").is_null() {
                state.clone()
            } else {
                RUNNING.fill([STARTED.fill([since.to_string().into()])])
            };
            (state, last(run.last.as_deref()))
        }
        (RunState::Exited(exit), Some(why)) if pod.stage == Stage::Syncing => {
            (waiting(why), last(Some(exit)))
        }
        (RunState::Exited(exit), _) => (over(exit, "state"), last(run.last.as_deref())),
        (RunState::Waiting, Some(why)) if pod.stage == Stage::Syncing => {
            (waiting(why), last(run.last.as_deref()))
        }
        (RunState::Waiting, _) => {
            let reason = if pod.inits() > 0 {
                "PodInitializing"
            } else {
                "ContainerCreating"
            };
            let waiting = WAITING.fill([REASON.fill([reason.into()])]);
            (waiting, last(run.last.as_deref()))
        }
    }
}

fn waiting((reason, message): &(Str, Str)) -> Value {
    let mut waiting = value!({"reason": reason});
    set_or_drop(&mut waiting, "message", message.into());
    value!({"waiting": waiting})
}

fn terminated(exit: &Exit) -> Value {
    let time =
        |at: Option<crate::k8s::Timestamp>| at.map_or(Value::Null, |at| at.to_string().into());
    let (id, code, reason) = (&exit.id, exit.code.into(), (&exit.reason).into());
    let (finished, started) = (time(exit.finished), time(exit.started));
    let mut tree = EXIT.fill([id.into(), code, finished, reason, started]);
    if id.is_empty() {
        tree.remove("containerID");
    }
    if !exit.message.is_empty() {
        tree.set("message", &exit.message);
    }
    tree
}

/// What a container's requests and limits look like once it runs: the runtime reports memory in any case.
fn resources(allocated: &Container, actual: &Container, status: &mut Value) {
    let wanted = &actual.resources;
    let requests = allocated.resources.requests.clone();
    set_or_drop(status, "allocatedResources", requests);
    let mut tree = Value::map();
    for (field, amounts) in [("limits", &wanted.limits), ("requests", &wanted.requests)] {
        if amounts.is_empty() {
            continue;
        }
        let mut amounts = amounts.clone();
        if amounts.get("memory").is_null() {
            amounts.set("memory", "0");
        }
        tree.set(field, amounts);
    }
    status.put("resources", tree);
}

/// The pod's `resources` and `allocatedResources`: sums over its containers, or what it says as a whole.
fn pod_resources(allocated: &PodSpec, actual: &PodSpec, status: &mut Value) {
    let sum = |spec: &PodSpec, list: &str, of: fn(&Totals) -> &Value| -> Value {
        let mut total = of(&spec.totals).clone();
        for (name, amount) in spec.resources.get(list).fields() {
            total.set(name.clone(), amount);
        }
        total
    };
    let taken = sum(allocated, "requests", |t| &t.requests);
    let requests = sum(actual, "requests", |t| &t.requests);
    let limits = sum(actual, "limits", |t| &t.limits);
    let mut tree = Value::map();
    if !limits.is_empty() {
        tree.set("limits", limits);
    }
    if !requests.is_empty() {
        tree.set("requests", requests);
    }
    if !taken.is_empty() {
        status.put("allocatedResources", taken);
    }
    status.put("resources", tree);
}

/// The container's mounts; read-only ones say that this does not reach mounts below them.
fn mounts(pod: &PodRun, index: usize) -> Value {
    let spec = pod.object.value().get("spec");
    let inits = pod.inits();
    let tree = if index < inits {
        spec.get("initContainers").index(index)
    } else {
        spec.get("containers").index(index - inits)
    };
    tree.get("volumeMounts")
        .items()
        .iter()
        .map(|mount| {
            let mut tree = value!({"mountPath": mount.get("mountPath"), "name": mount.get("name")});
            if mount.get("readOnly").as_bool() == Some(true) {
                tree.set("readOnly", true);
                tree.set("recursiveReadOnly", "Disabled");
            }
            tree
        })
        .collect()
}
