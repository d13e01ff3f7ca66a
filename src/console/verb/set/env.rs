//! `kubectl set env`.
//!
//! Upstream: kubectl/pkg/cmd/set/set_env.go, kubectl/pkg/cmd/set/env

use super::{SELECTOR, Words, change, check, containers, sets};
use crate::cluster::ApiServer;
use crate::console::args::{Flag, Takes, long, quoted, short};
use crate::console::error::Failure;
use crate::console::kubectl::items::{self, Item};
use crate::console::kubectl::request::Sender;
use crate::console::kubectl::{Call, Command, Run, manifest, say};
use crate::console::task::Io;
use crate::k8s::base64;
use crate::k8s::{Kind, Value};
use crate::value;

const FLAGS: &[Flag] = &[
    short('c', "containers", Takes::Text),
    short('e', "env", Takes::Each),
    long("from", Takes::Text),
    long("prefix", Takes::Text),
    long("keys", Takes::List),
    long("list", Takes::Bool),
    long("resolve", Takes::Bool),
    long("overwrite", Takes::Bool),
];

pub static COMMANDS: &[Command] = &[Command {
    path: "set env",
    about: "Update environment variables on a pod template",
    usage: "RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N",
    flags: sets!(FLAGS, SELECTOR),
    required: &[],
    run: Run::Once(run),
}];

const WORDS: Words = Words {
    done: "env updated",
    failed: "failed to patch env update to pod template:",
    anyway: false,
};

#[derive(Default)]
struct Changes {
    /// Variables as the API has them.
    set: Vec<Value>,
    remove: Vec<String>,
}

/// Splits arguments into resources and variables.
fn split(args: &[String]) -> Result<(Vec<String>, Vec<String>), Failure> {
    let (mut resources, mut variables) = (Vec::new(), Vec::new());
    for arg in args {
        let variable = arg.find('=').is_some_and(|at| at > 0) || arg.ends_with('-');
        if variable {
            variables.push(arg.clone());
        } else if variables.is_empty() {
            resources.push(arg.clone());
        } else {
            return Err(Failure::client(format!(
                "all resources must be specified before environment changes: {}",
                args.join(" ")
            )));
        }
    }
    Ok((resources, variables))
}

fn parse(variables: &[String], io: &mut Io<'_>) -> Result<Changes, Failure> {
    let mut changes = Changes::default();
    for text in variables {
        if let Some((name, value)) = text.split_once('=') {
            if !name.is_empty() {
                check_name(name)?;
            }
            changes
                .set
                .push(value!({"name": Value::str(name), "value": Value::str(value)}));
        } else if let Some(name) = text.strip_suffix('-').filter(|n| !n.is_empty()) {
            changes.remove.push(name.to_owned());
        } else if text == "-" {
            let input = io.whole_input().unwrap_or_default();
            for line in input.lines() {
                let line = line.split('#').next().unwrap_or("");
                if let Some((name, value)) = line.split_once('=') {
                    changes
                        .set
                        .push(value!({"name": Value::str(name), "value": Value::str(value)}));
                }
            }
        } else {
            return Err(Failure::client(format!(
                "unknown environment variable: {text}"
            )));
        }
    }
    let both = |name: &String| changes.set.iter().any(|v| v.get("name").text() == name);
    if changes.remove.iter().any(both) {
        return Err(Failure::client(
            "can not both modify and remove the same environment variable in the same command",
        ));
    }
    Ok(changes)
}

/// The letters that a variable may be named with here; the server takes more.
/// Upstream: apimachinery/pkg/util/validation/validation.go `IsEnvVarName`
pub(in crate::console::verb) fn check_name(name: &str) -> Result<(), Failure> {
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let first = |c: char| letter(c) && !c.is_ascii_digit();
    if name.starts_with(first) && name.chars().all(letter) {
        return Ok(());
    }
    Err(Failure::client(format!(
        "{} is not a valid key name: a valid environment variable name must consist of \
         alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. \
         'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is \
         '[-._a-zA-Z][-._a-zA-Z0-9]*')",
        quoted(name)
    )))
}

/// The variables that `--from` makes of a ConfigMap or a Secret.
fn from(call: &Call, changes: &mut Changes, io: &mut Io<'_>) -> Result<(), Failure> {
    let Some(from) = call.flags.text("from").filter(|f| !f.is_empty()) else {
        return Ok(());
    };
    if manifest::given(call) {
        return Err(Failure::client(if call.flags.is("local") {
            "unsupported resource specified in --from"
        } else {
            "resource/name arguments cannot be provided when a path is specified"
        }));
    }
    let found = items::find_or_all(call, &[from.to_owned()], io)?;
    Failure::gather(found.failures)?;
    let keys = call.flags.list("keys");
    for item in found.items {
        let reference = match item.ty.kind {
            Some(Kind::Secret) => "secretKeyRef",
            Some(Kind::ConfigMap) => "configMapKeyRef",
            _ => return Err(Failure::client("unsupported resource specified in --from")),
        };
        for (key, _) in item.tree().get("data").fields() {
            if !keys.is_empty() && !keys.iter().any(|k| k == key.as_str()) {
                continue;
            }
            let name = key
                .as_str()
                .to_uppercase()
                .replace(|c: char| !c.is_ascii_alphanumeric(), "_");
            if name != key.as_str() {
                io.err_line(format!("Warning: key {key} transferred to {name}"));
            }
            let mut source = Value::map();
            source.set(
                reference,
                value!({"key": key, "name": Value::str(&item.name)}),
            );
            changes
                .set
                .push(value!({"name": name, "valueFrom": source}));
        }
    }
    Ok(())
}

fn run(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    check(call)?;
    let (resources, mut variables) = split(call.args())?;
    let sender = Sender::of(call, "kubectl-set", io)?.lenient();
    say::check(call, io)?;
    let listing = call.flags.is("list");
    if resources.is_empty() && !manifest::given(call) {
        return Err(Failure::client(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>",
        ));
    }
    if listing && call.flags.text("output").is_some_and(|o| !o.is_empty()) {
        return Err(Failure::client(
            "--list and --output may not be specified together",
        ));
    }
    if !call.flags.list("keys").is_empty() && !call.flags.given("from") {
        return Err(Failure::client(
            "when specifying --keys, a configmap or secret must be provided with --from",
        ));
    }
    let mut all = call.flags.list("env").to_vec();
    all.append(&mut variables);
    let mut changes = parse(&all, io)?;
    from(call, &mut changes, io)?;
    if let Some(prefix) = call.flags.text("prefix") {
        for variable in &mut changes.set {
            let name = format!("{prefix}{}", variable.get("name").text());
            variable.set("name", name);
        }
    }
    let found = items::find_or_all(call, &resources, io)?;
    Failure::gather(found.failures)?;
    let mut failures = Vec::new();
    for item in &found.items {
        failures.extend(one(call, &sender, item, &changes, listing, io).err());
    }
    Failure::gather(failures)
}

fn one(
    call: &Call,
    sender: &Sender,
    item: &Item,
    changes: &Changes,
    listing: bool,
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    let pattern = call.flags.text("containers").unwrap_or("*");
    let kind = item.ty.resource.kind;
    let mut said = String::new();
    let lookup = call
        .flags
        .is("resolve")
        .then(|| Lookup::of(item, io.cluster.api()));
    let edit = |spec: &mut Value| {
        let fitting = containers(spec, pattern);
        if fitting.is_empty() {
            return Ok(false);
        }
        for container in fitting {
            if !call.flags.is_or("overwrite", true) {
                refuse_overwrites(container, changes).map_err(|why| {
                    let plural = item.ty.resource.name;
                    Failure::client(format!("{plural}/{} {why}", item.name))
                })?;
            }
            let new = updated(container.get("env").items(), changes);
            if new.is_empty() {
                container.remove("env");
            } else {
                container.set("env", Value::from(new));
            }
            said.push_str(&format!(
                "# {kind} {}, container {}\n",
                item.name,
                container.get("name").text()
            ));
            say_variables(container, lookup.as_ref(), &mut said);
        }
        Ok(!listing)
    };
    let done = change(call, sender, item, &WORDS, edit, io);
    if listing {
        io.out(&said);
    }
    let spec = item.ty.kind.and_then(super::pod_spec_path);
    if let Some(path) = spec
        && said.is_empty()
        && containers(&mut item.tree().at(path).clone(), pattern).is_empty()
    {
        io.err_line(format!(
            "Warning: {kind}/{} does not have any containers matching \"{pattern}\"",
            item.name
        ));
    }
    done
}

/// The variables of a container, with their values where they are looked up; what cannot be found comes last.
fn say_variables(container: &Value, lookup: Option<&Lookup>, said: &mut String) {
    let mut refused = String::new();
    for variable in container.get("env").items() {
        let name = variable.get("name").text();
        match lookup.map(|l| l.value(variable)) {
            Some(Ok(value)) => said.push_str(&format!("{name}={value}\n")),
            Some(Err(why)) => {
                said.push_str(&shown(variable));
                refused.push_str(&format!("error retrieving reference for {name}: {why}\n"));
            }
            None => said.push_str(&shown(variable)),
        }
    }
    said.push_str(&refused);
}

fn refuse_overwrites(container: &Value, changes: &Changes) -> Result<(), String> {
    let old = container.get("env").items();
    for new in &changes.set {
        let name = new.get("name").text();
        if let Some(old) = old.iter().find(|o| o.get("name").text() == name)
            && old != new
        {
            return Err(format!(
                "'{name}' already has a value ({}), and --overwrite is false",
                old.get("value").text()
            ));
        }
    }
    Ok(())
}

/// Upstream: kubectl/pkg/cmd/set/helper.go `updateEnv`
fn updated(old: &[Value], changes: &Changes) -> Vec<Value> {
    let mut covered: Vec<&str> = changes.remove.iter().map(String::as_str).collect();
    let mut new = Vec::new();
    let newest = |name: &str| changes.set.iter().find(|v| v.get("name").text() == name);
    for variable in old {
        let name = variable.get("name").text();
        if covered.contains(&name) {
            continue;
        }
        match newest(name) {
            Some(changed) => {
                covered.push(name);
                new.push(changed.clone());
            }
            None => new.push(variable.clone()),
        }
    }
    for variable in &changes.set {
        let name = variable.get("name").text();
        if !covered.contains(&name) {
            covered.push(name);
            new.push(variable.clone());
        }
    }
    new
}

/// Where `--resolve` finds the values that variables refer to.
///
/// Upstream: kubectl/pkg/cmd/set/env/env_resolve.go
struct Lookup {
    object: Value,
    /// ConfigMaps and Secrets of the namespace, by kind and name.
    sources: Vec<(Kind, Value)>,
}

impl Lookup {
    fn of(item: &Item, api: &ApiServer) -> Self {
        let all = [Kind::ConfigMap, Kind::Secret]
            .into_iter()
            .flat_map(|kind| {
                let here = api.list(kind, Some(item.namespace.as_str()));
                here.map(move |o| (kind, o.value().clone()))
            });
        Self {
            object: item.tree().clone(),
            sources: all.collect(),
        }
    }

    fn key(&self, kind: Kind, plural: &str, reference: &Value) -> Result<String, String> {
        let name = reference.get("name").text();
        let fits =
            |(k, v): &&(Kind, Value)| *k == kind && v.at(&["metadata", "name"]).text() == name;
        let (_, source) = self
            .sources
            .iter()
            .find(fits)
            .ok_or_else(|| format!("{plural} \"{name}\" not found"))?;
        let key = reference.get("key").text();
        let text = source.get("data").get(key).as_str();
        let text = text.ok_or_else(|| {
            let kind = plural.trim_end_matches('s');
            format!("key {key} not found in {kind} {name}")
        })?;
        Ok(if kind == Kind::Secret {
            base64::decode(text).unwrap_or_default()
        } else {
            text.to_owned()
        })
    }

    fn value(&self, variable: &Value) -> Result<String, String> {
        let from = variable.get("valueFrom");
        if let Some(reference) = from.field("configMapKeyRef") {
            return self.key(Kind::ConfigMap, "configmaps", reference);
        }
        if let Some(reference) = from.field("secretKeyRef") {
            return self.key(Kind::Secret, "secrets", reference);
        }
        if let Some(reference) = from.field("fieldRef") {
            let path = reference.get("fieldPath").text();
            return match path {
                "metadata.name" | "metadata.namespace" | "metadata.uid" => {
                    let field = &path["metadata.".len()..];
                    Ok(self.object.at(&["metadata", field]).text().to_owned())
                }
                _ => Err(format!("unsupported fieldPath: {path}")),
            };
        }
        Ok(variable.get("value").text().to_owned())
    }
}

/// A line of `--list`.
fn shown(variable: &Value) -> String {
    let name = variable.get("name").text();
    let from = variable.get("valueFrom");
    if from.is_null() {
        return format!("{name}={}\n", variable.get("value").text());
    }
    let reference = |field: &str, what: &str| {
        let source = from.field(field)?;
        Some(format!(
            "{what} {}, key {}",
            source.get("name").text(),
            source.get("key").text()
        ))
    };
    let told = reference("configMapKeyRef", "configmap")
        .or_else(|| reference("secretKeyRef", "secret"))
        .or_else(|| {
            let path = from.at(&["fieldRef", "fieldPath"]).as_str()?;
            Some(format!("field path {path}"))
        })
        .or_else(|| {
            let source = from.field("resourceFieldRef")?;
            let container = source.get("containerName").text();
            let prefix = if container.is_empty() {
                String::new()
            } else {
                format!("{container}/")
            };
            Some(format!(
                "resource field {prefix}{}",
                source.get("resource").text()
            ))
        });
    format!(
        "# {name} from {}\n",
        told.unwrap_or_else(|| "invalid valueFrom".to_owned())
    )
}
