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
            io.out(json("clientVersion", Whose::Client));
            if client {
                io.line(format!("  \"kustomizeVersion\": \"{KUSTOMIZE}\""));
            } else {
                io.line(format!("  \"kustomizeVersion\": \"{KUSTOMIZE}\","));
                io.out(json("serverVersion", Whose::Server));
            }
            io.line("}");
            Ok(())
        }
        "yaml" => {
            io.out(yaml("clientVersion", Whose::Client));
            io.line(format!("kustomizeVersion: {KUSTOMIZE}"));
            if !client {
                io.out(yaml("serverVersion", Whose::Server));
            }
            Ok(())
        }
        _ => Err(Failure::client("--output must be 'yaml' or 'json'")),
    }
}

/// Whose version is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Client,
    Server,
}

/// The fields in the order of the JSON, as a build from the plain sources has them; the YAML has them sorted.
///
/// Upstream: apimachinery/pkg/version/types.go
fn parts(whose: Whose) -> Vec<(&'static str, String)> {
    let mut numbers = VERSION.trim_start_matches('v').split('.');
    let major = numbers.next().unwrap_or("1");
    let minor = numbers.next().unwrap_or("");
    let before = minor.parse::<i64>().unwrap_or(1) - 1;
    let mut parts = vec![("major", major.to_owned()), ("minor", minor.to_owned())];
    if whose == Whose::Server {
        parts.push(("emulationMajor", major.to_owned()));
        parts.push(("emulationMinor", minor.to_owned()));
        parts.push(("minCompatibilityMajor", major.to_owned()));
        parts.push(("minCompatibilityMinor", before.to_string()));
    }
    let built = [
        ("gitVersion", VERSION),
        ("gitCommit", "$Format:%H$"),
        ("gitTreeState", "clean"),
        ("buildDate", "1970-01-01T00:00:00Z"),
        ("goVersion", "go1.26.8"),
        ("compiler", "gc"),
        ("platform", "linux/amd64"),
    ];
    parts.extend(built.map(|(name, value)| (name, value.to_owned())));
    parts
}

fn fields(whose: Whose, indent: &str) -> String {
    let fields: Vec<String> = parts(whose)
        .iter()
        .map(|(k, v)| format!("{indent}\"{k}\": \"{v}\""))
        .collect();
    fields.join(",\n")
}

fn json(name: &str, whose: Whose) -> String {
    let comma = if whose == Whose::Client { "," } else { "" };
    let fields = fields(whose, "    ");
    format!("  \"{name}\": {{\n{fields}\n  }}{comma}\n")
}

/// What the server says at `/version`.
pub fn server_document() -> String {
    format!("{{\n{}\n}}", fields(Whose::Server, "  "))
}

/// Where the API is said to be.
pub fn server_address() -> &'static str {
    "10.0.0.1:6443"
}

fn yaml(name: &str, whose: Whose) -> String {
    let mut sorted = parts(whose);
    sorted.order();
    let fields: Vec<String> = sorted
        .iter()
        .map(|(k, v)| {
            let number = v.bytes().all(|b| b.is_ascii_digit());
            if number || *k == "buildDate" {
                format!("  {k}: \"{v}\"\n")
            } else {
                format!("  {k}: {v}\n")
            }
        })
        .collect();
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
