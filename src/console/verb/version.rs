//! `kubectl version`, `options`.

use crate::console::args::{Flag, Takes, long, short};
use crate::console::error::Failure;
use crate::console::kubectl::{Call, Command, Run, flags, usage};
use crate::console::task::Io;
use crate::k8s::order::InOrder;
use crate::k8s::schema::VERSION;

const FLAGS: &[Flag] = &[
    long("client", Takes::Bool),
    short('o', "output", Takes::Text),
];

/// The version of kustomize inside kubectl of the pinned version.
const KUSTOMIZE: &str = "v5.8.1";

pub static COMMANDS: &[Command] = &[
    Command {
        path: "version",
        about: "Print the client and server version information",
        usage: "[flags]",
        flags: &[FLAGS],
        required: &[],
        run: Run::Once(run),
    },
    Command {
        path: "options",
        about: "Print the list of flags inherited by all commands",
        usage: "",
        flags: &[],
        required: &[],
        run: Run::Once(options),
    },
];

fn run(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    if let Some(extra) = call.args().first() {
        return Err(Failure::client(format!("extra arguments: [{extra}]")));
    }
    let client = call.flags.is("client");
    match call.flags.text("output").unwrap_or("") {
        "" => {
            io.line(format!("Client Version: {VERSION}"));
            io.line(format!("Kustomize Version: {KUSTOMIZE}"));
            if !client {
                io.line(format!("Server Version: {VERSION}"));
            }
            Ok(())
        }
        "json" => {
            io.line("{");
            io.out(json("clientVersion", true));
            if client {
                io.line(format!("  \"kustomizeVersion\": \"{KUSTOMIZE}\""));
            } else {
                io.line(format!("  \"kustomizeVersion\": \"{KUSTOMIZE}\","));
                io.out(json("serverVersion", false));
            }
            io.line("}");
            Ok(())
        }
        "yaml" => {
            io.out(yaml("clientVersion"));
            io.line(format!("kustomizeVersion: {KUSTOMIZE}"));
            if !client {
                io.out(yaml("serverVersion"));
            }
            Ok(())
        }
        _ => Err(Failure::client("--output must be 'yaml' or 'json'")),
    }
}

/// In the order of the JSON; the YAML has them sorted.
fn parts() -> [(&'static str, &'static str); 4] {
    let mut numbers = VERSION.trim_start_matches('v').split('.');
    let major = numbers.next().unwrap_or("1");
    let minor = numbers.next().unwrap_or("");
    [
        ("major", major),
        ("minor", minor),
        ("gitVersion", VERSION),
        ("platform", "linux/amd64"),
    ]
}

fn json(name: &str, more: bool) -> String {
    let fields: Vec<String> = parts()
        .iter()
        .map(|(k, v)| format!("    \"{k}\": \"{v}\""))
        .collect();
    let comma = if more { "," } else { "" };
    format!("  \"{name}\": {{\n{}\n  }}{comma}\n", fields.join(",\n"))
}

/// What the server says at `/version`.
pub fn server_document() -> String {
    let mut fields: Vec<String> = Vec::new();
    for (name, value) in parts() {
        if name == "gitVersion" {
            fields.push(format!("  \"emulationMajor\": \"{}\"", parts()[0].1));
            fields.push(format!("  \"emulationMinor\": \"{}\"", parts()[1].1));
        }
        fields.push(format!("  \"{name}\": \"{value}\""));
    }
    format!("{{\n{}\n}}", fields.join(",\n"))
}

/// Where the API is said to be.
pub fn server_address() -> &'static str {
    "10.0.0.1:6443"
}

fn yaml(name: &str) -> String {
    let mut sorted = parts();
    sorted.order();
    let fields = sorted.map(|(k, v)| {
        if matches!(k, "major" | "minor") {
            format!("  {k}: \"{v}\"\n")
        } else {
            format!("  {k}: {v}\n")
        }
    });
    format!("{name}:\n{}", fields.concat())
}

fn options(_: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    io.line("The following options can be passed to any command:\n");
    let mut all: Vec<_> = flags::GLOBAL.iter().filter(|f| f.name != "help").collect();
    all.order_by_key(|f| f.name);
    for flag in all {
        let default = match (flag.name, flag.takes) {
            ("kuberc" | "namespace" | "server", _) => "''",
            ("log-flush-frequency", _) => "5s",
            ("request-timeout", _) => "'0'",
            ("v", _) => "0",
            (_, Takes::Bool) => "false",
            (_, Takes::List | Takes::Each) => "[]",
            (_, Takes::Text | Takes::Maybe(_) | Takes::Int | Takes::Duration) => "''",
        };
        io.out(usage::line(flag, default));
    }
    Ok(())
}
