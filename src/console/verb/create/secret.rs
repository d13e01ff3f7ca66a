//! `kubectl create secret tls` and `docker-registry`.
//!
//! Upstream: kubectl/pkg/cmd/create/create_secret_tls.go, create_secret_docker.go

use super::{Told, generated, name, sets};
use crate::console::args::{Flag, Takes, long};
use crate::console::error::Failure;
use crate::console::kubectl::{Call, Command, Run};
use crate::console::task::Io;
use crate::k8s::decode::base64;
use crate::k8s::{Kind, Str, Value, json};
use crate::value;

const TLS: &[Flag] = &[
    long("cert", Takes::Text),
    long("key", Takes::Text),
    long("append-hash", Takes::Bool),
];

const DOCKER: &[Flag] = &[
    long("docker-server", Takes::Text),
    long("docker-username", Takes::Text),
    long("docker-password", Takes::Text),
    long("docker-email", Takes::Text),
    long("from-file", Takes::Each),
    long("append-hash", Takes::Bool),
];

pub static COMMANDS: &[Command] = &[
    Command {
        path: "create secret tls",
        about: "Create a TLS secret",
        usage: "NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none]",
        flags: sets!(TLS),
        required: &[],
        run: Run::Once(tls),
    },
    Command {
        path: "create secret docker-registry",
        about: "Create a secret for use with a Docker registry",
        usage: "NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [--from-file=[key=]source] [--dry-run=server|client|none]",
        flags: sets!(DOCKER),
        required: &[],
        run: Run::Once(docker),
    },
];

fn read(path: &str, io: &Io<'_>) -> Result<String, Failure> {
    let text = io.session.files.read(&io.session.path(path));
    text.map(|t| t.to_string()).ok_or_else(|| {
        Failure::client(format!(
            "Cannot read file {path}, open {path}: no such file or directory"
        ))
    })
}

fn tls(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let name = name(call)?.to_owned();
    let text = |flag: &str| call.flags.text(flag).unwrap_or("");
    if text("key").is_empty() || text("cert").is_empty() {
        return Err(Failure::client("key and cert must be specified"));
    }
    let cert = read(text("cert"), io)?;
    let key = read(text("key"), io)?;
    for (what, pem) in [("certificate", &cert), ("key", &key)] {
        if !pem.contains("-----BEGIN ") {
            return Err(Failure::client(format!(
                "tls: failed to find any PEM data in {what} input"
            )));
        }
    }
    let value = value!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": Value::str(&name)},
        "type": "kubernetes.io/tls",
        "data": {
            "tls.crt": base64(cert.as_bytes()), "tls.key": base64(key.as_bytes()),
        },
    });
    generated(call, Kind::Secret, value, Told::Inside("secret"), io)
}

fn docker(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let name = name(call)?.to_owned();
    let text = |flag: &str| call.flags.text(flag).unwrap_or("");
    let files = call.flags.list("from-file");
    let (user, password) = (text("docker-username"), text("docker-password"));
    let content = if let [file, ..] = files {
        let path = file.split_once('=').map_or(file.as_str(), |(_, path)| path);
        read(path, io)?
    } else {
        if user.is_empty() || password.is_empty() {
            return Err(Failure::client(
                "either --from-file or the combination of --docker-username, --docker-password and --docker-server \
                 is required",
            ));
        }
        let server = match text("docker-server") {
            "" => "https://index.docker.io/v1/",
            server => server,
        };
        let auth = base64(format!("{user}:{password}").as_bytes());
        let mut fields = vec![
            format!("\"username\":{}", json::quoted(user)),
            format!("\"password\":{}", json::quoted(password)),
        ];
        if !text("docker-email").is_empty() {
            fields.push(format!("\"email\":{}", json::quoted(text("docker-email"))));
        }
        fields.push(format!("\"auth\":\"{auth}\""));
        format!(
            "{{\"auths\":{{{}:{{{}}}}}}}",
            json::quoted(server),
            fields.join(",")
        )
    };
    let mut value = value!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": Value::str(&name)},
        "type": "kubernetes.io/dockerconfigjson",
    });
    value
        .at_mut(&["data"])
        .set(Str::from(".dockerconfigjson"), base64(content.as_bytes()));
    generated(call, Kind::Secret, value, Told::Inside("secret"), io)
}
