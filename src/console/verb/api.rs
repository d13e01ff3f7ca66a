//! `kubectl api-resources`, `api-versions`, `cluster-info`.

use crate::console::args::{Flag, Takes, long, short};
use crate::console::error::Failure;
use crate::console::kubectl::{Call, Command, Run, Type};
use crate::console::print::table;
use crate::console::task::Io;
use crate::k8s::order::InOrder;
use crate::k8s::{Value, json, yaml};
use crate::value;

const FLAGS: &[Flag] = &[
    long("api-group", Takes::Text),
    long("namespaced", Takes::Bool),
    long("verbs", Takes::List),
    long("categories", Takes::List),
    long("sort-by", Takes::Text),
    long("no-headers", Takes::Bool),
    long("cached", Takes::Bool),
    short('o', "output", Takes::Text),
    long("show-managed-fields", Takes::Bool),
];

pub static COMMANDS: &[Command] = &[
    Command {
        path: "api-resources",
        about: "Print the supported API resources on the server",
        usage: "[flags]",
        flags: &[FLAGS],
        required: &[],
        run: Run::Once(resources),
    },
    Command {
        path: "api-versions",
        about: "Print the supported API versions on the server, in the form of \"group/version\"",
        usage: "",
        flags: &[],
        required: &[],
        run: Run::Once(versions),
    },
    Command {
        path: "cluster-info",
        about: "Display cluster information",
        usage: "",
        flags: &[],
        required: &[],
        run: Run::Once(info),
    },
];

fn no_arguments(call: &Call) -> Result<(), Failure> {
    if call.args().is_empty() {
        return Ok(());
    }
    Err(call.usage(format!("unexpected arguments: [{}]", call.args().join(" "))))
}

/// The types that the flags ask for, in order.
fn wanted(call: &Call) -> Result<Vec<Type>, Failure> {
    let flags = &call.flags;
    let mut types: Vec<Type> = Type::all()
        .filter(|t| {
            let r = t.resource;
            flags.text("api-group").is_none_or(|g| r.group == g)
                && (!flags.given("namespaced") || r.namespaced == flags.is("namespaced"))
                && flags
                    .list("verbs")
                    .iter()
                    .all(|v| r.verbs.contains(&v.as_str()))
                && flags
                    .list("categories")
                    .iter()
                    .all(|c| r.categories.contains(&c.as_str()))
        })
        .collect();
    match flags.text("sort-by").unwrap_or("") {
        "" => types.order_by_key(|t| (t.resource.group, t.resource.name)),
        "name" => types.order_by_key(|t| t.resource.name),
        "kind" => types.order_by_key(|t| t.resource.kind),
        _ => return Err(Failure::client("--sort-by accepts only name or kind")),
    }
    // The server prefers one version of each resource.
    types.dedup_by(|a, b| a.full_name() == b.full_name());
    Ok(types)
}

fn resources(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    no_arguments(call)?;
    let types = wanted(call)?;
    let output = call.flags.text("output").unwrap_or("");
    match output {
        "" | "wide" => {}
        "name" => {
            for ty in types {
                io.line(ty.full_name());
            }
            return Ok(());
        }
        "json" => {
            io.line(json::indented(&list(&types)));
            return Ok(());
        }
        "yaml" | "kyaml" => {
            io.out(yaml::print(&list(&types)));
            return Ok(());
        }
        _ => {
            return Err(Failure::client(format!(
                "unable to match a printer suitable for the output format \"{output}\", allowed formats are: \
                 json,kyaml,name,wide,yaml"
            )));
        }
    }
    let wide = output == "wide";
    let mut rows: Vec<Vec<String>> = Vec::new();
    if !call.flags.is("no-headers") {
        let names = [
            "NAME",
            "SHORTNAMES",
            "APIVERSION",
            "NAMESPACED",
            "KIND",
            "VERBS",
            "CATEGORIES",
        ];
        rows.push(
            names[..if wide { 7 } else { 5 }]
                .iter()
                .map(|n| (*n).to_owned())
                .collect(),
        );
    }
    for ty in types {
        let r = ty.resource;
        let mut row = vec![
            r.name.to_owned(),
            r.short_names.join(","),
            r.api_version(),
            r.namespaced.to_string(),
            r.kind.to_owned(),
        ];
        if wide {
            row.push(r.verbs.join(","));
            row.push(r.categories.join(","));
        }
        rows.push(row);
    }
    io.out(table::print(&rows));
    Ok(())
}

fn list(types: &[Type]) -> Value {
    let texts = |all: &[&'static str]| all.iter().map(|t| Value::from(*t)).collect::<Value>();
    let one = |ty: &Type| {
        let r = ty.resource;
        let mut one = value!({
            "group": r.group, "kind": r.kind, "name": r.name,
            "namespaced": r.namespaced, "singularName": r.singular, "verbs": texts(&r.verbs),
            "version": r.version,
        });
        for (field, texts_of) in [
            ("categories", &r.categories),
            ("shortNames", &r.short_names),
        ] {
            if !texts_of.is_empty() {
                one.set(field, texts(texts_of));
            }
        }
        one
    };
    let resources: Value = types.iter().map(one).collect();
    value!({"apiVersion": "v1", "groupVersion": "", "kind": "APIResourceList", "resources": resources})
}

fn versions(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    no_arguments(call)?;
    let mut all: Vec<String> = Type::all().map(|t| t.resource.api_version()).collect();
    all.order();
    all.dedup();
    for version in all {
        io.line(version);
    }
    Ok(())
}

fn info(_: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    io.line("Kubernetes control plane is running at https://10.0.0.1:6443\n");
    io.line("To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.");
    Ok(())
}
