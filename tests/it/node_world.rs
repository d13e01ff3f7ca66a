//! A small cluster to watch: what a client sees of pods, nodes and events, with times.

use daemonset_playground::cluster::{Cluster, Command, Request, Setup, Verb};
use daemonset_playground::k8s::{Kind, Object, Str, Value};
use daemonset_playground::sim::apiserver::DeleteOptions;
use daemonset_playground::sim::{SimSpan, SimTime};
use daemonset_playground::value;

/// A cluster and the moment from which it is watched.
pub struct World {
    pub cluster: Cluster,
    from: SimTime,
    cursor: u64,
}

impl World {
    /// Nodes of these names, up and ready.
    pub fn new(nodes: &[&'static str]) -> Self {
        let nodes = nodes
            .iter()
            .map(|name| value!({"metadata": {"name": *name}}))
            .collect();
        let cluster = Cluster::new(Setup {
            nodes,
            ..Setup::default()
        });
        let (from, cursor) = (cluster.now(), cluster.api().store().committed());
        Self {
            cluster,
            from,
            cursor,
        }
    }

    /// Times and changes count from now on.
    pub fn mark(&mut self) {
        self.from = self.cluster.now();
        self.cursor = self.cluster.api().store().committed();
    }

    pub fn run(&mut self, ms: u64) {
        let until = self.cluster.now() + SimSpan::from_millis(ms);
        self.cluster.advance_to(until, 10_000_000);
    }

    pub fn act(&mut self, command: Command) {
        self.cluster.dispatch(command);
    }

    pub fn create(&mut self, kind: Kind, value: Value) {
        let namespace = Str::from(if kind.namespaced() { "default" } else { "" });
        let verb = Verb::Create {
            kind,
            namespace,
            value,
        };
        self.request(verb);
    }

    pub fn pod(&mut self, name: &'static str, spec: Value) {
        let pod = value!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "namespace": "default"}, "spec": spec,
        });
        self.create(Kind::Pod, pod);
    }

    pub fn delete(&mut self, kind: Kind, name: &'static str) {
        let namespace = Str::from(if kind.namespaced() { "default" } else { "" });
        let verb = Verb::Delete {
            kind,
            namespace,
            name: name.into(),
            options: DeleteOptions::default(),
        };
        self.request(verb);
    }

    fn request(&mut self, verb: Verb) {
        self.cluster
            .dispatch(Command::Request(Request::new("kubectl-create", verb)))
            .object()
            .expect("accepted");
    }

    pub fn get(&self, kind: Kind, name: &str) -> Value {
        let namespace = if kind.namespaced() { "default" } else { "" };
        let object = self.cluster.api().get(kind, namespace, name);
        object.map(|o| o.value().clone()).unwrap_or_default()
    }

    /// Conditions as `type=status reason message`.
    pub fn conditions(&self, kind: Kind, name: &str) -> String {
        let object = self.get(kind, name);
        let lines: Vec<String> = object
            .at(&["status", "conditions"])
            .items()
            .iter()
            .map(|c| {
                let text = |field| c.get(field).text();
                let line = format!(
                    "{}={} {} {}",
                    text("type"),
                    text("status"),
                    text("reason"),
                    text("message")
                );
                line.trim_end().to_owned()
            })
            .collect();
        lines.join("\n")
    }

    /// Taints as `key:effect`.
    pub fn taints(&self, name: &str) -> String {
        let node = self.get(Kind::Node, name);
        let lines: Vec<String> = node
            .at(&["spec", "taints"])
            .items()
            .iter()
            .map(|t| format!("{}:{}", t.get("key").text(), t.get("effect").text()))
            .collect();
        lines.join(" ")
    }

    /// The versions of one kind since the mark, one a line: milliseconds and what `tell` says.
    pub fn changes(&self, kind: Kind, tell: impl Fn(&Object) -> String) -> String {
        let mut lines = Vec::new();
        for change in self.cluster.api().store().changes_since(self.cursor) {
            if change.kind != kind {
                continue;
            }
            let ms = change.at.since(self.from).as_millis();
            let told = tell(change.object());
            if told.is_empty() {
                continue;
            }
            let gone = if change.new.is_none() { " gone" } else { "" };
            lines.push(format!("{ms:<6} {told}{gone}"));
        }
        lines.join("\n")
    }

    /// The versions of the pods: name, phase, ready, then each container's state and restarts.
    pub fn pods(&self) -> String {
        self.changes(Kind::Pod, |pod| {
            let status = pod.value().get("status");
            let mut line = format!("{} {}", pod.name(), status.get("phase").text());
            let ready = status.get("conditions").items().iter();
            if let Some(c) = ready.into_iter().find(|c| c.get("type").text() == "Ready") {
                line += &format!(" {}", c.get("status").text());
            }
            for list in ["initContainerStatuses", "containerStatuses"] {
                for container in status.get(list).items() {
                    line += &format!(" [{}]", state(container));
                }
            }
            if pod.meta().terminating() {
                line += " terminating";
            }
            line
        })
    }

    /// The events written since the mark: object, reason, message.
    pub fn events(&self) -> String {
        self.changes(Kind::Event, |event| {
            let value = event.value();
            format!(
                "{} {} {}",
                value.at(&["involvedObject", "name"]).text(),
                value.get("reason").text(),
                value.get("message").text()
            )
        })
    }
}

fn state(container: &Value) -> String {
    let state = container.get("state");
    let restarts = container.get("restartCount").as_i64().unwrap_or(0);
    let told = if !state.get("running").is_null() {
        "running".to_owned()
    } else if state.get("waiting").is_null() {
        let exit = state.get("terminated");
        format!("{} {}", exit.get("reason").text(), exit.get("exitCode"))
    } else {
        state.at(&["waiting", "reason"]).text().to_owned()
    };
    if restarts == 0 {
        told
    } else {
        format!("{told} x{restarts}")
    }
}
