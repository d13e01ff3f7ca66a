//! `kubectl get -w`.

use super::get;
use super::get_rows::Rows;
use crate::cluster::{Change, SimTime};
use crate::console::error::Failure;
use crate::console::format::{self, Format};
use crate::console::kubectl::builder::Filter;
use crate::console::kubectl::{Call, fail, flags};
use crate::console::print::View;
use crate::console::task::{Io, Step, Task, Wake};
use crate::k8s::{Kind, Object, Str};
use crate::value;
use std::sync::Arc;

#[derive(Clone)]
struct Watch {
    call: Call,
    kind: Kind,
    format: Format,
    filter: Filter,
    /// Only this object.
    name: Option<Str>,
    rows: Rows,
    cursor: u64,
    /// When `--request-timeout` ends it.
    until: Option<SimTime>,
}

/// Prints what there is and begins to watch.
pub fn start(call: &Call, io: &mut Io<'_>) -> Result<Box<dyn Task>, Failure> {
    let format = get::format(call, io)?;
    if call.flags.text("sort-by").is_some_and(|p| !p.is_empty()) {
        io.err_line(
            "warning: --watch requested, --sort-by will be ignored for watch events received",
        );
    }
    let mut found = get::find(call, io)?;
    if !found.failures.is_empty() {
        return Err(Failure::gather(std::mem::take(&mut found.failures))
            .err()
            .unwrap_or(Failure::Code(1)));
    }
    let several = found.types.iter().any(|t| *t != found.types[0]);
    let (Some(first), false) = (found.types.first(), several) else {
        return Err(Failure::client(
            "you may only specify a single resource type",
        ));
    };
    let Some(kind) = first.kind else {
        return Err(Failure::client(format!(
            "{} are not stored in this playground: there is nothing to watch",
            first.full_name()
        )));
    };
    let bulk = found.types.len() > 1;
    let rows = Rows::new(
        call,
        kind,
        format == Format::Wide,
        false,
        call.flags.is("all-namespaces"),
    );
    let until = flags::ends(call, io);
    let mut watch = Watch {
        until,
        call: call.clone(),
        kind,
        filter: Filter::of(call, *first)?,
        name: found.single.then(|| found.infos[0].object.name().clone()),
        format,
        rows,
        cursor: io.cluster.api().store().committed(),
    };
    if !call.flags.is("watch-only") {
        for info in &found.infos {
            watch.show(&info.object, "ADDED", io)?;
        }
    }
    if bulk {
        return Err(Failure::client(
            "you may only watch a single resource or type of resource at a time",
        ));
    }
    Ok(Box::new(watch))
}

impl Watch {
    fn show(&mut self, object: &Arc<Object>, event: &str, io: &mut Io<'_>) -> Result<(), Failure> {
        if self.format.is_table() {
            let view = View {
                api: io.cluster.api(),
                now: io.now(),
            };
            let text = self.rows.print_event(object, event, view);
            io.out(text);
            return Ok(());
        }
        if self.format == Format::Name {
            io.line(format!("{}/{}", get::title(object), object.name()));
            return Ok(());
        }
        let mut shown = format::shown(&self.call, object.value());
        if self.call.flags.is("output-watch-events") {
            shown = value!({"object": shown, "type": event.to_owned()});
        }
        format::print(&self.call, &self.format, &shown, io)
    }

    /// What a change means for this watch.
    fn event(&self, change: &Change) -> Option<&'static str> {
        if change.kind != self.kind {
            return None;
        }
        let fits = |object: &Arc<Object>| {
            let namespace = self.call.list_namespace();
            let here = !self.kind.namespaced()
                || namespace.is_none_or(|ns| object.namespace().as_str() == ns);
            let named = self.name.as_ref().is_none_or(|n| n == object.name());
            here && named && self.filter.matches(object)
        };
        // One of the server's own, stored only now: it was there before.
        let at = change.at.timestamp();
        let was = |o: &Arc<Object>| o.meta().creation.is_some_and(|made| made < at);
        if change.old.is_none() && change.new.as_ref().is_some_and(was) {
            return None;
        }
        let before = change.old.as_ref().is_some_and(fits);
        let after = change.new.as_ref().is_some_and(fits);
        match (before, after) {
            (false, false) => None,
            (false, true) => Some("ADDED"),
            (true, true) => Some("MODIFIED"),
            (true, false) => Some("DELETED"),
        }
    }
}

impl Task for Watch {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        let store = io.cluster.api().store();
        let changes: Vec<Arc<Change>> = store.changes_since(self.cursor).cloned().collect();
        self.cursor = store.committed();
        for change in changes {
            if let Some(event) = self.event(&change)
                && let Err(failure) = self.show(change.object(), event, io)
            {
                return fail(io, &failure);
            }
        }
        if self.until.is_some_and(|until| until <= io.now()) {
            return Step::Exit(0);
        }
        Step::Wait(Wake::change_or(self.until))
    }
}
