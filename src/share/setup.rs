//! The setup in a document: what is as usual is left out; what would hang or break a cluster is refused.

use super::doc::{ShareError, int, number};
use crate::cluster::{Setup, SimSpan};
use crate::k8s::names::dns1123_subdomain_errors;
use crate::k8s::{Timestamp, Value};
use crate::value;

/// More than this is refused when a document is opened.
pub const LIMIT_NODES: usize = 20_000;
/// Nodes times the seconds of the warm-up: a larger one would keep the page busy before it shows anything.
pub const LIMIT_NODE_SECONDS: u64 = 400_000;
/// No latency is longer than an hour.
const LIMIT_LATENCY: u64 = 3_600_000;

/// The latencies by name, in one place for writing and reading.
fn latencies(setup: &mut Setup) -> [(&'static str, &mut SimSpan); 17] {
    let l = &mut setup.latencies;
    [
        ("write", &mut l.write),
        ("watch", &mut l.watch),
        ("relist", &mut l.relist),
        ("command", &mut l.command),
        ("account", &mut l.account),
        ("schedule", &mut l.schedule),
        ("register", &mut l.register),
        ("nodeReady", &mut l.node_ready),
        ("firstBeat", &mut l.first_beat),
        ("podStatus", &mut l.pod_status),
        ("sandbox", &mut l.sandbox),
        ("pull", &mut l.pull),
        ("start", &mut l.start),
        ("exit", &mut l.exit),
        ("stop", &mut l.stop),
        ("removeMin", &mut l.remove_min),
        ("removeMax", &mut l.remove_max),
    ]
}

pub fn to_value(setup: &Setup) -> Value {
    let mut standard = Setup::default();
    let mut own = setup.clone();
    let mut value = value!({"seed": format!("{:x}", setup.seed)});
    if setup.start != standard.start {
        value.set("start", setup.start.0);
    }
    if setup.warm_up != standard.warm_up {
        value.set("warmUp", int(setup.warm_up.as_millis()));
    }
    if setup.bare_nodes {
        value.set("bare", true);
    }
    if !setup.nodes.is_empty() {
        value.set(
            "nodes",
            setup.nodes.iter().map(node_to_value).collect::<Value>(),
        );
    }
    for ((name, span), (_, usual)) in latencies(&mut own)
        .into_iter()
        .zip(latencies(&mut standard))
    {
        if span != usual {
            value.set_at(&["latencies"], value.get("latencies").clone());
            value
                .at_mut(&["latencies"])
                .set(name, int(span.as_millis()));
        }
    }
    value
}

pub fn from_value(value: &Value) -> Result<Setup, ShareError> {
    let mut setup = Setup::default();
    let seed = value.get("seed").text();
    setup.seed = u64::from_str_radix(seed, 16).map_err(|_| ShareError::Malformed("seed"))?;
    if let Some(start) = value.get("start").as_i64() {
        // From 1971 to 2200, so that a warm-up fits before it and years of play after it.
        if !(31_536_000..7_258_118_400).contains(&start) {
            return Err(ShareError::Malformed("start"));
        }
        setup.start = Timestamp(start);
    }
    if !value.get("warmUp").is_null() {
        let span = number(value.get("warmUp"), "warm-up")?;
        if span > 3_600_000 {
            return Err(ShareError::Malformed("warm-up"));
        }
        setup.warm_up = SimSpan::from_millis(span);
    }
    setup.bare_nodes = value.get("bare").as_bool() == Some(true);
    let nodes = value.get("nodes").items();
    if nodes.len() > LIMIT_NODES {
        return Err(ShareError::TooLarge);
    }
    setup.nodes = (nodes.iter().map(node_from_value)).collect::<Result<_, _>>()?;
    if nodes.len() as u64 * setup.warm_up.as_secs() > LIMIT_NODE_SECONDS {
        return Err(ShareError::TooLarge);
    }
    for (name, span) in latencies(&mut setup) {
        let given = value.at(&["latencies"]).get(name);
        if !given.is_null() {
            let given = number(given, "latency")?;
            if given > LIMIT_LATENCY {
                return Err(ShareError::Malformed("latency"));
            }
            *span = SimSpan::from_millis(given);
        }
    }
    if setup.latencies.watch == SimSpan::ZERO || setup.latencies.write == SimSpan::ZERO {
        return Err(ShareError::Malformed("latency"));
    }
    Ok(setup)
}

/// A plain node is its name; others are their tree without apiVersion and kind.
fn node_to_value(node: &Value) -> Value {
    let mut rest = node.clone();
    rest.remove("apiVersion");
    rest.remove("kind");
    let name = node.at(&["metadata", "name"]);
    if rest == value!({"metadata": {"name": name}}) {
        name.clone()
    } else {
        rest
    }
}

fn node_from_value(value: &Value) -> Result<Value, ShareError> {
    let named = match value {
        Value::Str(name) => name.as_str(),
        _ => value.at(&["metadata", "name"]).text(),
    };
    if !dns1123_subdomain_errors(named).is_empty() {
        return Err(ShareError::Malformed("node name"));
    }
    let mut node = match value {
        Value::Str(name) => value!({"metadata": {"name": name}}),
        Value::Map(_) => value.clone(),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::List(_) => {
            return Err(ShareError::Malformed("node"));
        }
    };
    node.set("apiVersion", "v1");
    node.set("kind", "Node");
    Ok(node)
}
