//! `kubectl get`.

use crate::console::args::{Flag, Takes, long, short};
use crate::console::error::Failure;
use crate::console::kubectl::builder::{self, Bare};
use crate::console::kubectl::{Call, Command, Run, flags};
use crate::console::print::{View, columns, table};
use crate::console::task::Io;

const FLAGS: &[Flag] = &[
    short('w', "watch", Takes::Bool),
    long("watch-only", Takes::Bool),
    long("output-watch-events", Takes::Bool),
    short('L', "label-columns", Takes::List),
    long("show-labels", Takes::Bool),
    long("show-kind", Takes::Bool),
    long("sort-by", Takes::Text),
    long("no-headers", Takes::Bool),
    long("ignore-not-found", Takes::Bool),
    long("chunk-size", Takes::Int),
    long("server-print", Takes::Bool),
    long("raw", Takes::Text),
    long("subresource", Takes::Text),
];

pub static COMMANDS: &[Command] = &[Command {
    path: "get",
    about: "Display one or many resources",
    usage: "(TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [options]",
    flags: &[
        FLAGS,
        flags::FILES,
        flags::SELECTOR,
        flags::FIELD_SELECTOR,
        flags::ALL_NAMESPACES,
        flags::OUTPUT,
    ],
    required: &[],
    run: Run::Once(once),
}];

fn once(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let found = builder::objects(call, call.args(), Bare::Means, io)?;
    for info in &found.infos {
        let view = View {
            api: io.cluster.api(),
            now: io.now(),
        };
        let row = columns::cells(&info.object, view);
        let text = table::print(&[row]);
        io.out(text);
    }
    Failure::gather(found.failures)
}
