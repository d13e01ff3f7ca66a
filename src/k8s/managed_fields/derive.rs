//! Who owns the fields of objects that the system's own components made. Their writes are not noted one by one: what
//! each of them sets is known, so the entries are made up when somebody asks for them.

use super::{Writer, update};
use crate::k8s::{Kind, Timestamp, Value};
use crate::value;

const CONTROLLERS: &str = "kube-controller-manager";
const MANAGERS: [&str; 2] = ["metadata", "managedFields"];

/// The object with its managedFields, if it has none and a component made it.
pub fn complete(kind: Kind, object: &Value) -> Value {
    if !object.at(&MANAGERS).is_null() {
        return object.clone();
    }
    let mut out = object.clone();
    let made = object.at(&["metadata", "creationTimestamp"]).text();
    let mut book = Book {
        kind,
        entries: Value::Null,
        made: Timestamp::parse(made).unwrap_or_default(),
    };
    match kind {
        Kind::Pod => book.pod(object),
        Kind::Node => book.node(object),
        Kind::Event => book.event(object),
        Kind::ReplicaSet | Kind::Job if owned(object) => {
            let bare = without_status(object);
            book.created(CONTROLLERS, &bare);
            let mut before = bare;
            before.set("status", Value::map());
            book.status(CONTROLLERS, &before, object);
        }
        Kind::ControllerRevision | Kind::Endpoints | Kind::EndpointSlice => {
            book.created(CONTROLLERS, object);
        }
        Kind::ConfigMap if object.at(&["metadata", "name"]).text() == "kube-root-ca.crt" => {
            book.created(CONTROLLERS, object);
        }
        _ => {}
    }
    if !book.entries.is_null() {
        out.set_at(&MANAGERS, book.entries);
    }
    out
}

fn owned(object: &Value) -> bool {
    !object.at(&["metadata", "ownerReferences"]).is_empty()
}

fn without_status(object: &Value) -> Value {
    let mut bare = object.clone();
    bare.remove("status");
    bare
}

/// Entries as they are made up, write by write.
struct Book {
    kind: Kind,
    entries: Value,
    made: Timestamp,
}

impl Book {
    fn created(&mut self, manager: &str, tree: &Value) {
        self.note(manager, "", None, tree, self.made);
    }

    /// A status that was written onto a tree.
    fn status(&mut self, manager: &str, before: &Value, after: &Value) {
        let conditions = after.at(&["status", "conditions"]).items().iter();
        let times = ["lastTransitionTime", "lastHeartbeatTime"];
        let times = conditions.flat_map(|c| times.map(|time| Timestamp::parse(c.get(time).text())));
        let last = times.flatten().fold(self.made, Ord::max);
        self.note(manager, "status", Some(before), after, last);
    }

    fn note(
        &mut self,
        manager: &str,
        subresource: &str,
        before: Option<&Value>,
        after: &Value,
        now: Timestamp,
    ) {
        let mut tree = after.clone();
        if !self.entries.is_null() {
            tree.set_at(&MANAGERS, &self.entries);
        }
        let writer = Writer {
            manager,
            subresource,
            now,
        };
        update(self.kind, before, &mut tree, &writer);
        self.entries = tree.at(&MANAGERS).clone();
    }

    fn pod(&mut self, pod: &Value) {
        let mirror = ["metadata", "annotations", "kubernetes.io/config.mirror"];
        let mirror = !pod.at(&mirror).is_null();
        if !mirror && !owned(pod) {
            return;
        }
        let creator = if mirror { "kubelet" } else { CONTROLLERS };
        self.created(creator, &pod_as_made(pod, mirror));
        // What came before the status of today: the server's own, and what binding wrote.
        let (mut before, status) = (pod.clone(), pod.get("status"));
        let mut first = value!({"phase": "Pending", "qosClass": status.get("qosClass")});
        let scheduled = |c: &&Value| c.get("type").text() == "PodScheduled";
        let bound = !pod.at(&["spec", "nodeName"]).is_empty();
        if let Some(condition) = status.get("conditions").items().iter().find(scheduled)
            && bound
            && !mirror
        {
            let mut condition = condition.clone();
            condition.remove("observedGeneration");
            first.set("conditions", value!([condition]));
        }
        before.set("status", first);
        let writer = if bound { "kubelet" } else { "kube-scheduler" };
        self.status(writer, &before, pod);
    }

    fn node(&mut self, node: &Value) {
        const TTL: [&str; 3] = ["metadata", "annotations", "node.alpha.kubernetes.io/ttl"];
        let mut registered = without_status(node);
        registered.remove_at(&TTL);
        if registered.at(&TTL[..2]).is_empty() {
            registered.remove_at(&TTL[..2]);
        }
        for field in ["podCIDR", "podCIDRs", "taints", "unschedulable"] {
            registered.remove_at(&["spec", field]);
        }
        self.created("kubelet", &registered);
        let bare = without_status(node);
        self.note(CONTROLLERS, "", Some(&registered), &bare, self.made);
        // Registration brought the status along; later only what changed is posted.
        let mut before = node.clone();
        before.remove_at(&["status", "images"]);
        let older = |condition: &Value| {
            let mut older = condition.clone();
            older.remove("lastHeartbeatTime");
            older.set("lastHeartbeatTime", "1970-01-01T00:00:00Z");
            if condition.get("type").text() == "Ready" {
                older.set("lastTransitionTime", "1970-01-01T00:00:00Z");
                for field in ["message", "reason", "status"] {
                    older.set(field, "-");
                }
            }
            older
        };
        let conditions = node.at(&["status", "conditions"]).items().iter();
        before.set_at(
            &["status", "conditions"],
            conditions.map(older).collect::<Value>(),
        );
        self.status("kubelet", &before, node);
    }

    /// The scheduler writes events of the newer group.
    fn event(&mut self, event: &Value) {
        let component = event.get("reportingComponent").text();
        match component {
            "default-scheduler" => {
                let own = [
                    "action",
                    "eventTime",
                    "note",
                    "reason",
                    "regarding",
                    "reportingController",
                    "reportingInstance",
                    "type",
                ];
                let mut fields = Value::map();
                for field in own {
                    fields.set(format!("f:{field}"), Value::map());
                }
                self.entries = value!([{
                    "apiVersion": "events.k8s.io/v1", "fieldsType": "FieldsV1", "fieldsV1": fields,
                    "manager": "kube-scheduler", "operation": "Update", "time": self.made.to_string(),
                }]);
            }
            "kubelet" => self.created("kubelet", event),
            _ => self.created(CONTROLLERS, event),
        }
    }
}

/// The pod as its creator sent it: without what the server and the scheduler added.
fn pod_as_made(pod: &Value, mirror: bool) -> Value {
    let mut made = without_status(pod);
    let daemon = |owner: &Value| owner.get("kind").text() == "DaemonSet";
    let daemon = pod
        .at(&["metadata", "ownerReferences"])
        .items()
        .iter()
        .any(daemon);
    let spec = made.at_mut(&["spec"]);
    for field in ["priority", "preemptionPolicy"] {
        spec.remove(field);
    }
    if !mirror {
        spec.remove("nodeName");
    }
    if spec.get("serviceAccountName").text() == "default" {
        spec.remove("serviceAccountName");
        spec.remove("serviceAccount");
    }
    let token = |item: &Value| item.get("name").text().starts_with("kube-api-access-");
    let added = |toleration: &Value| {
        let key = toleration.get("key").text();
        let known = [
            "node.kubernetes.io/not-ready",
            "node.kubernetes.io/unreachable",
        ];
        known.contains(&key) && toleration.get("tolerationSeconds").as_i64() == Some(300)
    };
    drop_items(spec, "volumes", token);
    if !daemon {
        drop_items(spec, "tolerations", added);
    }
    for list in ["containers", "initContainers"] {
        if !spec.get(list).is_empty() {
            for container in spec.at_mut(&[list]).list_mut() {
                drop_items(container, "volumeMounts", token);
            }
        }
    }
    made
}

/// Takes items out of a list; one that becomes empty goes as well.
fn drop_items(tree: &mut Value, field: &'static str, gone: impl Fn(&Value) -> bool) {
    let items = tree.get(field).items();
    if !items.iter().any(&gone) {
        return;
    }
    let kept: Value = items.iter().filter(|item| !gone(item)).cloned().collect();
    if kept.is_empty() {
        tree.remove(field);
    } else {
        tree.set(field, kept);
    }
}
