//! The description of a node.

use super::{View, Writer, pieces};
use crate::console::print::columns::node::roles;
use crate::console::print::{age, long_time, scalar};
use crate::k8s::order::InOrder;
use crate::k8s::ordered::BTreeMap;
use crate::k8s::quantity::Quantity;
use crate::k8s::{Kind, Object, Timestamp, Value};
use std::sync::Arc;

/// Upstream: kubectl/pkg/describe/describe.go `describeNode`.
pub fn describe(w: &mut Writer, object: &Object, view: View<'_>) {
    let value = object.value();
    let (spec, status) = (value.get("spec"), value.get("status"));
    w.field(0, "Name", object.name());
    let roles = roles(&object.meta().labels);
    if roles == "<none>" {
        w.line(0, "Roles:\t<none>");
    } else {
        w.field(0, "Roles", roles);
    }
    pieces::labels_and_annotations(w, object);
    pieces::created(w, object);
    pieces::multiline(w, "Taints", taints(spec.get("taints")).into_iter());
    let unschedulable = spec.get("unschedulable").as_bool() == Some(true);
    w.field(0, "Unschedulable", unschedulable.to_string());
    lease(w, object, view);
    conditions(w, status);
    w.line(0, "Addresses:");
    for address in status.get("addresses").items() {
        w.field(1, address.get("type").text(), address.get("address").text());
    }
    for (field, title) in [("capacity", "Capacity:"), ("allocatable", "Allocatable:")] {
        w.line(0, title);
        for (name, quantity) in status.get(field).fields() {
            w.field(1, name, scalar(quantity));
        }
    }
    system(w, status.get("nodeInfo"));
    let cidr = spec.get("podCIDR").text();
    if !cidr.is_empty() {
        w.field(0, "PodCIDR", cidr);
    }
    let all: Vec<&str> = spec
        .get("podCIDRs")
        .items()
        .iter()
        .map(Value::text)
        .collect();
    if !all.is_empty() {
        w.field(0, "PodCIDRs", all.join(","));
    }
    let provider = spec.get("providerID").text();
    if !provider.is_empty() {
        w.field(0, "ProviderID", provider);
    }
    pods(w, object, view);
}

/// Taints sorted by effect, then key.
fn taints(list: &Value) -> Vec<String> {
    let mut all: Vec<&Value> = list.items().iter().collect();
    all.order_by_key(|t| (t.get("effect").text(), t.get("key").text()));
    let text = |t: &Value| {
        let (key, value, effect) = (
            t.get("key").text(),
            t.get("value").text(),
            t.get("effect").text(),
        );
        match (value.is_empty(), effect.is_empty()) {
            (true, true) => key.to_owned(),
            (true, false) => format!("{key}:{effect}"),
            (false, true) => format!("{key}={value}:"),
            (false, false) => format!("{key}={value}:{effect}"),
        }
    };
    all.into_iter().map(text).collect()
}

fn lease(w: &mut Writer, object: &Object, view: View<'_>) {
    let lease = view.api.get(Kind::Lease, "kube-node-lease", object.name());
    let unset = |text: String| {
        if text.is_empty() {
            "<unset>".to_owned()
        } else {
            text
        }
    };
    let moment = |at: &Value| {
        if at.is_null() {
            String::new()
        } else {
            long_time(at)
        }
    };
    let (holder, acquired, renewed) = match lease {
        Ok(lease) => {
            let spec = lease.value().get("spec");
            (
                spec.get("holderIdentity").text().to_owned(),
                moment(spec.get("acquireTime")),
                moment(spec.get("renewTime")),
            )
        }
        Err(_) => {
            w.line(
                0,
                "Lease:\tFailed to get lease: leases.coordination.k8s.io \"".to_owned()
                    + object.name()
                    + "\" not found",
            );
            return;
        }
    };
    w.line(0, "Lease:");
    w.field(1, "HolderIdentity", unset(holder));
    w.field(1, "AcquireTime", unset(acquired));
    w.field(1, "RenewTime", unset(renewed));
}

fn conditions(w: &mut Writer, status: &Value) {
    let all = status.get("conditions").items();
    if all.is_empty() {
        return;
    }
    w.line(0, "Conditions:");
    w.line(
        1,
        "Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage",
    );
    w.line(
        1,
        "----\t------\t-----------------\t------------------\t------\t-------",
    );
    for c in all {
        w.line(
            1,
            format!(
                "{} \t{} \t{} \t{} \t{} \t{} ",
                c.get("type").text(),
                c.get("status").text(),
                long_time(c.get("lastHeartbeatTime")),
                long_time(c.get("lastTransitionTime")),
                c.get("reason").text(),
                c.get("message").text()
            ),
        );
    }
}

fn system(w: &mut Writer, info: &Value) {
    w.line(0, "System Info:");
    for (title, field) in [
        ("Machine ID", "machineID"),
        ("System UUID", "systemUUID"),
        ("Boot ID", "bootID"),
        ("Kernel Version", "kernelVersion"),
        ("OS Image", "osImage"),
        ("Operating System", "operatingSystem"),
        ("Architecture", "architecture"),
        ("Container Runtime Version", "containerRuntimeVersion"),
        ("Kubelet Version", "kubeletVersion"),
    ] {
        w.field(1, title, info.get(field).text());
    }
}

type Amounts = BTreeMap<String, Quantity>;

/// What a pod asks for: the sum of its containers, or its largest init container if that is more.
///
/// Upstream: component-helpers/resource/helpers.go `PodRequests`, `PodLimits`.
pub fn amounts(pod: &Value, field: &str) -> Amounts {
    let spec = pod.get("spec");
    let mut sum = Amounts::new();
    let add = |sum: &mut Amounts, map: &Value| {
        for (name, quantity) in map.fields() {
            let quantity = Quantity::of(quantity);
            let total = sum
                .get(name.as_str())
                .map_or_else(|| quantity.clone(), |q| q.plus(&quantity));
            sum.insert(name.to_string(), total);
        }
    };
    for container in spec.get("containers").items() {
        add(&mut sum, container.at(&["resources", field]));
    }
    let mut sidecars = Amounts::new();
    let mut largest = Amounts::new();
    for container in spec.get("initContainers").items() {
        let own = container.at(&["resources", field]);
        if container.get("restartPolicy").text() == "Always" {
            add(&mut sum, own);
            add(&mut sidecars, own);
            continue;
        }
        let mut with = sidecars.clone();
        add(&mut with, own);
        for (name, quantity) in with {
            let more = largest.get(&name).is_none_or(|q| quantity.cmp(q).is_gt());
            if more {
                largest.insert(name, quantity);
            }
        }
    }
    for (name, quantity) in largest {
        if sum.get(&name).is_none_or(|q| quantity.cmp(q).is_gt()) {
            sum.insert(name, quantity);
        }
    }
    // What the pod itself says of a resource counts instead.
    for (name, amount) in spec.at(&["resources", field]).fields() {
        sum.insert(name.to_string(), Quantity::of(amount));
    }
    let overhead = spec.get("overhead");
    if field == "requests" || !sum.is_empty() {
        add(&mut sum, overhead);
    }
    sum
}

fn of(amounts: &Amounts, name: &str) -> Quantity {
    amounts.get(name).cloned().unwrap_or(Quantity::whole(0))
}

/// `250m (6%)`. The share is cut, not rounded, after the arithmetic of upstream: 2300 of 2000 are 114 %.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "the printed share is what this arithmetic gives"
)]
fn share(amount: Quantity, allocatable: Quantity, milli: bool) -> String {
    let (part, whole) = if milli {
        (amount.milli_value(), allocatable.milli_value())
    } else {
        (amount.value(), allocatable.value())
    };
    let percent = if whole == 0 {
        0
    } else {
        (part as f64 / whole as f64 * 100.0) as i64
    };
    format!("{amount} ({percent}%)")
}

fn pods(w: &mut Writer, object: &Object, view: View<'_>) {
    let here = |p: &&Arc<Object>| {
        let value = p.value();
        value.at(&["spec", "nodeName"]).text() == object.name().as_str()
            && !matches!(
                value.at(&["status", "phase"]).text(),
                "Succeeded" | "Failed"
            )
    };
    let pods: Vec<&Arc<Object>> = view.api.list(Kind::Pod, None).filter(here).collect();
    let status = object.value().get("status");
    let allocatable = status.get("allocatable");
    let allocatable = if allocatable.is_null() {
        status.get("capacity")
    } else {
        allocatable
    };
    let room = |name: &str| Quantity::of(allocatable.get(name));
    w.field(
        0,
        "Non-terminated Pods",
        format!("({} in total)", pods.len()),
    );
    w.line(
        1,
        "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge",
    );
    w.line(
        1,
        "---------\t----\t\t------------\t----------\t---------------\t-------------\t---",
    );
    let (mut requests, mut limits) = (Amounts::new(), Amounts::new());
    for pod in pods {
        let (asked, bounded) = (
            amounts(pod.value(), "requests"),
            amounts(pod.value(), "limits"),
        );
        let created = Timestamp::parse(pod.value().at(&["metadata", "creationTimestamp"]).text());
        let age = created.map_or("<unknown>".to_owned(), |at| age::since(at, view.now));
        w.line(
            1,
            format!(
                "{}\t{}\t\t{}\t{}\t{}\t{}\t{age}",
                pod.namespace(),
                pod.name(),
                share(of(&asked, "cpu"), room("cpu"), true),
                share(of(&bounded, "cpu"), room("cpu"), true),
                share(of(&asked, "memory"), room("memory"), false),
                share(of(&bounded, "memory"), room("memory"), false)
            ),
        );
        for (total, own) in [(&mut requests, asked), (&mut limits, bounded)] {
            for (name, quantity) in own {
                let sum = total
                    .get(&name)
                    .map_or_else(|| quantity.clone(), |q| q.plus(&quantity));
                total.insert(name, sum);
            }
        }
    }
    allocated(w, allocatable, &requests, &limits);
}

/// What the pods of a node ask for together, of what it has.
fn allocated(w: &mut Writer, allocatable: &Value, requests: &Amounts, limits: &Amounts) {
    let room = |name: &str| Quantity::of(allocatable.get(name));
    w.line(
        0,
        "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)",
    );
    w.line(1, "Resource\tRequests\tLimits");
    w.line(1, "--------\t--------\t------");
    for (name, milli) in [
        ("cpu", true),
        ("memory", false),
        ("ephemeral-storage", false),
    ] {
        let asked = share(of(requests, name), room(name), milli);
        let bounded = share(of(limits, name), room(name), milli);
        w.line(1, format!("{name}\t{asked}\t{bounded}"));
    }
    let usual = ["cpu", "memory", "ephemeral-storage", "pods"];
    let others = allocatable
        .fields()
        .map(|(k, _)| k)
        .filter(|k| !usual.contains(&k.as_str()));
    let (huge, extended): (Vec<_>, Vec<_>) = others.partition(|k| k.starts_with("hugepages-"));
    for name in huge {
        let asked = share(of(requests, name), room(name), false);
        w.line(
            1,
            format!(
                "{name}\t{asked}\t{}",
                share(of(limits, name), room(name), false)
            ),
        );
    }
    for name in extended {
        w.line(
            1,
            format!("{name}\t{}\t{}", of(requests, name), of(limits, name)),
        );
    }
}
