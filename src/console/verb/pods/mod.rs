//! Commands about what runs in pods: `logs`, `exec`, `attach`, `cp`, `port-forward`, `top`. The runtime here only
//! pretends, so most of them refuse, each as kubectl would as far as it comes.

mod exec;
mod logs;

use crate::console::args::{Flag, Takes, long};
use crate::console::error::Failure;
use crate::console::kubectl::{Call, Command, Run, flags};
use crate::console::task::Io;

pub use exec::COMMANDS as EXEC;
pub(super) use exec::{container_names, pod_of};
pub use logs::COMMANDS as LOGS;

const TOP: &[Flag] = &[
    long("no-headers", Takes::Bool),
    long("sort-by", Takes::Text),
    long("use-protocol-buffers", Takes::Bool),
    long("show-capacity", Takes::Bool),
    long("show-swap", Takes::Bool),
];

const TOP_POD: &[Flag] = &[long("containers", Takes::Bool), long("sum", Takes::Bool)];

pub static TOPS: &[Command] = &[
    Command {
        path: "top node",
        about: "Display resource (CPU/memory) usage of nodes",
        usage: "[NAME | -l label]",
        flags: &[TOP, flags::SELECTOR],
        required: &[],
        run: Run::Once(top_node),
    },
    Command {
        path: "top pod",
        about: "Display resource (CPU/memory) usage of pods",
        usage: "[NAME | -l label]",
        flags: &[
            TOP,
            TOP_POD,
            flags::SELECTOR,
            flags::FIELD_SELECTOR,
            flags::ALL_NAMESPACES,
        ],
        required: &[],
        run: Run::Once(top_pod),
    },
];

fn top_node(call: &Call, _: &mut Io<'_>) -> Result<(), Failure> {
    top(call, "node [NAME | -l label]")
}

fn top_pod(call: &Call, _: &mut Io<'_>) -> Result<(), Failure> {
    top(call, "pod [NAME | -l label]")
}

/// Nobody measures here, as in a cluster without a metrics server.
fn top(call: &Call, usage: &str) -> Result<(), Failure> {
    match call.args() {
        [] => {}
        [_] if call.selects() => {
            let dashes = if call.command.path == "top node" {
                "--"
            } else {
                ""
            };
            return Err(Failure::client(format!(
                "only one of NAME or {dashes}selector can be provided"
            )));
        }
        [_] => {}
        _ => return Err(call.usage(usage)),
    }
    let sort = call.flags.text("sort-by").unwrap_or("");
    let swap = call.command.path == "top node" && sort == "swap";
    if !matches!(sort, "" | "cpu" | "memory") && !swap {
        return Err(Failure::client("--sort-by accepts only cpu or memory"));
    }
    Err(Failure::client("Metrics API not available"))
}
