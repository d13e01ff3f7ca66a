//! `kubectl create token`: a token as the server would sign it; what its signature says is pretended.
//!
//! Upstream: kubectl/pkg/cmd/create/create_token.go, pkg/registry/core/serviceaccount/storage/token.go

use super::name;
use crate::cluster::Rng;
use crate::console::args::{Flag, Takes, long};
use crate::console::error::Failure;
use crate::console::kubectl::{Call, Command, Run, Type, builder, flags};
use crate::console::print::{go_json, output};
use crate::console::task::Io;
use crate::k8s::decode::base64;
use crate::k8s::{Kind, Object, Value, json};
use crate::value;
use std::sync::Arc;

const TOKEN: &[Flag] = &[
    long("duration", Takes::Duration),
    long("audience", Takes::Each),
    long("bound-object-kind", Takes::Text),
    long("bound-object-name", Takes::Text),
    long("bound-object-uid", Takes::Text),
];

pub static COMMANDS: &[Command] = &[Command {
    path: "create token",
    about: "Request a service account token",
    usage: "SERVICE_ACCOUNT_NAME",
    flags: &[TOKEN, flags::OUTPUT],
    required: &[],
    run: Run::Once(token),
}];

/// Who signs, and whom a token is for unless somebody else is named.
const ISSUER: &str = "https://kubernetes.default.svc";

/// How long a token holds when nothing is asked for, the shortest and the longest time, in seconds.
const SECONDS: i64 = 60 * 60;
const SECONDS_MIN: i64 = 10 * 60;
const SECONDS_MAX: i64 = 1 << 32;

/// Bytes of a signature with RSA and SHA-256, and of the hash that names its key.
const SIGNATURE: usize = 256;
const KEY: usize = 32;

fn refused(why: &str) -> Failure {
    Failure::client(format!("failed to create token: {why}"))
}

fn token(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let name = name(call)?;
    check(call)?;
    let account = find(call, Kind::ServiceAccount, name, io)?;
    let asked = call.flags.millis("duration").unwrap_or(0) / 1000;
    let seconds = if asked == 0 { SECONDS } else { asked };
    let bounds = [
        (seconds < SECONDS_MIN, "less than 10 minutes"),
        (seconds > SECONDS_MAX, "larger than 2^32 seconds"),
    ];
    if let Some((_, why)) = bounds.iter().find(|(wrong, _)| *wrong) {
        return Err(refused(&format!(
            "TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: {seconds}: \
             may not specify a duration {why}"
        )));
    }
    let mut private = value!({"namespace": account.namespace().clone()});
    private.set("serviceaccount", reference(&account));
    let bound = bind(call, &account, &mut private, io)?;
    let given = call.flags.list("audience");
    let audiences: Value = match given {
        [] => [Value::str(ISSUER)].into_iter().collect(),
        some => some.iter().map(|a| Value::str(a)).collect(),
    };
    let now = io.now().timestamp();
    let payload = value!({
        "aud": audiences.clone(), "exp": now.0 + seconds, "iat": now.0, "iss": ISSUER,
        "jti": chance(&format!("{} {name} {}", io.now().as_millis(), account.uid())).uuid(),
        "kubernetes.io": private, "nbf": now.0,
        "sub": format!("system:serviceaccount:{}:{name}", account.namespace()),
    });
    let signed = sign(&payload);
    let format = call.flags.text("output").unwrap_or("");
    if format.is_empty() && !call.flags.given("template") {
        io.out(signed);
        return Ok(());
    }
    let end = crate::k8s::Timestamp(now.0 + seconds);
    let review = value!({
        "kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1",
        "metadata": {
            "name": Value::str(name), "namespace": account.namespace().clone(),
            "uid": account.uid().clone(), "creationTimestamp": now.to_string(),
        },
        "spec": {"audiences": audiences, "expirationSeconds": seconds, "boundObjectRef": bound},
        "status": {"token": signed, "expirationTimestamp": end.to_string()},
    });
    if format == "json" {
        io.line(go_json::indented(&review));
        return Ok(());
    }
    if format == "name" {
        io.line(format!("tokenrequest.authentication.k8s.io/{name}"));
        return Ok(());
    }
    output::object(call, &review, io)
}

/// What kubectl finds wrong by itself.
fn check(call: &Call) -> Result<(), Failure> {
    let text = |flag: &str| call.flags.text(flag).unwrap_or("");
    let [kind, bound] = ["bound-object-kind", "bound-object-name"].map(text);
    let why = if text("duration").starts_with('-') {
        "--duration must be greater than or equal to 0"
    } else if kind.is_empty() && !bound.is_empty() {
        "--bound-object-name can only be set if --bound-object-kind is provided"
    } else if kind.is_empty() && !text("bound-object-uid").is_empty() {
        "--bound-object-uid can only be set if --bound-object-kind is provided"
    } else if !["", "Node", "Pod", "Secret"].contains(&kind) {
        "supported --bound-object-kind values are Node, Pod, Secret"
    } else if !kind.is_empty() && bound.is_empty() {
        "--bound-object-name is required if --bound-object-kind is provided"
    } else {
        return Ok(());
    };
    Err(Failure::client(why))
}

fn find(call: &Call, kind: Kind, name: &str, io: &Io<'_>) -> Result<Arc<Object>, Failure> {
    builder::get(call, Type::of(kind), name, io.cluster).map_err(|status| refused(&status.message))
}

/// An object as the token names it.
fn reference(object: &Object) -> Value {
    value!({"name": object.name().clone(), "uid": object.uid().clone()})
}

/// Adds the object that the token dies with; gives it as the request named it.
fn bind(call: &Call, account: &Object, private: &mut Value, io: &Io<'_>) -> Result<Value, Failure> {
    let text = |flag: &str| call.flags.text(flag).unwrap_or("");
    let (word, uid) = (text("bound-object-kind"), text("bound-object-uid"));
    let (kind, field) = match word {
        "" => return Ok(Value::Null),
        "Node" => (Kind::Node, "node"),
        "Pod" => (Kind::Pod, "pod"),
        _ => (Kind::Secret, "secret"),
    };
    let name = text("bound-object-name");
    let object = find(call, kind, name, io)?;
    if let Some(pod) = object.pod() {
        if pod.spec.service_account_name != *account.name() {
            return Err(refused(&format!(
                "cannot bind token for serviceaccount \"{}\" to pod running with different serviceaccount name.",
                account.name()
            )));
        }
        if let Ok(node) = find(call, Kind::Node, &pod.spec.node_name, io) {
            private.set("node", reference(&node));
        }
    }
    if !uid.is_empty() && object.uid().as_str() != uid {
        return Err(refused(&format!(
            "Operation cannot be fulfilled on {word} \"{name}\": the UID in the bound object reference ({uid}) does \
             not match the UID in record. The object might have been deleted and then recreated"
        )));
    }
    private.set(field, reference(&object));
    let mut bound =
        value!({"kind": Value::str(word), "apiVersion": "v1", "name": Value::str(name)});
    if !uid.is_empty() {
        bound.set("uid", Value::str(uid));
    }
    Ok(bound)
}

/// Chance that depends on a text alone.
fn chance(text: &str) -> Rng {
    Rng::new(0).fork(text)
}

/// Bytes that look like chance and depend on a text alone.
fn noise(text: &str, count: usize) -> Vec<u8> {
    let mut chance = chance(text);
    (0..count)
        .map(|_| chance.next_u64().to_le_bytes()[0])
        .collect()
}

/// Base64 as it stands in addresses, without padding.
fn url(bytes: &[u8]) -> String {
    let text = base64(bytes);
    text.trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_")
}

/// Header, payload and signature.
fn sign(payload: &Value) -> String {
    let key = url(&noise(ISSUER, KEY));
    let header = format!("{{\"alg\":\"RS256\",\"kid\":\"{key}\"}}");
    let text = format!(
        "{}.{}",
        url(header.as_bytes()),
        url(json::compact(payload).as_bytes())
    );
    let signature = url(&noise(&text, SIGNATURE));
    format!("{text}.{signature}")
}
