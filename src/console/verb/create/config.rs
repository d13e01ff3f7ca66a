//! `kubectl create configmap`, `secret generic`, `namespace`, `serviceaccount`.
//!
//! Upstream: kubectl/pkg/cmd/create/create_configmap.go, create_secret.go, create_namespace.go,
//! create_serviceaccount.go

use super::super::set::env::check_name;
use super::{Told, generated, name, sets};
use crate::console::args::{Flag, Takes, long, quoted};
use crate::console::error::Failure;
use crate::console::files::Found;
use crate::console::kubectl::{Call, Command, Run};
use crate::console::task::Io;
use crate::k8s::decode::base64;
use crate::k8s::{Kind, Str, Value, names};
use crate::value;

const DATA: &[Flag] = &[
    long("from-file", Takes::List),
    long("from-literal", Takes::Each),
    long("from-env-file", Takes::List),
    long("append-hash", Takes::Bool),
    long("type", Takes::Text),
];

const NONE: &[Flag] = &[];

pub static COMMANDS: &[Command] = &[
    Command {
        path: "create configmap",
        about: "Create a config map from a local file, directory or literal value",
        usage: "NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]",
        flags: sets!(DATA),
        required: &[],
        run: Run::Once(config_map),
    },
    Command {
        path: "create secret generic",
        about: "Create a secret from a local file, directory, or literal value",
        usage: "NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]",
        flags: sets!(DATA),
        required: &[],
        run: Run::Once(secret),
    },
    Command {
        path: "create namespace",
        about: "Create a namespace with the specified name",
        usage: "NAME [--dry-run=server|client|none]",
        flags: sets!(NONE),
        required: &[],
        run: Run::Once(namespace),
    },
    Command {
        path: "create serviceaccount",
        about: "Create a service account with the specified name",
        usage: "NAME [--dry-run=server|client|none]",
        flags: sets!(NONE),
        required: &[],
        run: Run::Once(service_account),
    },
];

fn namespace(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let name = name(call)?;
    let value = value!({
        "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": Value::str(name)},
        "spec": {}, "status": {},
    });
    generated(call, Kind::Namespace, value, Told::Server, io)
}

fn service_account(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let name = name(call)?;
    let value = value!({
        "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": Value::str(name)},
    });
    let told = Told::Inside("serviceaccount");
    generated(call, Kind::ServiceAccount, value, told, io)
}

fn config_map(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let name = name(call)?.to_owned();
    let pairs = pairs(call, "ConfigMap", &name, io)?;
    let mut value = value!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": Value::str(&name)},
    });
    for (key, text) in pairs {
        value.at_mut(&["data"]).set(Str::new(&key), text);
    }
    append_hash(call, &name, &mut value);
    generated(call, Kind::ConfigMap, value, Told::Inside("configmap"), io)
}

fn secret(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let name = name(call)?.to_owned();
    let pairs = pairs(call, "Secret", &name, io)?;
    let mut value = value!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": Value::str(&name)},
    });
    for (key, text) in pairs {
        value
            .at_mut(&["data"])
            .set(Str::new(&key), encoded(text.as_bytes()));
    }
    if let Some(ty) = call.flags.text("type").filter(|t| !t.is_empty()) {
        value.set("type", Str::new(ty));
    }
    append_hash(call, &name, &mut value);
    generated(call, Kind::Secret, value, Told::Inside("secret"), io)
}

/// `--append-hash` makes the name follow the content.
fn append_hash(call: &Call, name: &str, value: &mut Value) {
    if call.flags.is("append-hash") {
        let hash = crate::k8s::hash::fnv32a(crate::k8s::json::compact(value).as_bytes());
        let suffix = crate::k8s::hash::safe_encode(&hash.to_string());
        value.set_at(&["metadata", "name"], format!("{name}-{suffix}"));
    }
}

/// Bytes as base64 text.
fn encoded(bytes: &[u8]) -> String {
    base64(bytes)
}

/// The keys and texts that the flags name, in order.
fn pairs(
    call: &Call,
    what: &'static str,
    name: &str,
    io: &Io<'_>,
) -> Result<Vec<(String, String)>, Failure> {
    let flags = &call.flags;
    let (literals, files, envs) = (
        flags.list("from-literal"),
        flags.list("from-file"),
        flags.list("from-env-file"),
    );
    if !envs.is_empty() && (!literals.is_empty() || !files.is_empty()) {
        return Err(Failure::client(
            "from-env-file cannot be combined with from-file or from-literal",
        ));
    }
    let mut pairs = Pairs {
        what,
        name,
        found: Vec::new(),
    };
    for literal in literals {
        let Some((key, text)) = literal.split_once('=').filter(|(k, _)| !k.is_empty()) else {
            return Err(Failure::client(format!(
                "invalid literal source {literal}, expected key=value"
            )));
        };
        let text = unquoted(text);
        pairs.add(key, text.to_owned())?;
    }
    for source in files {
        file(source, &mut pairs, io)?;
    }
    for source in envs {
        env_file(source, &mut pairs, io)?;
    }
    Ok(pairs.found)
}

/// One pair of equal quotes around a literal is taken off.
fn unquoted(text: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|t| t.strip_suffix(quote)) {
            return inner;
        }
    }
    text
}

struct Pairs<'a> {
    what: &'static str,
    name: &'a str,
    found: Vec<(String, String)>,
}

impl Pairs<'_> {
    fn add(&mut self, key: &str, text: String) -> Result<(), Failure> {
        let errors = names::config_key_errors(key);
        let config = self.what == "ConfigMap";
        if !errors.is_empty() {
            return Err(Failure::client(if config {
                format!(
                    "{} is not a valid key name for a ConfigMap: {}",
                    quoted(key),
                    errors.join(",")
                )
            } else {
                format!(
                    "{} is not valid key name for a Secret {}",
                    quoted(key),
                    errors.join(";")
                )
            }));
        }
        if self.found.iter().any(|(k, _)| k == key) {
            return Err(Failure::client(if config {
                format!(
                    "cannot add key {}, another key by that name already exists in Data for ConfigMap {}",
                    quoted(key),
                    quoted(self.name)
                )
            } else {
                format!("cannot add key {key}, another key by that name already exists")
            }));
        }
        self.found.push((key.to_owned(), text));
        Ok(())
    }
}

fn file(source: &str, pairs: &mut Pairs<'_>, io: &Io<'_>) -> Result<(), Failure> {
    let (key, path) = match source.split_once('=') {
        None => (None, source),
        Some(("", path)) => {
            return Err(Failure::client(format!(
                "key name for file path {path} missing"
            )));
        }
        Some((key, "")) => {
            return Err(Failure::client(format!(
                "file path for key name {key} missing"
            )));
        }
        Some((_, path)) if path.contains('=') => {
            return Err(Failure::client(
                "key names or file paths cannot contain '='",
            ));
        }
        Some((key, path)) => (Some(key), path),
    };
    let full = io.session.path(path);
    match io.session.files.find(&full) {
        Found::File => {
            let base = path.rsplit('/').next().unwrap_or(path);
            let text = io.session.files.read(&full).unwrap_or_default();
            pairs.add(key.unwrap_or(base), text.to_string())
        }
        Found::Folder if key.is_some() => Err(Failure::client(
            "cannot give a key name for a directory path",
        )),
        Found::Folder => {
            for name in io.session.files.list(&full) {
                if name.ends_with('/') || !names::config_key_errors(&name).is_empty() {
                    continue;
                }
                let text = io
                    .session
                    .files
                    .read(&format!("{full}/{name}"))
                    .unwrap_or_default();
                pairs.add(&name, text.to_string())?;
            }
            Ok(())
        }
        Found::Nothing => Err(Failure::client(format!(
            "error reading {path}: no such file or directory"
        ))),
    }
}

fn env_file(source: &str, pairs: &mut Pairs<'_>, io: &Io<'_>) -> Result<(), Failure> {
    let Some(text) = io.session.files.read(&io.session.path(source)) else {
        return Err(Failure::client(format!(
            "error reading {source}: no such file or directory"
        )));
    };
    for line in text.lines() {
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        check_name(key)?;
        pairs.add(key, value.to_owned())?;
    }
    Ok(())
}
