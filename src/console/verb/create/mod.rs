//! `kubectl create`: from files here, from flags in the files beside.
//!
//! Upstream: kubectl/pkg/cmd/create/create.go

mod access;
mod config;
mod ingress;
mod policy;
mod secret;
mod service;
mod token;
mod workload;

use super::apply::about;
use super::replace::configured;
use crate::cluster::Caller;
use crate::console::args::{Flag, Takes, long};
use crate::console::error::Failure;
use crate::console::kubectl::items;
use crate::console::kubectl::manifest::{self, Check};
use crate::console::kubectl::request::Sender;
use crate::console::kubectl::{Call, Command, Run, Type, flags, record, say};
use crate::console::task::Io;
use crate::k8s::{Kind, Value};

const FLAGS: &[Flag] = &[
    long("edit", Takes::Bool),
    long("raw", Takes::Text),
    long("windows-line-endings", Takes::Bool),
];

const SAVE_CONFIG: &[Flag] = &[long("save-config", Takes::Bool)];

/// Flags of every way to create.
const COMMON: [&[Flag]; 5] = [
    SAVE_CONFIG,
    flags::OUTPUT,
    flags::DRY_RUN,
    flags::FIELD_MANAGER,
    flags::VALIDATE,
];

/// The flag sets of a subcommand with flags of its own.
macro_rules! sets {
    ($own:expr) => {
        &[
            $own,
            crate::console::verb::create::COMMON[0],
            crate::console::verb::create::COMMON[1],
            crate::console::verb::create::COMMON[2],
            crate::console::verb::create::COMMON[3],
            crate::console::verb::create::COMMON[4],
        ]
    };
}
use sets;

pub static FILES: &[Command] = &[Command {
    path: "create",
    about: "Create a resource from a file or from stdin",
    usage: "-f FILENAME",
    flags: &[
        FLAGS,
        SAVE_CONFIG,
        flags::FILES,
        flags::SELECTOR,
        flags::OUTPUT,
        flags::DRY_RUN,
        flags::FIELD_MANAGER,
        flags::RECORD,
        flags::VALIDATE,
    ],
    required: &[],
    run: Run::Once(run),
}];

pub use access::{COMMANDS as ACCESS, subjects};
pub use config::COMMANDS as CONFIG;
pub use ingress::COMMANDS as INGRESS;
pub use policy::{COMMANDS as POLICY, label_selector};
pub use secret::COMMANDS as SECRET;
pub use service::COMMANDS as SERVICE;
pub use token::COMMANDS as TOKEN;
pub use workload::COMMANDS as WORKLOAD;
pub use workload::words;

fn run(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    if !call.args().is_empty() {
        let args = call.args().join(" ");
        return Err(call.usage(format!("Unexpected args: [{args}]")));
    }
    manifest::required(call)?;
    if let Some(sent) = super::get_raw::send(call, io) {
        return sent;
    }
    if call.flags.is("edit") {
        return Err(Failure::client(
            "--edit is not part of this playground: open the file in the editor and create it then",
        ));
    }
    say::check(call, io)?;
    let sender = Sender::of(call, "kubectl-create", io)?;
    let check = match sender.validation {
        Caller::Ignore => Check::Nothing,
        Caller::Component | Caller::Strict | Caller::Warn => Check::Head,
    };
    let read = manifest::read(call, check, io)?;
    let mut failures = Vec::new();
    if read.objects.is_empty() && read.failures.is_empty() {
        return Err(Failure::client("no objects passed to create"));
    }
    for manifest in read.objects {
        let mut value = configured(call, &manifest.value);
        record::note(call, &mut value);
        if !sender.client_only() {
            let created = items::stored(manifest.ty).and_then(|kind| {
                sender
                    .create(kind, &manifest.namespace, value, io)
                    .map_err(|s| about("creating", &manifest.source, s))
            });
            match created {
                Ok(written) => value = written.object.value().clone(),
                Err(failure) => {
                    failures.push(failure);
                    continue;
                }
            }
        }
        let name = value.at(&["metadata", "name"]).text().to_owned();
        let operation = format!("created{}", sender.suffix());
        say::between(call, io);
        say::object(call, manifest.ty, &name, &value, &operation, io)?;
    }
    Failure::beside(failures, read.failures, Vec::new())
}

/// Whether a refusal is told as the server's, or inside a sentence of kubectl's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Server,
    /// `failed to create deployment: …`
    Inside(&'static str),
}

/// The one name that a subcommand takes.
fn name(call: &Call) -> Result<&str, Failure> {
    let args = call.flags.before_dash();
    match args {
        [name] => Ok(name),
        _ => Err(call.usage(format!("exactly one NAME is required, got {}", args.len()))),
    }
}

/// Creates (or only shows) what the flags described.
fn generated(
    call: &Call,
    kind: Kind,
    mut value: Value,
    told: Told,
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    say::check(call, io)?;
    let sender = Sender::of(call, "kubectl-create", io)?;
    if kind.namespaced() && call.namespace_given {
        let namespace = call.namespace.clone();
        value.at_mut(&["metadata"]).set("namespace", namespace);
    }
    value = configured(call, &value);
    let name = value.at(&["metadata", "name"]).text().to_owned();
    let checked = matches!(
        kind,
        Kind::Namespace
            | Kind::ConfigMap
            | Kind::Secret
            | Kind::ServiceAccount
            | Kind::ResourceQuota
            | Kind::PodDisruptionBudget
    );
    if checked && name.is_empty() {
        return Err(Failure::client("name must be specified"));
    }
    if !sender.client_only() {
        let namespace = if kind.namespaced() {
            call.namespace.as_str()
        } else {
            ""
        };
        match sender.create(kind, namespace, value, io) {
            Ok(written) => value = written.object.value().clone(),
            Err(status) => {
                return Err(match told {
                    Told::Server => status.into(),
                    Told::Inside(what) => {
                        // Secrets are told without the colon.
                        let colon = if what == "secret" { "" } else { ":" };
                        Failure::client(format!(
                            "failed to create {what}{colon} {}",
                            status.message
                        ))
                    }
                });
            }
        }
    }
    let operation = format!("created{}", sender.suffix());
    say::made(call, Type::of(kind), &name, &value, &operation, io)
}
