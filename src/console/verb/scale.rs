//! `kubectl scale`, `autoscale`.
//!
//! Upstream: kubectl/pkg/cmd/scale/scale.go, kubectl/pkg/cmd/autoscale/autoscale.go

use crate::cluster::{Patch, Status, Subresource};
use crate::console::args::{Flag, Takes, long};
use crate::console::error::Failure;
use crate::console::kubectl::items::{self, Item};
use crate::console::kubectl::record;
use crate::console::kubectl::request::Sender;
use crate::console::kubectl::{Call, Command, Run, flags, say};
use crate::console::task::Io;
use crate::k8s::{Kind, Value};
use crate::value;

const FLAGS: &[Flag] = &[
    long("replicas", Takes::Int),
    long("current-replicas", Takes::Int),
    long("resource-version", Takes::Text),
    long("timeout", Takes::Duration),
];

const AUTOSCALE: &[Flag] = &[
    long("min", Takes::Int),
    long("max", Takes::Int),
    long("cpu", Takes::Text),
    long("memory", Takes::Text),
    long("cpu-percent", Takes::Int),
    long("name", Takes::Text),
    long("save-config", Takes::Bool),
];

pub static COMMANDS: &[Command] = &[
    Command {
        path: "scale",
        about: "Set a new size for a deployment, replica set, or replication controller",
        usage: "[--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)",
        flags: &[
            FLAGS,
            flags::FILES,
            flags::SELECTOR,
            flags::ALL,
            flags::OUTPUT,
            flags::DRY_RUN,
            flags::RECORD,
        ],
        required: &["replicas"],
        run: Run::Once(scale),
    },
    Command {
        path: "autoscale",
        about: "Auto-scale a deployment, replica set, stateful set, or replication controller",
        usage: "(-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]",
        flags: &[
            AUTOSCALE,
            flags::FILES,
            flags::OUTPUT,
            flags::DRY_RUN,
            flags::FIELD_MANAGER,
            flags::RECORD,
        ],
        required: &["max"],
        run: Run::Once(autoscale),
    },
];

fn scale(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let sender = Sender::of(call, "kubectl", io)?.lenient();
    say::check(call, io)?;
    let replicas = call.flags.int("replicas").unwrap_or(-1);
    if replicas < 0 {
        return Err(Failure::client(
            "The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0",
        ));
    }
    if call.flags.int("current-replicas").is_some_and(|c| c < -1) {
        return Err(Failure::client(
            "The --current-replicas must specify an integer of -1 or greater",
        ));
    }
    let found = if sender.client_only() {
        items::find_given_or_all(call, call.args(), io)?
    } else {
        items::find_or_all(call, call.args(), io)?
    };
    let version = call
        .flags
        .text("resource-version")
        .is_some_and(|v| !v.is_empty());
    if version && found.items.len() > 1 {
        return Err(Failure::client(
            "cannot use --resource-version with multiple resources",
        ));
    }
    if found.items.is_empty() {
        Failure::gather(found.failures)?;
        return Err(Failure::client("no objects passed to scale"));
    }
    for item in &found.items {
        one(call, &sender, item, replicas, io)?;
    }
    Failure::gather(found.failures)
}

fn one(
    call: &Call,
    sender: &Sender,
    item: &Item,
    replicas: i64,
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    let operation = format!("scaled{}", sender.suffix());
    let mut value = item.tree().clone();
    if !sender.client_only() {
        let kind = item.kind()?;
        let mut body = value!({"spec": {"replicas": replicas}});
        precondition(call, item)?;
        if let Some(version) = call
            .flags
            .text("resource-version")
            .filter(|v| !v.is_empty())
        {
            body.set_at(
                &["metadata", "resourceVersion"],
                crate::k8s::Str::new(version),
            );
        }
        let place = (item.namespace.as_str(), item.name.as_str());
        let sent = Patch::Merge(body);
        sender.patch(kind, place, Subresource::Scale, sent, io)?;
        if record::cause(call).is_some() {
            let mut note = Value::map();
            record::note(call, &mut note);
            sender.patch(kind, place, Subresource::Main, Patch::Merge(note), io)?;
        }
    }
    value.set_at(&["spec", "replicas"], replicas);
    say::between(call, io);
    say::object(call, item.ty, &item.name, &value, &operation, io)
}

/// `--current-replicas`, `--resource-version`
fn precondition(call: &Call, item: &Item) -> Result<(), Failure> {
    let is = item.tree().at(&["spec", "replicas"]).as_i64().unwrap_or(0);
    if let Some(want) = call
        .flags
        .int("current-replicas")
        .filter(|c| *c != -1 && *c != is)
    {
        return Err(Failure::client(format!(
            "Expected replicas to be {want}, was {is}"
        )));
    }
    let version = item.tree().at(&["metadata", "resourceVersion"]).text();
    if let Some(want) = call
        .flags
        .text("resource-version")
        .filter(|v| !v.is_empty() && *v != version)
    {
        return Err(Failure::client(format!(
            "Expected resource version to be {want}, was {version}"
        )));
    }
    Ok(())
}

fn autoscale(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let (min, max) = (
        call.flags.int("min").unwrap_or(-1),
        call.flags.int("max").unwrap_or(-1),
    );
    if max < 1 {
        return Err(Failure::client(format!(
            "--max=MAXPODS is required and must be at least 1, max: {max}"
        )));
    }
    if max < min {
        return Err(Failure::client(format!(
            "--max=MAXPODS must be larger or equal to --min=MINPODS, max: {max}, min: {min}"
        )));
    }
    if call.flags.given("cpu-percent") {
        io.err_line(
            "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., \
             '70%' for utilization or '500m' for milliCPU).",
        );
    }
    let found = items::find_given_or_all(call, call.args(), io)?;
    if found.items.is_empty() && found.failures.is_empty() {
        return Err(Failure::client("no objects passed to autoscale"));
    }
    found.visit(|item| {
        let scales = matches!(
            item.ty.kind,
            Some(
                Kind::Deployment
                    | Kind::ReplicaSet
                    | Kind::StatefulSet
                    | Kind::ReplicationController
            )
        );
        if !scales {
            return Err(Failure::client(format!(
                "cannot autoscale a {}: could not find scale subresource for {} in discovery information",
                item.ty.resource.kind,
                item.ty.group_version_resource()
            )));
        }
        let name = match call.flags.text("name").filter(|n| !n.is_empty()) {
            Some(name) => name.to_owned(),
            None => item.name.clone(),
        };
        let mut value = autoscaler(call, &item, &name, (min, max))?;
        let sender = Sender::of(call, "kubectl-autoscale", io)?;
        let kind = Kind::HorizontalPodAutoscaler;
        let mut done = "created";
        if !sender.client_only() {
            let written = sender.create(kind, &item.namespace, value, io);
            let written = written.map_err(|status| first_version(call, status))?;
            (value, done) = (written.object.value().clone(), "autoscaled");
        }
        let ty = crate::console::kubectl::Type::of(kind);
        let operation = format!("{done}{}", sender.suffix());
        say::made(call, ty, &name, &value, &operation, io)
    })
}

/// What is told of a refusal: the first version of autoscalers, tried then, knows a percentage of the cpu alone.
///
/// Upstream: kubectl/pkg/cmd/autoscale/autoscale.go `canCreateHPAV1`
fn first_version(call: &Call, status: Status) -> Failure {
    let text = |flag: &str| call.flags.text(flag).unwrap_or("");
    let why = if text("cpu").is_empty() {
        "empty input"
    } else if !text("cpu").ends_with('%') || !text("memory").is_empty() {
        "%!w(<nil>)"
    } else {
        return status.into();
    };
    Failure::client(format!(
        "failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: {why}"
    ))
}

/// The autoscaler that the flags describe.
fn autoscaler(
    call: &Call,
    item: &Item,
    name: &str,
    (min, max): (i64, i64),
) -> Result<Value, Failure> {
    let mut metrics: Vec<Value> = Vec::new();
    let mut metric = |resource: &'static str, text: &str| {
        let target = match text.strip_suffix('%') {
            Some(percent) => match percent.parse::<i64>() {
                Ok(n) if n > 0 => value!({"averageUtilization": n, "type": "Utilization"}),
                _ => {
                    return Err(Failure::client(format!(
                        "invalid {resource} utilization value: {text}"
                    )));
                }
            },
            None => match crate::k8s::quantity::Quantity::parse(text) {
                Ok(_) => value!({"averageValue": Value::str(text), "type": "AverageValue"}),
                Err(why) => {
                    return Err(Failure::client(format!("invalid {resource} value: {why}")));
                }
            },
        };
        metrics.push(value!({
            "resource": {"name": resource, "target": target}, "type": "Resource",
        }));
        Ok(())
    };
    match call.flags.int("cpu-percent").filter(|p| *p >= 0) {
        Some(percent) => metric("cpu", &format!("{percent}%"))?,
        None => {
            if let Some(text) = call.flags.text("cpu").filter(|t| !t.is_empty()) {
                metric("cpu", text)?;
            }
        }
    }
    if let Some(text) = call.flags.text("memory").filter(|t| !t.is_empty()) {
        metric("memory", text)?;
    }
    let mut spec = value!({
        "maxReplicas": max,
        "scaleTargetRef": {
            "apiVersion": item.tree().get("apiVersion").clone(), "kind": item.tree().get("kind").clone(),
            "name": Value::str(&item.name),
        },
    });
    if !metrics.is_empty() {
        spec.set("metrics", metrics.into_iter().collect::<Value>());
    }
    if min > 0 {
        spec.set("minReplicas", min);
    }
    let mut metadata = value!({"name": Value::str(name)});
    if call.namespace_given {
        metadata.set("namespace", call.namespace.clone());
    }
    Ok(value!({
        "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": metadata,
        "spec": spec, "status": {"currentMetrics": null, "desiredReplicas": 0},
    }))
}
