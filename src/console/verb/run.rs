//! `kubectl run`.
//!
//! Upstream: kubectl/pkg/cmd/run/run.go, kubectl/pkg/generate/versioned/run.go

use super::create::words;
use super::replace::configured;
use crate::console::args::{Flag, Takes, long, quoted, short};
use crate::console::error::Failure;
use crate::console::kubectl::request::Sender;
use crate::console::kubectl::{Call, Command, Run, Type, flags, record, say};
use crate::console::task::Io;
use crate::k8s::{Kind, Str, Value, patch};
use crate::value;

const FLAGS: &[Flag] = &[
    long("image", Takes::Text),
    long("image-pull-policy", Takes::Text),
    long("annotations", Takes::Each),
    long("env", Takes::Each),
    long("port", Takes::Text),
    short('l', "labels", Takes::Text),
    short('i', "stdin", Takes::Bool),
    short('t', "tty", Takes::Bool),
    short('q', "quiet", Takes::Bool),
    long("attach", Takes::Bool),
    long("leave-stdin-open", Takes::Bool),
    long("restart", Takes::Text),
    long("command", Takes::Bool),
    long("expose", Takes::Bool),
    long("rm", Takes::Bool),
    long("privileged", Takes::Bool),
    long("detach-keys", Takes::Text),
    long("overrides", Takes::Text),
    long("override-type", Takes::Text),
    long("pod-running-timeout", Takes::Duration),
    long("save-config", Takes::Bool),
    // Flags of the deletion that --rm does.
    long("cascade", Takes::Maybe("background")),
    long("force", Takes::Bool),
    long("grace-period", Takes::Int),
    long("timeout", Takes::Duration),
    long("wait", Takes::Bool),
    short('f', "filename", Takes::List),
    short('R', "recursive", Takes::Bool),
    short('k', "kustomize", Takes::Text),
];

pub static COMMANDS: &[Command] = &[Command {
    path: "run",
    about: "Run a particular image on the cluster",
    usage: "NAME --image=image [--env=\"key=value\"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...]",
    flags: &[
        FLAGS,
        flags::OUTPUT,
        flags::DRY_RUN,
        flags::FIELD_MANAGER,
        flags::RECORD,
    ],
    required: &["image"],
    run: Run::Once(run),
}];

fn run(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let sender = Sender::of(call, "kubectl-run", io)?;
    say::check(call, io)?;
    let Some((name, rest)) = call
        .args()
        .split_first()
        .filter(|_| call.flags.dash != Some(0))
    else {
        return Err(call.usage("NAME is required for run"));
    };
    check(call)?;
    let pod = overridden(call, Kind::Pod, pod(call, name, rest)?)?;
    if call.flags.is("expose") {
        let port: i64 = call.flags.text("port").unwrap_or("").parse().unwrap_or(0);
        let labels = labels(call, name)?;
        let given = call.flags.text("labels").is_some_and(|l| !l.is_empty());
        let mut service = value!({
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": Value::str(name)},
            "spec": {
                "ports": [{"port": port, "protocol": "TCP", "targetPort": port}], "selector": labels.clone(),
            },
            "status": {"loadBalancer": {}},
        });
        if given {
            service.set_at(&["metadata", "labels"], labels);
        }
        create(call, &sender, Kind::Service, service, "created", io)?;
        if say::whole(call) {
            io.line("---");
        }
    }
    create(call, &sender, Kind::Pod, pod, "created", io)
}

/// The object as `--overrides` wants it.
///
/// Upstream: kubectl/pkg/cmd/util/override_options.go
pub(super) fn overridden(call: &Call, kind: Kind, object: Value) -> Result<Value, Failure> {
    let Some(text) = call.flags.text("overrides").filter(|o| !o.is_empty()) else {
        return Ok(object);
    };
    let wish = crate::k8s::json::parse(text);
    let wish = wish.map_err(|_| Failure::client("Invalid JSON Patch"))?;
    let cannot = |before: &str, into: &str| {
        let what = wish.json_type();
        let why = format!("{before}json: cannot unmarshal {what} into Go value of type {into}");
        Err(Failure::client(why))
    };
    let map = matches!(wish, Value::Map(_) | Value::Null);
    let changed = match call.flags.text("override-type").unwrap_or("merge") {
        "merge" if map => patch::merge(&object, &wish),
        "merge" => {
            let into = r#"struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }"#;
            return cannot("couldn't get version/kind; json parse error: ", into);
        }
        "strategic" => patch::strategic(kind, &object, &wish).map(|patched| patched.value),
        "json" if matches!(wish, Value::List(_)) => patch::json_patch(&object, &wish),
        "json" => return cannot("", "jsonpatch.Patch"),
        other => {
            let why = format!("invalid override type: {other}");
            return Err(Failure::client(why));
        }
    };
    let mut changed = changed.map_err(|e| Failure::client(e.message()))?;
    // What a client's own types always print.
    let always = if kind == Kind::Pod {
        [
            ("containers", "resources", value!({})),
            ("initContainers", "resources", value!({})),
        ]
    } else {
        [
            ("ports", "port", 0.into()),
            ("ports", "targetPort", 0.into()),
        ]
    };
    for (list, field, first) in always {
        let mut items = changed.at(&["spec", list]).items().to_vec();
        let lacking = items.iter_mut().filter(|i| i.get(field).is_null());
        if lacking.map(|item| item.set(field, first.clone())).count() > 0 {
            changed.set_at(&["spec", list], Value::from(items));
        }
    }
    Ok(changed)
}

fn check(call: &Call) -> Result<(), Failure> {
    let flags = &call.flags;
    let image = flags.text("image").unwrap_or("");
    if image.is_empty() {
        return Err(Failure::client("--image is required"));
    }
    if !is_reference(image) {
        return Err(Failure::client(format!(
            "Invalid image name {}: invalid reference format",
            quoted(image)
        )));
    }
    if flags.is("tty") && !flags.is("stdin") {
        return Err(call.usage("-i/--stdin is required for containers with -t/--tty=true"));
    }
    if flags.is("expose") && flags.text("port").is_none_or(str::is_empty) {
        return Err(call.usage("--port must be set when exposing a service"));
    }
    let restart = flags.text("restart").unwrap_or("Always");
    if !matches!(restart, "" | "Always" | "OnFailure" | "Never") {
        return Err(call.usage(format!("invalid restart policy: {restart}")));
    }
    let attach = flags.is_or("attach", flags.is("stdin"));
    if flags.is("rm") && !attach {
        return Err(call.usage("--rm should only be used for attached containers"));
    }
    let policy = flags.text("image-pull-policy").unwrap_or("");
    if !matches!(policy, "" | "Always" | "IfNotPresent" | "Never") {
        return Err(call.usage(format!("invalid image pull policy: {policy}")));
    }
    if attach && !matches!(flags.text("dry-run"), None | Some("none" | "false")) {
        return Err(call.usage(
            "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
        ));
    }
    if attach {
        return Err(Failure::client(
            "containers here have no streams to attach to: leave out --attach and --stdin, and see kubectl logs",
        ));
    }
    Ok(())
}

/// The shape of an image's name: `host:port/path:tag@digest`.
fn is_reference(image: &str) -> bool {
    let (name, digest) = image
        .split_once('@')
        .map_or((image, None), |(n, d)| (n, Some(d)));
    let after_host = name.rfind('/').map_or(0, |at| at + 1);
    let (path, tag) = match name[after_host..].rfind(':') {
        Some(at) => (&name[..after_host + at], Some(&name[after_host + at + 1..])),
        None => (name, None),
    };
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let tag_fits = tag.is_none_or(|t| !t.is_empty() && t.len() <= 128 && t.chars().all(word));
    let digest_fits =
        digest.is_none_or(|d| d.contains(':') && d.chars().all(|c| word(c) || c == ':'));
    let mut parts: Vec<&str> = path.split('/').collect();
    if parts.len() > 1 {
        // The first part may be a host with capital letters and a port.
        let host = parts.remove(0);
        let host_fits = !host.is_empty() && host.chars().all(|c| word(c) || c == ':');
        if !host_fits {
            return false;
        }
    }
    let part_fits = |p: &&str| {
        let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        !p.is_empty()
            && p.starts_with(lower)
            && p.ends_with(lower)
            && p.chars().all(|c| lower(c) || matches!(c, '_' | '.' | '-'))
    };
    tag_fits && digest_fits && parts.iter().all(part_fits)
}

fn labels(call: &Call, name: &str) -> Result<Value, Failure> {
    let text = call.flags.text("labels").unwrap_or("");
    if text.is_empty() {
        return Ok(value!({"run": Value::str(name)}));
    }
    pairs(text)
}

/// `a=b,c=d` as a map.
pub fn pairs(text: &str) -> Result<Value, Failure> {
    let mut labels = Value::map();
    for pair in text.split(',') {
        let parts: Vec<&str> = pair.split('=').collect();
        let [key, value] = parts[..] else {
            return Err(Failure::client(format!("unexpected label spec: {pair}")));
        };
        if key.is_empty() {
            return Err(Failure::client("unexpected empty label key"));
        }
        labels.set(Str::new(key), Str::new(value));
    }
    Ok(labels)
}

fn pod(call: &Call, name: &str, rest: &[String]) -> Result<Value, Failure> {
    let flags = &call.flags;
    let image = flags.text("image").unwrap_or("");
    let mut container =
        value!({"name": Value::str(name), "image": Value::str(image), "resources": {}});
    if !rest.is_empty() {
        let field = if flags.is("command") {
            "command"
        } else {
            "args"
        };
        container.set(field, words(rest));
    }
    let mut env = Vec::new();
    for text in flags.list("env") {
        let pair = text.split_once('=');
        let fits = |name: &str| crate::k8s::names::env_var_name_errors(name).is_empty();
        let Some((name, value)) = pair.filter(|(n, _)| !n.is_empty() && fits(n)) else {
            return Err(Failure::client(format!("invalid env: {text}")));
        };
        env.push(value!({"name": Value::str(name), "value": Value::str(value)}));
    }
    if !env.is_empty() {
        container.set("env", Value::from(env));
    }
    if let Some(text) = flags.text("port").filter(|p| !p.is_empty()) {
        let port: i64 = text.parse().map_err(|_| {
            Failure::client(format!(
                "strconv.Atoi: parsing {}: invalid syntax",
                quoted(text)
            ))
        })?;
        container.set("ports", value!([{"containerPort": port}]));
    }
    if let Some(policy) = flags.text("image-pull-policy").filter(|p| !p.is_empty()) {
        container.set("imagePullPolicy", Str::new(policy));
    }
    if flags.is("privileged") {
        container.set("securityContext", value!({"privileged": true}));
    }
    let restart = flags
        .text("restart")
        .filter(|r| !r.is_empty())
        .unwrap_or("Always");
    let mut pod = value!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"labels": labels(call, name)?, "name": Value::str(name)},
        "spec": {
            "containers": [container], "dnsPolicy": "ClusterFirst", "restartPolicy": Value::str(restart),
        },
        "status": {},
    });
    for text in flags.list("annotations") {
        let Some((key, value)) = text.split_once('=').filter(|(k, _)| !k.is_empty()) else {
            return Err(Failure::client(format!(
                "invalid annotation format: {text}"
            )));
        };
        let annotations = pod.at_mut(&["metadata", "annotations"]);
        annotations.set(Str::new(key), Str::new(value));
    }
    Ok(pod)
}

/// Creates an object that the flags described.
pub fn create(
    call: &Call,
    sender: &Sender,
    kind: Kind,
    mut value: Value,
    word: &str,
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    record::note(call, &mut value);
    if call.namespace_given {
        let namespace = call.namespace.clone();
        value.at_mut(&["metadata"]).set("namespace", namespace);
    }
    value = configured(call, &value);
    let name = value.at(&["metadata", "name"]).text().to_owned();
    if !sender.client_only() {
        let written = sender.create(kind, &call.namespace, value, io)?;
        value = written.object.value().clone();
    }
    let operation = format!("{word}{}", sender.suffix());
    say::between(call, io);
    if sender.client_only() {
        return say::made(call, Type::of(kind), &name, &value, &operation, io);
    }
    say::object(call, Type::of(kind), &name, &value, &operation, io)
}

#[cfg(test)]
mod tests {
    use super::is_reference;

    #[test]
    fn references() {
        let rows = [
            ("nginx", true),
            ("nginx:1.27", true),
            ("registry.example.com:5000/team/my-tool:v1.2", true),
            ("Registry.example.com/x", true),
            ("x@sha256:abc", true),
            (" ", false),
            ("a b", false),
            ("Nginx", false),
            ("x:", false),
        ];
        for (image, want) in rows {
            assert_eq!(is_reference(image), want, "{image}");
        }
    }
}
