//! Tables of the server's rules, and what they share.

mod deletion;

mod fuzz;

mod manifests;

mod refusals;

mod rules;

mod writes;

use super::*;
use crate::k8s::{Str, Value};
use crate::sim::{SimSpan, SimTime};
use crate::value;

fn at(seconds: u64) -> SimTime {
    SimTime::from_millis(1_767_225_600_000) + SimSpan::from_secs(seconds)
}

fn person(seconds: u64) -> Call {
    Call::person(at(seconds), "kubectl-create")
}

fn part(seconds: u64) -> Call {
    Call::component(at(seconds), "part")
}

/// A fresh cluster whose namespaces have their service accounts.
fn server() -> ApiServer {
    let mut api = ApiServer::new(Rng::new(7));
    api.bootstrap(at(0));
    for namespace in ["default", "kube-system"] {
        let account = value!({"metadata": {"name": "default"}});
        api.create(&part(0), Kind::ServiceAccount, namespace, account)
            .expect("an account");
    }
    api
}

fn pod(name: &str) -> Value {
    value!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": Value::str(name)},
        "spec": {"containers": [{"name": "main", "image": "nginx"}]},
    })
}

fn daemon_set(name: &str, image: &str) -> Value {
    value!({
        "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": Value::str(name)},
        "spec": {
            "selector": {"matchLabels": {"app": "x"}},
            "template": {
                "metadata": {"labels": {"app": "x"}},
                "spec": {"containers": [{"name": "main", "image": Value::str(image)}]},
            },
        },
    })
}

fn make(api: &mut ApiServer, kind: Kind, value: Value) -> Arc<Object> {
    let namespace = if kind.namespaced() { "default" } else { "" };
    let written = api.create(&person(0), kind, namespace, value);
    written.expect("accepted").object
}

fn bound(api: &mut ApiServer, name: &str) -> Arc<Object> {
    make(api, Kind::Pod, pod(name));
    let written = api.bind(&part(1), "default", name, "a");
    written.expect("bound").object
}

fn text<'a>(object: &'a Object, path: &[&str]) -> &'a str {
    object.value().at(path).text()
}

/// Everything stored, as one text.
fn contents(api: &ApiServer) -> String {
    let mut all = format!("{} ", api.store.version());
    for info in &crate::k8s::kind::KINDS {
        for object in api.list(info.kind, None) {
            all.push_str(&format!("{object:?}\n"));
        }
    }
    all
}
