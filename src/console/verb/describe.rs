//! `kubectl describe`.
//!
//! Upstream: kubectl/pkg/cmd/describe/describe.go.

use crate::console::args::{Flag, Takes, long};
use crate::console::error::Failure;
use crate::console::kubectl::builder::{self, Bare, Found, Info, Named};
use crate::console::kubectl::manifest;
use crate::console::kubectl::{Call, Command, Run, flags};
use crate::console::print::View;
use crate::console::print::describe::{self, Events};
use crate::console::task::Io;

const FLAGS: &[Flag] = &[
    long("show-events", Takes::Bool),
    long("chunk-size", Takes::Int),
];

pub static COMMANDS: &[Command] = &[Command {
    path: "describe",
    about: "Show details of a specific resource or group of resources",
    usage: "(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)",
    flags: &[FLAGS, flags::FILES, flags::SELECTOR, flags::ALL_NAMESPACES],
    required: &[],
    run: Run::Once(run),
}];

fn run(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let from_files = manifest::given(call);
    if call.args().is_empty() && !from_files {
        return Err(Failure::client(
            "You must specify the type of resource to describe. Use \"kubectl api-resources\" for a complete list \
             of supported resources.",
        ));
    }
    if from_files && !call.args().is_empty() {
        return Err(Failure::client(
            "when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well",
        ));
    }
    let mut found = if from_files {
        super::from_files(call, io)?
    } else {
        let named = builder::named(call, call.args(), Bare::Means, io)?;
        let found = builder::find(call, &named, io.cluster);
        builder::warn_endpoints(&named, io);
        if let Some(found) = prefixed(call, &named, found.failures.as_slice(), io)? {
            return describe_prefixed(call, &found, io);
        }
        found
    };
    let one = found.infos.len() == 1 && found.failures.is_empty();
    let events = call.flags.is_or("show-events", one);
    print(&found.infos, events, io);
    if found.infos.is_empty() && found.failures.is_empty() {
        // Also of what has no namespace.
        io.err_line(call.nothing_found(true));
    }
    let failures = std::mem::take(&mut found.failures);
    let told = |f: &Failure| matches!(f, Failure::Api(_));
    let (found, read): (Vec<_>, Vec<_>) = failures.into_iter().partition(told);
    Failure::beside(Vec::new(), read, found)
}

/// The objects whose names begin with the second of two arguments, when something was not found. The first is read
/// as a type then, so with two times TYPE/NAME nothing but the refusal is left.
///
/// Upstream: kubectl/pkg/cmd/describe/describe.go `DescribeMatchingResources`.
fn prefixed(
    call: &Call,
    named: &Named,
    failures: &[Failure],
    io: &Io<'_>,
) -> Result<Option<Found>, Failure> {
    let (Named::Objects(objects), [_, prefix], [failure]) = (named, call.args(), failures) else {
        return Ok(None);
    };
    if !matches!(failure, Failure::Api(status) if status.is_not_found()) {
        return Ok(None);
    }
    if prefix.contains('/') {
        return Err(failure.clone());
    }
    let [(ty, _)] = &objects[..] else {
        return Err(Failure::client(
            "you may only specify a single resource type",
        ));
    };
    let all = builder::list(call, *ty, io.cluster)?;
    let fitting = all
        .into_iter()
        .filter(|o| o.name().starts_with(prefix.as_str()));
    let infos: Vec<Info> = fitting.map(|object| Info { ty: *ty, object }).collect();
    if infos.is_empty() {
        return Err(failure.clone());
    }
    Ok(Some(Found {
        types: vec![*ty; infos.len()],
        infos,
        ..Found::default()
    }))
}

/// Every object that a prefix means, each followed by an empty line.
fn describe_prefixed(call: &Call, found: &Found, io: &mut Io<'_>) -> Result<(), Failure> {
    let events = call.flags.is_or("show-events", false);
    for info in &found.infos {
        let text = text(info, events, io);
        io.out(text);
        io.line("");
    }
    Ok(())
}

fn text(info: &Info, events: bool, io: &Io<'_>) -> String {
    let view = View {
        api: io.cluster.api(),
        now: io.now(),
    };
    let events = if events {
        Events::Shown
    } else {
        Events::Hidden
    };
    describe::describe(&info.object, events, view)
}

fn print(infos: &[Info], events: bool, io: &mut Io<'_>) {
    for (i, info) in infos.iter().enumerate() {
        if i > 0 {
            io.out("\n\n");
        }
        let text = text(info, events, io);
        io.out(text);
    }
}
