//! `kubectl get --raw PATH`: health, versions, the lists of the API, and objects at their paths.
//!
//! Upstream: kubectl/pkg/rawhttp/raw.go, apiserver/pkg/endpoints/discovery

use crate::cluster::{DeleteOptions, Status};
use crate::console::error::Failure;
use crate::console::kubectl::request::Sender;
use crate::console::kubectl::{Call, Type, fields, items};
use crate::console::print::go_json;
use crate::console::task::Io;
use crate::k8s::schema::schema;
use crate::k8s::selector::{FieldSelector, Selector};
use crate::k8s::{Kind, Object, Value, json};
use crate::value;
use std::sync::Arc;

/// Answers `--raw`; None when the flag is not there.
pub fn answer(call: &Call, io: &mut Io<'_>) -> Option<Result<(), Failure>> {
    let path = call.flags.text("raw").filter(|p| !p.is_empty())?;
    Some(checked(call, path).and_then(|()| raw(path, io)))
}

fn checked(call: &Call, path: &str) -> Result<(), Failure> {
    let flags = &call.flags;
    if flags.is("watch") || flags.is("watch-only") || flags.given("selector") {
        return Err(Failure::client(
            "--raw may not be specified with other flags that filter the server request or alter the output",
        ));
    }
    if flags.text("output").is_some_and(|o| !o.is_empty()) {
        return Err(Failure::client("--raw and --output are mutually exclusive"));
    }
    if !call.args().is_empty() {
        return Err(Failure::client(
            "arguments may not be passed when --raw is specified",
        ));
    }
    if !path.starts_with('/') {
        return Err(Failure::client(format!(
            "--raw must be a valid URL path: parse \"{path}\": invalid URI for request"
        )));
    }
    Ok(())
}

fn not_there() -> Failure {
    let message = "the server could not find the requested resource";
    Failure::Api(Status::plain(404, "NotFound", message))
}

fn raw(path: &str, io: &mut Io<'_>) -> Result<(), Failure> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let pieces: Vec<&str> = path.split('/').filter(|p| !p.is_empty()).collect();
    match pieces[..] {
        ["healthz" | "livez" | "readyz", ..] => {
            io.out("ok");
            Ok(())
        }
        [] => {
            let mut paths = vec!["/api".to_owned(), "/api/v1".to_owned(), "/apis".to_owned()];
            for group in groups() {
                paths.push(format!("/apis/{}", group.0));
                paths.extend(group.1.iter().map(|v| format!("/apis/{}/{v}", group.0)));
            }
            paths.extend(["/healthz", "/livez", "/readyz", "/version"].map(str::to_owned));
            let paths: Value = paths.iter().map(|p| Value::str(p)).collect();
            io.line(json::indented(&value!({"paths": paths})).replace("    ", "  "));
            Ok(())
        }
        ["version"] => {
            io.out(super::version::server_document());
            Ok(())
        }
        ["api"] => {
            let address = super::version::server_address();
            io.line(format!(
                "{{\"kind\":\"APIVersions\",\"versions\":[\"v1\"],\"serverAddressByClientCIDRs\":\
                 [{{\"clientCIDR\":\"0.0.0.0/0\",\"serverAddress\":\"{address}\"}}]}}"
            ));
            Ok(())
        }
        ["apis"] => {
            let all: Vec<String> = groups().iter().map(|g| group(g, false)).collect();
            io.line(format!(
                "{{\"kind\":\"APIGroupList\",\"apiVersion\":\"v1\",\"groups\":[{}]}}",
                all.join(",")
            ));
            Ok(())
        }
        ["apis", name] => {
            let found = groups().into_iter().find(|g| g.0 == name);
            io.line(group(&found.ok_or_else(not_there)?, true));
            Ok(())
        }
        ["api", "v1"] => resources("", "v1", io),
        ["apis", name, version] => resources(name, version, io),
        ["api", "v1", ref rest @ ..] => objects("", "v1", rest, query, io),
        ["apis", name, version, ref rest @ ..] => objects(name, version, rest, query, io),
        _ => Err(not_there()),
    }
}

/// The groups with their versions, in the order of the server.
fn groups() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for resource in schema().resources().iter().filter(|r| !r.group.is_empty()) {
        match groups.iter_mut().find(|(g, _)| *g == resource.group) {
            Some((_, versions)) => {
                if !versions.contains(&resource.version) {
                    versions.push(resource.version);
                }
            }
            None => groups.push((resource.group, vec![resource.version])),
        }
    }
    groups
}

fn group((name, versions): &(&str, Vec<&str>), whole: bool) -> String {
    let version = |v: &&str| format!("{{\"groupVersion\":\"{name}/{v}\",\"version\":\"{v}\"}}");
    let all: Vec<String> = versions.iter().map(version).collect();
    let head = if whole {
        "\"kind\":\"APIGroup\",\"apiVersion\":\"v1\","
    } else {
        ""
    };
    let preferred = all.first().cloned().unwrap_or_default();
    format!(
        "{{{head}\"name\":\"{name}\",\"versions\":[{}],\"preferredVersion\":{preferred}}}",
        all.join(",")
    )
}

/// The list of a version's resources.
fn resources(group: &str, version: &str, io: &mut Io<'_>) -> Result<(), Failure> {
    let all = schema().resources().iter();
    let own: Vec<_> = all
        .filter(|r| r.group == group && r.version == version)
        .collect();
    if own.is_empty() {
        return Err(not_there());
    }
    let rows = own.iter().map(|r| {
        let mut row = value!({
            "kind": r.kind, "name": r.name, "namespaced": r.namespaced, "singularName": r.singular,
        });
        if !r.short_names.is_empty() {
            let names: Value = r.short_names.iter().map(|n| Value::str(n)).collect();
            row.set("shortNames", names);
        }
        row
    });
    let whole = if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    };
    let list = value!({
        "apiVersion": "v1", "groupVersion": whole, "kind": "APIResourceList",
        "resources": rows.collect::<Value>(),
    });
    io.line(json::compact(&list));
    Ok(())
}

/// The type and the namespace that a path of objects names, and what follows.
type Place<'a> = (Type, Option<&'a str>, &'a [&'a str]);

fn place<'a>(group: &str, version: &str, rest: &'a [&'a str]) -> Result<Place<'a>, Failure> {
    let (namespace, rest) = match rest {
        ["namespaces", namespace, rest @ ..] if !matches!(rest, [] | ["status" | "finalize"]) => {
            (Some(*namespace), rest)
        }
        rest => (None, rest),
    };
    let Some(plural) = rest.first() else {
        return Err(not_there());
    };
    let same = |r: &&crate::k8s::schema::Resource| {
        r.name == *plural && r.group == group && r.version == version
    };
    let resource = schema()
        .resources()
        .iter()
        .find(same)
        .ok_or_else(not_there)?;
    Ok((Type::of_resource(resource), namespace, &rest[1..]))
}

/// An object or a list at its path.
fn objects(
    group: &str,
    version: &str,
    rest: &[&str],
    query: &str,
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    let (ty, namespace, rest) = place(group, version, rest)?;
    let kind = items::stored(ty)?;
    match *rest {
        [] => {
            let list = list(kind, namespace, query, io)?;
            io.line(go_json::compact(&list));
            Ok(())
        }
        [name] | [name, "status"] => {
            let object = io.cluster.api().find(kind, namespace.unwrap_or(""), name)?;
            io.line(go_json::compact(object.value()));
            Ok(())
        }
        _ => Err(not_there()),
    }
}

/// `create --raw`, `replace --raw` and `delete --raw`: a body sent to a path; None when the flag is not there.
pub fn send(call: &Call, io: &mut Io<'_>) -> Option<Result<(), Failure>> {
    call.flags.text("raw").filter(|p| !p.is_empty())?;
    Some(sent(call, io))
}

fn sent(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let path = call.flags.text("raw").unwrap_or("");
    let path = path.split('?').next().unwrap_or(path);
    let pieces: Vec<&str> = path.split('/').filter(|p| !p.is_empty()).collect();
    let (ty, namespace, rest) = match &pieces[..] {
        ["api", "v1", rest @ ..] => place("", "v1", rest)?,
        ["apis", group, version, rest @ ..] => place(group, version, rest)?,
        _ => return Err(not_there()),
    };
    let (kind, namespace) = (items::stored(ty)?, namespace.unwrap_or(""));
    let sender = Sender::of(call, "kubectl", io)?;
    let body = match call.flags.list("filename") {
        [] => Value::map(),
        [file] if file == "-" => parsed(&io.whole_input().unwrap_or_default())?,
        [file, ..] => {
            let text = io.session.files.read(&io.session.path(file));
            let missing = || Failure::client(format!("open {file}: no such file or directory"));
            parsed(&text.ok_or_else(missing)?)?
        }
    };
    let options = DeleteOptions {
        grace_period: body.at(&["deleteOptions", "gracePeriodSeconds"]).as_i64(),
        ..DeleteOptions::default()
    };
    let written = match (call.command.path, rest) {
        ("create", []) => sender.create(kind, namespace, body, io)?,
        ("create", [pod, "eviction"]) => {
            sender.evict((namespace, pod), options, io)?;
            let done = r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","code":201}"#;
            io.line(done);
            return Ok(());
        }
        ("replace", [name]) => {
            let live = io.cluster.api().find(kind, namespace, name)?;
            let mut body = body;
            for field in ["namespace", "resourceVersion"] {
                let at = body.at_mut(&["metadata"]);
                if at.get(field).is_null() {
                    at.set(field, live.value().at(&["metadata", field]));
                }
            }
            sender.update(kind, body, io)?
        }
        ("delete", [name]) => {
            let gone = sender.delete(kind, (namespace, name), options, io)?;
            let group = match ty.resource.group {
                "" => String::new(),
                group => format!(",\"group\":\"{group}\""),
            };
            let (plural, uid) = (ty.resource.name, gone.uid());
            io.line(format!(
                "{{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{{}},\"status\":\"Success\",\"details\":\
                 {{\"name\":\"{name}\"{group},\"kind\":\"{plural}\",\"uid\":\"{uid}\"}}}}"
            ));
            return Ok(());
        }
        _ => return Err(not_there()),
    };
    io.line(go_json::compact(written.object.value()));
    Ok(())
}

fn parsed(text: &str) -> Result<Value, Failure> {
    json::parse(text).map_err(|why| Failure::client(why.message))
}

fn list(kind: Kind, namespace: Option<&str>, query: &str, io: &Io<'_>) -> Result<Value, Failure> {
    let parameter = |name: &str| {
        let pairs = query.split('&').filter_map(|p| p.split_once('='));
        let found = pairs
            .filter(|(n, _)| *n == name)
            .map(|(_, v)| v)
            .next_back();
        found.map(|v| {
            v.replace("%3D", "=")
                .replace("%2C", ",")
                .replace("%20", " ")
        })
    };
    let selector = match parameter("labelSelector") {
        Some(text) => Some(Selector::parse(&text).map_err(Status::bad_request)?),
        None => None,
    };
    let fields = FieldSelector::parse(&parameter("fieldSelector").unwrap_or_default())
        .map_err(Status::bad_request)?;
    for wanted in &fields.requirements {
        fields::check(Type::of(kind), &wanted.field).map_err(Status::bad_request)?;
    }
    let limit = parameter("limit").and_then(|l| l.parse::<usize>().ok());
    let api = io.cluster.api();
    let fits = |o: &Arc<Object>| {
        let labels = o.value().at(&["metadata", "labels"]);
        selector.as_ref().is_none_or(|s| s.matches(labels))
            && fields.matches(|field| fields::value(o, field))
    };
    let items: Vec<Value> = api
        .all(kind, namespace)
        .into_iter()
        .filter(fits)
        .take(limit.filter(|l| *l > 0).unwrap_or(usize::MAX))
        .map(|o| {
            let mut item = o.value().clone();
            item.remove("apiVersion");
            item.remove("kind");
            item
        })
        .collect();
    let version = format!("{:?}", api.store().committed());
    Ok(value!({
        "apiVersion": kind.api_version(), "items": items.into_iter().collect::<Value>(),
        "kind": format!("{}List", kind.name()), "metadata": {"resourceVersion": version},
    }))
}
