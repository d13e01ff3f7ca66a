//! `kubectl version`, `options`.

use crate::console::args::{Flag, Takes, long, short};
use crate::console::error::Failure;
use crate::console::kubectl::{Call, Command, Run, flags};
use crate::console::task::Io;
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
        usage: "[--client] [-o json|yaml]",
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

fn yaml(name: &str) -> String {
    let mut sorted = parts();
    sorted.sort_unstable();
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
    for flag in flags::GLOBAL {
        let short = flag.short.map_or("    ".to_owned(), |c| format!("-{c}, "));
        io.line(format!("    {short}--{}", flag.name));
    }
    Ok(())
}
