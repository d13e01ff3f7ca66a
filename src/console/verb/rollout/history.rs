//! `kubectl rollout history`.
//!
//! Upstream: kubectl/pkg/cmd/rollout/rollout_history.go, kubectl/pkg/polymorphichelpers/history.go

use super::{Revision, find, has_history, revisions, template, unknown_kind};
use crate::console::args::{Flag, Takes, long};
use crate::console::error::Failure;
use crate::console::kubectl::items::Item;
use crate::console::kubectl::{Call, Command, Run, flags, say};
use crate::console::print::describe;
use crate::console::task::Io;
use crate::k8s::order::InOrder;
use crate::k8s::{Kind, Value};

const FLAGS: &[Flag] = &[long("revision", Takes::Int)];

pub static COMMANDS: &[Command] = &[Command {
    path: "rollout history",
    about: "View rollout history",
    usage: "(TYPE NAME | TYPE/NAME) [flags]",
    flags: &[FLAGS, flags::FILES, flags::SELECTOR, flags::OUTPUT],
    required: &[],
    run: Run::Once(run),
}];

fn run(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let wanted = call.flags.int("revision").unwrap_or(0);
    if wanted < 0 {
        return Err(Failure::client(format!(
            "revision must be a positive integer: {wanted}"
        )));
    }
    say::check(call, io)?;
    let found = find(call, io)?;
    let mut failures = found.failures;
    for item in &found.items {
        failures.extend(one(call, item, wanted, io).err());
    }
    Failure::gather(failures)
}

fn one(call: &Call, item: &Item, wanted: i64, io: &mut Io<'_>) -> Result<(), Failure> {
    if !has_history(item) {
        return Err(unknown_kind(item, "history viewer", "history"));
    }
    let mut all = revisions(item, io.cluster.api());
    all.order_by_key(|r| r.number);
    let asked = all.iter().rev().find(|r| r.number == wanted);
    let missing = || Failure::client("unable to find the specified revision");
    if call.flags.text("output").is_some_and(|o| !o.is_empty()) {
        let shown: Vec<&Revision> = if wanted > 0 {
            vec![asked.ok_or_else(missing)?]
        } else {
            all.iter().collect()
        };
        for revision in shown {
            let value = kept(item, revision);
            let name = value.at(&["metadata", "name"]).text().to_owned();
            say::object(call, item.ty, &name, &value, "", io)?;
        }
        return Ok(());
    }
    let title = item.title();
    if all.is_empty() {
        io.line(format!("{title} \nNo rollout history found."));
    } else if wanted > 0 {
        let revision = asked.ok_or_else(missing)?;
        let mut template = template(item, revision);
        if item.ty.kind == Some(Kind::Deployment) && revision.cause() != "<none>" {
            let cause = revision.cause().to_owned();
            let annotations = template.at_mut(&["metadata", "annotations"]);
            annotations.set(crate::console::kubectl::record::CHANGE_CAUSE, cause);
        }
        io.line(format!(
            "{title} with revision #{wanted}\n{}",
            text(&template)
        ));
    } else {
        io.line(format!("{title} \n{}", table(&all)));
    }
    Ok(())
}

/// A pod template as describe writes it, with its tabs.
pub(super) fn text(template: &Value) -> String {
    let mut writer = describe::Writer::default();
    describe::template::pod_template(&mut writer, template);
    writer.raw().to_owned()
}

/// Numbers and causes. Of several revisions with one number the last counts.
fn table(all: &[Revision]) -> String {
    let mut rows = vec![("REVISION".to_owned(), "CHANGE-CAUSE")];
    for (i, revision) in all.iter().enumerate() {
        if all
            .get(i + 1)
            .is_none_or(|next| next.number != revision.number)
        {
            rows.push((revision.number.to_string(), revision.cause()));
        }
    }
    let width = rows
        .iter()
        .map(|(number, _)| number.len())
        .max()
        .unwrap_or(0)
        + 2;
    rows.iter()
        .map(|(number, cause)| format!("{number:<width$}{cause}\n"))
        .collect()
}

/// The object as it was at a revision.
fn kept(item: &Item, revision: &Revision) -> Value {
    if item.ty.kind == Some(Kind::Deployment) {
        return revision.object.value().clone();
    }
    let mut value = item.tree().clone();
    value.set_at(&["spec", "template"], template(item, revision));
    value
}
