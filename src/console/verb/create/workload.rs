//! `kubectl create deployment`, `job`, `cronjob`.
//!
//! Upstream: kubectl/pkg/cmd/create/create_deployment.go, create_job.go, create_cronjob.go

use super::{Told, generated, name, sets};
use crate::console::args::{Flag, Takes, long, short};
use crate::console::error::Failure;
use crate::console::kubectl::builder::{self, Bare};
use crate::console::kubectl::{Call, Command, Run};
use crate::console::task::Io;
use crate::k8s::{Kind, Value};
use crate::value;

const DEPLOYMENT: &[Flag] = &[
    long("image", Takes::List),
    long("port", Takes::Int),
    short('r', "replicas", Takes::Int),
];

const JOB: &[Flag] = &[long("image", Takes::Text), long("from", Takes::Text)];

const CRON_JOB: &[Flag] = &[
    long("image", Takes::Text),
    long("schedule", Takes::Text),
    long("restart", Takes::Text),
];

pub static COMMANDS: &[Command] = &[
    Command {
        path: "create deployment",
        about: "Create a deployment with the specified name",
        usage: "NAME --image=image -- [COMMAND] [args...]",
        flags: sets!(DEPLOYMENT),
        required: &["image"],
        run: Run::Once(deployment),
    },
    Command {
        path: "create job",
        about: "Create a job with the specified name",
        usage: "NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]",
        flags: sets!(JOB),
        required: &[],
        run: Run::Once(job),
    },
    Command {
        path: "create cronjob",
        about: "Create a cron job with the specified name",
        usage: "NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags]",
        flags: sets!(CRON_JOB),
        required: &["image", "schedule"],
        run: Run::Once(cron_job),
    },
];

/// The command after `--` as a list; Null when there is none.
pub fn words(words: &[String]) -> Value {
    if words.is_empty() {
        return Value::Null;
    }
    words.iter().map(|w| Value::str(w)).collect()
}

/// The name of a container made from an image.
fn container_name(image: &str, io: &mut Io<'_>) -> String {
    let last = image.rsplit('/').next().unwrap_or(image);
    let last = last.split(':').next().unwrap_or(last);
    let last = last.split('@').next().unwrap_or(last);
    let clean = last.replace(['_', '.'], "-");
    if clean == last {
        return clean;
    }
    // Letters that differ between images, and are the same when a run is repeated.
    let hash = crate::k8s::hash::fnv32a(format!("{image}{}", io.now().timestamp()).as_bytes());
    let mut left = hash;
    let suffix = crate::k8s::names::random_suffix(|| {
        let digit = left % 27;
        left = left / 27 + 1;
        digit
    });
    format!("{clean}-{suffix}")
}

fn deployment(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let name = name(call)?.to_owned();
    let images = call.flags.list("image");
    let command = words(call.flags.after_dash());
    if images.len() > 1 && !command.is_null() {
        return Err(Failure::client(
            "cannot specify multiple --image options and command",
        ));
    }
    let mut containers = Vec::new();
    for image in images {
        let mut container = value!({
            "name": container_name(image, io), "image": Value::str(image), "resources": {},
        });
        if !command.is_null() {
            container.set("command", command.clone());
        }
        containers.push(container);
    }
    if let Some(port) = call.flags.int("port").filter(|p| *p >= 0)
        && let Some(first) = containers.first_mut()
    {
        first.set("ports", value!([{"containerPort": port}]));
    }
    let labels = value!({"app": Value::str(&name)});
    let replicas = call.flags.int("replicas").unwrap_or(1);
    let value = value!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"labels": &labels, "name": name},
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": &labels}, "strategy": {},
            "template": {"metadata": {"labels": &labels}, "spec": {"containers": containers}},
        },
        "status": {},
    });
    generated(
        call,
        Kind::Deployment,
        value,
        Told::Inside("deployment"),
        io,
    )
}

/// A container named after the object.
fn container(call: &Call, name: &str) -> Value {
    let image = call.flags.text("image").unwrap_or("");
    let mut container =
        value!({"name": Value::str(name), "image": Value::str(image), "resources": {}});
    let command = words(call.flags.after_dash());
    if !command.is_null() {
        container.set("command", command);
    }
    container
}

fn job(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let name = name(call)?.to_owned();
    let image = call.flags.text("image").unwrap_or("");
    let from = call.flags.text("from").unwrap_or("");
    if image.is_empty() == from.is_empty() {
        return Err(Failure::client(
            "either --image or --from must be specified",
        ));
    }
    if !from.is_empty() && !call.flags.after_dash().is_empty() {
        return Err(Failure::client("cannot specify --from and command"));
    }
    let value = if from.is_empty() {
        value!({
            "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": Value::str(&name)},
            "spec": {"template": {
                "metadata": {},
                "spec": {"containers": [container(call, &name)], "restartPolicy": "Never"},
            }},
            "status": {},
        })
    } else {
        from_cron_job(call, &name, from, io)?
    };
    generated(call, Kind::Job, value, Told::Inside("job"), io)
}

fn from_cron_job(call: &Call, name: &str, from: &str, io: &mut Io<'_>) -> Result<Value, Failure> {
    let mut found = builder::objects(call, &[from.to_owned()], Bare::Refused, io)?;
    if let Some(failure) = found.failures.into_iter().next() {
        return Err(failure);
    }
    let Some(info) = found.infos.pop() else {
        return Err(Failure::client("from must be an existing cronjob"));
    };
    if info.object.kind() != Kind::CronJob {
        return Err(Failure::client(format!(
            "unknown object type *v1.{}",
            info.object.kind().name()
        )));
    }
    let cron_job = info.object.value();
    let template = cron_job.at(&["spec", "jobTemplate"]);
    let mut annotations = template.at(&["metadata", "annotations"]).clone();
    if annotations
        .field("cronjob.kubernetes.io/instantiate")
        .is_none()
    {
        annotations.set("cronjob.kubernetes.io/instantiate", "manual");
    }
    let owner = value!({
        "apiVersion": "batch/v1", "kind": "CronJob", "name": info.object.name(),
        "uid": info.object.uid(), "controller": true,
    });
    let mut value = value!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {
            "annotations": annotations, "name": Value::str(name), "ownerReferences": [owner],
        },
        "spec": template.get("spec"), "status": {},
    });
    let labels = template.at(&["metadata", "labels"]);
    if !labels.is_empty() {
        value.set_at(&["metadata", "labels"], labels);
    }
    Ok(value)
}

fn cron_job(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let name = name(call)?.to_owned();
    let restart = call
        .flags
        .text("restart")
        .filter(|r| !r.is_empty())
        .unwrap_or("OnFailure");
    let schedule = call.flags.text("schedule").unwrap_or("");
    let value = value!({
        "apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": Value::str(&name)},
        "spec": {
            "schedule": Value::str(schedule),
            "jobTemplate": {
                "metadata": {"name": Value::str(&name)},
                "spec": {"template": {
                    "metadata": {},
                    "spec": {
                        "containers": [container(call, &name)], "restartPolicy": Value::str(restart),
                    },
                }},
            },
        },
        "status": {},
    });
    generated(call, Kind::CronJob, value, Told::Inside("cronjob"), io)
}
