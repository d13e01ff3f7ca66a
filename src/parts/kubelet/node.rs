//! One node: its machine, its registration, its status and conditions.
//!
//! Upstream: pkg/kubelet/kubelet_node_status.go, pkg/kubelet/nodestatus/setters.go

use super::image::Pulls;
use super::state::PodRun;
use super::{Kx, NodeStep, Registry, Timer, runtime};
use crate::k8s::ordered::BTreeMap;
use crate::k8s::{Kind, Object, Str, Value};
use crate::sim::backoff::Backoff;
use crate::sim::{EventType, ObjectRef, Recorder, SimSpan, SimTime};
use crate::value;
use std::sync::{Arc, LazyLock};

/// Upstream: nodeStatusMaxImages.
const IMAGES_MAX: usize = 50;
/// The list of images is taken from a cache that is refreshed this often.
const IMAGES_EVERY: SimSpan = SimSpan::from_secs(30);
/// Upstream: `EvictionPressureTransitionPeriod`: a pressure that is over stays reported for this long.
pub const PRESSURE_TRANSITION: SimSpan = SimSpan::from_secs(300);

/// What the runtime says of a network that is not there.
pub const NO_NETWORK: &str = "container runtime network not ready: NetworkReady=false \
     reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized";

/// What a pressure condition says, and when it does not hold.
struct Pressure {
    kind: &'static str,
    on: (&'static str, &'static str),
    off: (&'static str, &'static str),
}

const PRESSURES: [Pressure; 3] = [
    Pressure {
        kind: "MemoryPressure",
        on: (
            "KubeletHasInsufficientMemory",
            "kubelet has insufficient memory available",
        ),
        off: (
            "KubeletHasSufficientMemory",
            "kubelet has sufficient memory available",
        ),
    },
    Pressure {
        kind: "DiskPressure",
        on: ("KubeletHasDiskPressure", "kubelet has disk pressure"),
        off: ("KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    },
    Pressure {
        kind: "PIDPressure",
        on: (
            "KubeletHasInsufficientPID",
            "kubelet has insufficient PID available",
        ),
        off: (
            "KubeletHasSufficientPID",
            "kubelet has sufficient PID available",
        ),
    },
];

/// One machine and its kubelet.
#[derive(Clone, Debug)]
pub struct Kubelet {
    pub name: Str,
    /// Signs its calls: `kubelet/worker01`.
    pub actor: Str,
    /// The machine's address.
    pub ip: Str,
    /// The same as a pod's `hostIPs`, which the pods share.
    pub host_ips: Value,
    /// The Node object given: labels, taints, capacity.
    pub machine: Value,
    pub running: bool,
    /// Counts the kubelet's starts: timers of an earlier one are ignored.
    pub life: u32,
    /// The place of its ticks within a second.
    pub phase: SimSpan,
    pub started_at: SimTime,
    pub registered: bool,
    /// Everything is initialized.
    pub ready: bool,
    /// The node's object as its watch last told.
    pub node: Option<Arc<Object>>,
    pub network: bool,
    /// Pressures that are on (None) or over since a moment.
    pub pressures: BTreeMap<Str, Option<SimTime>>,
    /// By uid.
    pub pods: BTreeMap<Str, PodRun>,
    /// The images on the machine, and since when.
    pub images: BTreeMap<Str, SimTime>,
    /// Since when there is an image that the status does not list.
    pub unlisted: Option<SimTime>,
    pub pulls: Pulls,
    /// By pod uid and image.
    pub image_backoff: Backoff<(Str, Str)>,
    /// By pod uid and container.
    pub crash_backoff: Backoff<(Str, Str)>,
    pub recorder: Recorder,
    /// Static-pod manifests by file name.
    pub manifests: BTreeMap<Str, Value>,
    pub next_ip: u32,
    /// When the status was last posted.
    pub posted: SimTime,
    /// Something that the status shows has changed.
    pub stale: bool,
    /// The Lease object has been created.
    pub lease_made: bool,
    /// Whether the node was schedulable when the status was last computed.
    pub schedulable: bool,
}

/// Upstream: `MaxContainerBackOff`, `backOffPeriod`.
const BACKOFF_INITIAL: SimSpan = SimSpan::from_secs(10);
const BACKOFF_MAX: SimSpan = SimSpan::from_secs(300);

impl Kubelet {
    pub fn new(machine: Value, number: u32) -> Self {
        let name = machine.at(&["metadata", "name"]).to_str();
        let ip = Str::from(format!("172.18.{}.{}", number / 250, number % 250 + 2));
        Self {
            actor: Str::from(format!("kubelet/{name}")),
            host_ips: value!([{"ip": &ip}]),
            ip,
            recorder: Recorder::new("kubelet", name.clone()),
            name,
            machine,
            running: false,
            life: 0,
            phase: SimSpan::ZERO,
            started_at: SimTime::default(),
            registered: false,
            ready: false,
            node: None,
            network: true,
            pressures: BTreeMap::new(),
            pods: BTreeMap::new(),
            images: BTreeMap::new(),
            unlisted: None,
            pulls: Pulls::default(),
            image_backoff: Backoff::new(BACKOFF_INITIAL, BACKOFF_MAX),
            crash_backoff: Backoff::new(BACKOFF_INITIAL, BACKOFF_MAX),
            manifests: BTreeMap::new(),
            next_ip: 2,
            posted: SimTime::default(),
            stale: false,
            lease_made: false,
            schedulable: true,
        }
    }

    /// Starts the process.
    pub fn boot(&mut self, ctx: &mut Kx<'_>) {
        if self.running {
            return;
        }
        self.running = true;
        self.life += 1;
        self.registered = false;
        self.ready = false;
        self.lease_made = false;
        self.started_at = ctx.now();
        self.phase = SimSpan::from_millis(ctx.rng.below(1000));
        let host = self.name.clone();
        self.recorder = Recorder::new("kubelet", host);
        self.step(ctx, ctx.latency.register, NodeStep::Register);
    }

    /// The process dies; with it everything that it knew. Containers are forgotten too, as after a reboot.
    pub fn die(&mut self) {
        if !self.running {
            return;
        }
        self.running = false;
        self.pods.clear();
        self.images.clear();
        self.unlisted = None;
        self.pulls = Pulls::default();
        self.image_backoff = Backoff::new(BACKOFF_INITIAL, BACKOFF_MAX);
        self.crash_backoff = Backoff::new(BACKOFF_INITIAL, BACKOFF_MAX);
        self.next_ip = 2;
    }

    pub(super) fn step(&self, ctx: &mut Kx<'_>, after: SimSpan, step: NodeStep) {
        let (node, life) = (self.name.clone(), self.life);
        ctx.after(after, Timer::Node { node, life, step });
    }

    pub(super) fn on_step(&mut self, ctx: &mut Kx<'_>, step: NodeStep, registry: Registry) {
        match step {
            NodeStep::Register => self.register(ctx),
            NodeStep::Ready => {
                self.ready = true;
                self.post_status(ctx);
            }
            NodeStep::Status => self.post_status(ctx),
            NodeStep::Pulled => self.pulled(ctx, registry),
            NodeStep::Evict => self.evict_round(ctx),
        }
    }

    /// The next tick of the kubelet's second, at or after a moment.
    pub(super) fn tick(&self, at: SimTime) -> SimTime {
        let past = (at.as_millis() + 1000 - self.phase.as_millis() % 1000) % 1000;
        if past == 0 {
            at
        } else {
            at + SimSpan::from_millis(1000 - past)
        }
    }

    /// An event about the node itself. It carries the node's name as uid nowhere: `describe node` does not
    /// find it.
    fn node_event(&mut self, ctx: &mut Kx<'_>, reason: &'static str, message: &str) {
        let about = ObjectRef {
            kind: "Node".into(),
            name: self.name.clone(),
            ..ObjectRef::default()
        };
        let mut client = ctx.client.signed(self.actor.clone());
        self.recorder
            .event(&mut client, &about, EventType::Normal, reason, message);
    }

    fn status_event(&mut self, ctx: &mut Kx<'_>, reason: &'static str) {
        let message = format!("Node {} status is now: {reason}", self.name);
        self.node_event(ctx, reason, &message);
    }

    /// Creates the node's object, or takes over the one that is there.
    fn register(&mut self, ctx: &mut Kx<'_>) {
        self.node_event(ctx, "Starting", "Starting kubelet.");
        let fresh = self.fresh_node(ctx.now());
        self.announce(ctx);
        let actor = self.actor.clone();
        match ctx.client.signed(actor).create(Kind::Node, "", fresh) {
            Ok(node) => self.node = Some(node),
            Err(status) if status.is_already_exists() => {
                self.node = ctx.client.get(Kind::Node, "", &self.name).ok();
                // What a first start has to set up is there.
                self.ready = true;
            }
            // Tried again with the next status.
            Err(_) => {
                self.step(ctx, SimSpan::from_secs(1), NodeStep::Register);
                return;
            }
        }
        self.registered = true;
        self.announce(ctx);
        let now = ctx.now();
        ctx.client.leases().start(&self.name, now);
        // A kubelet that has just started takes its node for schedulable, and tells when it is not.
        // Upstream: pkg/kubelet/kubelet_node_status.go recordNodeSchedulableEvent
        self.schedulable = true;
        let pods: Vec<_> = ctx
            .client
            .list(Kind::Pod, None)
            .into_iter()
            .filter(|p| p.pod().is_some_and(|pod| pod.spec.node_name == self.name))
            .collect();
        self.post_status(ctx);
        self.read_manifests(ctx);
        self.on_pod_list(ctx, &pods);
        if !self.ready {
            self.step(ctx, ctx.latency.node_ready, NodeStep::Ready);
        }
    }

    /// The three events that every first status gives.
    fn announce(&mut self, ctx: &mut Kx<'_>) {
        for reason in [
            "NodeHasSufficientMemory",
            "NodeHasNoDiskPressure",
            "NodeHasSufficientPID",
        ] {
            self.status_event(ctx, reason);
        }
    }

    /// The object with which a machine registers.
    fn fresh_node(&self, now: SimTime) -> Value {
        let given = self.machine.get("metadata");
        let mut metadata = value!({"name": &self.name});
        let mut labels = given.get("labels").clone();
        for (key, text) in [
            ("beta.kubernetes.io/arch", Str::from("amd64")),
            ("beta.kubernetes.io/os", Str::from("linux")),
            ("kubernetes.io/arch", Str::from("amd64")),
            ("kubernetes.io/hostname", self.name.clone()),
            ("kubernetes.io/os", Str::from("linux")),
        ] {
            labels.set(key, text);
        }
        metadata.set("labels", labels);
        let annotations = given.get("annotations");
        if !annotations.is_empty() {
            metadata.set("annotations", annotations);
        }
        let mut spec = Value::map();
        for field in [
            "taints",
            "unschedulable",
            "podCIDR",
            "podCIDRs",
            "providerID",
        ] {
            let given = self.machine.at(&["spec", field]);
            if !given.is_empty() {
                spec.set(field, given);
            }
        }
        let mut node =
            value!({"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": spec});
        let status = self.status(now, &Value::Null);
        node.set("status", status);
        node
    }

    /// Computes the status and posts it; tells of what changed.
    pub(super) fn post_status(&mut self, ctx: &mut Kx<'_>) {
        let Ok(live) = ctx.client.get(Kind::Node, "", &self.name) else {
            // Deleted behind its back: upstream registers only when it starts.
            return;
        };
        self.expire_pressures(ctx.now());
        let old = live.value().get("status");
        let mut value = live.value().clone();
        value.set("status", self.status(ctx.now(), old));
        let changes: Vec<&'static str> = transitions(old, value.get("status"));
        let actor = self.actor.clone();
        if ctx
            .client
            .signed(actor)
            .update_status(Kind::Node, value)
            .is_err()
        {
            self.stale = true;
            return;
        }
        self.posted = ctx.now();
        self.stale = false;
        let looked = self.looked(ctx.now());
        if self.images_to_tell(ctx.now()) {
            self.unlisted = (self.images.values().copied())
                .filter(|since| *since > looked)
                .min();
        }
        for reason in changes {
            self.status_event(ctx, reason);
        }
        let unschedulable = live.node().is_some_and(|node| node.unschedulable);
        if self.schedulable == unschedulable {
            self.schedulable = !unschedulable;
            let reason = if unschedulable {
                "NodeNotSchedulable"
            } else {
                "NodeSchedulable"
            };
            self.status_event(ctx, reason);
        }
    }

    /// `status`, on top of what others wrote into it.
    fn status(&self, now: SimTime, old: &Value) -> Value {
        let mut status = if old.is_null() {
            Value::map()
        } else {
            old.clone()
        };
        let mut capacity = value!({
            "cpu": "4", "memory": "8Gi", "pods": "110", "ephemeral-storage": "0",
        });
        for (name, amount) in self.machine.at(&["status", "capacity"]).fields() {
            capacity.set(name.clone(), amount);
        }
        let mut allocatable = capacity.clone();
        for (name, amount) in self.machine.at(&["status", "allocatable"]).fields() {
            allocatable.set(name.clone(), amount);
        }
        status.set("capacity", capacity);
        status.set("allocatable", allocatable);
        status.set(
            "addresses",
            value!([
                {"type": "InternalIP", "address": &self.ip},
                {"type": "Hostname", "address": &self.name},
            ]),
        );
        for (field, value) in OF_ALL.iter() {
            status.set(*field, value);
        }
        let looked = self.looked(now);
        let images: Value = self
            .images
            .iter()
            .rev()
            .filter(|(_, since)| **since <= looked)
            .take(IMAGES_MAX)
            .map(|(image, _)| value!({"names": [image], "sizeBytes": runtime::IMAGE_SIZE}))
            .collect();
        if images.is_empty() {
            status.remove("images");
        } else {
            status.set("images", images);
        }
        status.set("conditions", self.conditions(now, old.get("conditions")));
        status
    }

    /// When the kubelet last looked at which images there are. Upstream: pkg/kubelet/images/image_gc_manager.go
    /// `Start`
    fn looked(&self, now: SimTime) -> SimTime {
        let every = IMAGES_EVERY.as_millis();
        let ran = now.since(self.started_at).as_millis();
        self.started_at + SimSpan::from_millis(ran / every * every)
    }

    /// Whether the kubelet has seen an image by now that the status does not list.
    pub(super) fn images_to_tell(&self, now: SimTime) -> bool {
        self.unlisted.is_some_and(|since| since <= self.looked(now))
    }

    /// The kubelet's own conditions: type, whether it is on, reason, message.
    fn own_conditions(&self) -> [(&'static str, bool, &'static str, &'static str); 4] {
        let ready = if !self.ready {
            (false, "KubeletNotReady", "CSINode is not yet initialized")
        } else if self.network {
            (true, "KubeletReady", "kubelet is posting ready status")
        } else {
            (false, "KubeletNotReady", NO_NETWORK)
        };
        let [memory, disk, pid] = PRESSURES.map(|row| {
            let on = self.pressures.contains_key(row.kind);
            let (reason, message) = if on { row.on } else { row.off };
            (row.kind, on, reason, message)
        });
        [memory, disk, pid, ("Ready", ready.0, ready.1, ready.2)]
    }

    /// The conditions: those of others first, then the kubelet's own.
    fn conditions(&self, now: SimTime, old: &Value) -> Value {
        let own = self.own_conditions();
        let stamp = Str::from(now.timestamp().to_string());
        let mut list: Vec<Value> = old
            .items()
            .iter()
            .filter(|c| own.iter().all(|(kind, ..)| c.get("type").text() != *kind))
            .cloned()
            .collect();
        for (kind, on, reason, message) in own {
            let state = if on { "True" } else { "False" };
            let since = old
                .items()
                .iter()
                .find(|c| c.get("type").text() == kind && c.get("status").text() == state)
                .map_or_else(
                    || Value::from(&stamp),
                    |c| c.get("lastTransitionTime").clone(),
                );
            list.push(value!({
                "type": kind, "status": state, "reason": reason, "message": message,
                "lastHeartbeatTime": &stamp, "lastTransitionTime": since,
            }));
        }
        Value::from(list)
    }

    fn expire_pressures(&mut self, now: SimTime) {
        self.pressures
            .retain(|_, over| over.is_none_or(|at| now.since(at) < PRESSURE_TRANSITION));
    }

    /// The node's object changed.
    pub(super) fn on_node(&mut self, node: Option<&Arc<Object>>) {
        self.node = node.cloned();
        if let Some(node) = node.and_then(|n| n.node())
            && node.unschedulable == self.schedulable
        {
            self.stale = true;
        }
        // The controller gave it up while it lived: it says again how it is.
        let given_up = |node: &&Arc<Object>| {
            let conditions = node.value().at(&["status", "conditions"]).items();
            let ready = conditions.iter().find(|c| c.get("type").text() == "Ready");
            ready.is_some_and(|c| c.get("status").text() == "Unknown")
        };
        if self.running && self.ready && node.is_some_and(|node| given_up(&node)) {
            self.stale = true;
        }
    }
}

/// What all nodes say of themselves.
static OF_ALL: LazyLock<[(&str, Value); 3]> = LazyLock::new(|| {
    let features = value!([
        "ExtendWebSocketsToKubelet",
        "InPlacePodLevelResourcesVerticalScaling",
        "InPlacePodVerticalScalingInitContainers",
        "RestartAllContainersOnContainerExits",
    ]);
    let info = value!({
        "architecture": "amd64", "bootID": "", "containerRuntimeVersion": "containerd://2.2.1",
        "kernelVersion": "6.12.48-amd64", "kubeProxyVersion": "", "kubeletVersion": "v1.36.3",
        "machineID": "", "operatingSystem": "linux", "osImage": "Debian GNU/Linux 13 (trixie)",
        "systemUUID": "",
    });
    let endpoints = value!({"kubeletEndpoint": {"Port": 10250}});
    [
        ("daemonEndpoints", endpoints),
        ("declaredFeatures", features),
        ("nodeInfo", info),
    ]
});

/// The events that a change of conditions is worth.
fn transitions(old: &Value, new: &Value) -> Vec<&'static str> {
    const TABLE: [(&str, &str, &str); 4] = [
        (
            "MemoryPressure",
            "NodeHasInsufficientMemory",
            "NodeHasSufficientMemory",
        ),
        (
            "DiskPressure",
            "NodeHasDiskPressure",
            "NodeHasNoDiskPressure",
        ),
        (
            "PIDPressure",
            "NodeHasInsufficientPID",
            "NodeHasSufficientPID",
        ),
        ("Ready", "NodeReady", "NodeNotReady"),
    ];
    let state = |status: &Value, kind: &str| -> Str {
        status
            .get("conditions")
            .items()
            .iter()
            .find(|c| c.get("type").text() == kind)
            .map(|c| c.get("status").to_str())
            .unwrap_or_default()
    };
    TABLE
        .into_iter()
        .filter_map(|(kind, yes, no)| {
            let (before, after) = (state(old, kind), state(new, kind));
            if before == after || before.is_empty() {
                return None;
            }
            Some(if after == "True" { yes } else { no })
        })
        .collect()
}
