//! Who owns which field: server-side apply, its conflicts, and `metadata.managedFields`.
//!
//! Reading order: this file (the calls), `managers` (the entries), `typed` (trees), `shape` (how the schema takes
//! them apart), `set` (sets of fields), `derive` (what components own).

mod derive;
mod managers;
mod set;
mod shape;
mod typed;

pub use derive::complete;

use super::schema::{Definition, definition, definition_id};
use super::{Kind, Timestamp, Value};
use managers::{Entry, Id, Managers};
use set::Set;
use shape::Shape;
use typed::Comparison;

/// The annotation of client-side apply.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Who writes, and when.
#[derive(Clone, Copy, Debug)]
pub struct Writer<'a> {
    /// `kubectl`, `kubectl-client-side-apply`, `kube-controller-manager`.
    pub manager: &'a str,
    /// Empty, or `status` or `scale`.
    pub subresource: &'a str,
    pub now: Timestamp,
}

/// Why a server-side apply was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ApplyError {
    /// 500: `failed to create typed patch object (default/x; apps/v1, Kind=DaemonSet): .spec.foo: field not declared in schema`.
    Typed(String),
    /// 400: the manifest must not say who manages it.
    BadRequest(String),
    /// 409: `Apply failed with 1 conflict: conflict with "kubectl": .metadata.labels.tier`; what kubectl prints after `error: `
    /// up to its advice.
    Conflict(String),
}

/// The object after a server-side apply of `config` to `live` (None: it does not exist yet), with its managedFields.
/// The result is neither decoded nor defaulted yet; equal to `live` when nothing changes.
pub fn apply(
    kind: Kind,
    live: Option<&Value>,
    config: &Value,
    force: bool,
    writer: &Writer<'_>,
) -> Result<Value, ApplyError> {
    if !config.at(&["metadata", "managedFields"]).items().is_empty() {
        return Err(ApplyError::BadRequest(
            "metadata.managedFields must be nil".to_owned(),
        ));
    }
    let mut config = config.clone();
    config.remove_at(&["metadata", "managedFields"]);
    let shape = Shape::Struct(definition_id(kind));
    let mut errors = Vec::new();
    typed::check(shape, &config, "", &mut errors);
    match errors.as_slice() {
        [] => {}
        [one] => return Err(typed_error(kind, &config, one)),
        more => {
            let list: Vec<String> = more.iter().map(|e| format!("\n  {e}")).collect();
            return Err(typed_error(
                kind,
                &config,
                &format!("errors:{}", list.concat()),
            ));
        }
    }
    let nothing = Value::map();
    let live = live.unwrap_or(&nothing);
    let bare = without_managers(live);
    let managers = Managers::read(live);
    let job = Job {
        shape,
        live: &bare,
        config: &config,
        writer,
        api_version: kind.api_version(),
    };
    let (mut value, managers) = match job.run(managers.clone(), force) {
        Ok(done) => done,
        // kubectl takes over what its client-side apply set.
        Err(conflicts) if writer.manager == "kubectl" => {
            let allowed = last_applied_fields(shape, &bare);
            let mut rest = conflicts.clone();
            for (_, set) in &mut rest {
                *set = set.difference(&allowed);
            }
            rest.retain(|(_, set)| !set.is_empty());
            if !rest.is_empty() {
                return Err(ApplyError::Conflict(managers::conflict_message(&rest)));
            }
            job.run(managers, true)
                .map_err(|c| ApplyError::Conflict(managers::conflict_message(&c)))?
        }
        Err(conflicts) => return Err(ApplyError::Conflict(managers::conflict_message(&conflicts))),
    };
    if writer.manager == "kubectl"
        && !live
            .at(&["metadata", "annotations", LAST_APPLIED])
            .is_null()
    {
        let text = last_applied_text(&config);
        value.set_at(&["metadata", "annotations", LAST_APPLIED], text);
    }
    managers.write(&mut value);
    Ok(value)
}

/// What client-side apply would note for a manifest.
fn last_applied_text(config: &Value) -> String {
    let mut manifest = config.clone();
    manifest.remove_at(&["metadata", "annotations", LAST_APPLIED]);
    format!("{}\n", super::json::compact(&manifest))
}

/// Notes an ordinary write (create with `old` None, update, patch) in the managedFields of `new`. Both are trees as
/// they are stored: decoded and defaulted.
pub fn update(kind: Kind, old: Option<&Value>, new: &mut Value, writer: &Writer<'_>) {
    let empty = || super::decode::decode(kind, &Value::map()).value;
    let made = old.is_none();
    let old = old.map_or_else(empty, Value::clone);
    let (mut before, mut after) = (without_managers(&old), without_managers(new));
    if kind == Kind::DaemonSet {
        drop_template_generation(&mut before);
        drop_template_generation(&mut after);
        if made {
            after.set_at(&TEMPLATE_GENERATION, "0");
        }
    }
    let shape = Shape::Struct(definition_id(kind));
    let mut change = Comparison::of(shape, &before, &after);
    for set in [&mut change.added, &mut change.modified, &mut change.removed] {
        ignore(definition(kind), writer.subresource, set);
    }
    let touched = change.added.union(&change.modified);
    // A tree that says nothing of owners keeps those of the object.
    let path = ["metadata", "managedFields"];
    if new.at(&path).is_empty() && !old.at(&path).is_empty() {
        new.set_at(&path, old.at(&path));
    }
    if touched.is_empty() && change.removed.is_empty() {
        return;
    }
    let mut managers = Managers::read(new);
    managers.lose(None, &touched, &change.removed);
    if !touched.is_empty() {
        let id = Id {
            manager: writer.manager.to_owned(),
            apply: false,
            api_version: kind.api_version(),
            subresource: writer.subresource.to_owned(),
        };
        managers.gain(id, &touched, writer.now);
    }
    managers.write(new);
}

const TEMPLATE_GENERATION: [&str; 3] = [
    "metadata",
    "annotations",
    "deprecated.daemonset.template.generation",
];

/// The number that the server itself counts in an annotation of a DaemonSet is the creator's: later owners are noted
/// before it is raised.
fn drop_template_generation(value: &mut Value) {
    let path = TEMPLATE_GENERATION;
    if value.remove_at(&path).is_some() && value.at(&path[..2]).is_empty() {
        value.remove_at(&path[..2]);
    }
}

/// The object after kubectl handed what its client-side apply set over to server-side apply; None when there is
/// nothing to hand over.
///
/// Upstream: client-go/util/csaupgrade/upgrade.go `UpgradeManagedFields`.
pub fn hand_over_client_side(value: &Value, manager: &str) -> Option<Value> {
    let managers = Managers::read(value).handed_over("kubectl-client-side-apply", manager)?;
    let mut value = value.clone();
    managers.write(&mut value);
    Some(value)
}

fn typed_error(kind: Kind, config: &Value, what: &str) -> ApplyError {
    let metadata = config.get("metadata");
    let (namespace, name) = (
        metadata.get("namespace").text(),
        metadata.get("name").text(),
    );
    let version = kind.api_version();
    ApplyError::Typed(format!(
        "failed to create typed patch object ({namespace}/{name}; {version}, Kind={kind}): {what}"
    ))
}

fn without_managers(value: &Value) -> Value {
    let mut value = value.clone();
    value.remove_at(&["metadata", "managedFields"]);
    value
}

/// Fields that nobody owns: identity, and what this door cannot change.
fn ignore(definition: &Definition, subresource: &str, set: &mut Set) {
    drop_identity(set);
    drop_other_part(definition, subresource, set);
}

/// Upstream: apimachinery/pkg/util/managedfields/internal/stripmeta.go.
fn drop_identity(set: &mut Set) {
    for path in [["apiVersion"], ["kind"], ["metadata"]] {
        set.drop_path(&path);
    }
    for name in [
        "name",
        "namespace",
        "creationTimestamp",
        "selfLink",
        "uid",
        "clusterName",
        "generation",
        "managedFields",
        "resourceVersion",
    ] {
        set.drop_path(&["metadata", name]);
    }
}

fn drop_other_part(definition: &Definition, subresource: &str, set: &mut Set) {
    let other = if subresource == "status" {
        "spec"
    } else {
        "status"
    };
    if definition.field("status").is_some() {
        set.drop_tree(&[other]);
    }
}

/// The fields of the last client-side apply that the object still has as they were applied.
fn last_applied_fields(shape: Shape, live: &Value) -> Set {
    let text = live.at(&["metadata", "annotations", LAST_APPLIED]).text();
    let Ok(applied) = super::json::parse(text) else {
        return Set::default();
    };
    let mut set = Set::default();
    typed::fields(shape, &applied, &mut Vec::new(), &mut set);
    let change = Comparison::of(shape, &applied, live);
    set.difference(&change.modified)
        .difference(&change.added)
        .difference(&change.removed)
}

/// Conflicts by manager.
type Conflicts = Vec<(Id, Set)>;

/// One server-side apply.
struct Job<'a> {
    shape: Shape,
    live: &'a Value,
    config: &'a Value,
    writer: &'a Writer<'a>,
    api_version: String,
}

impl Job<'_> {
    /// Upstream: structured-merge-diff/merge/update.go `Apply`.
    fn run(&self, mut managers: Managers, force: bool) -> Result<(Value, Managers), Conflicts> {
        let id = Id {
            manager: self.writer.manager.to_owned(),
            apply: true,
            api_version: self.api_version.clone(),
            subresource: self.writer.subresource.to_owned(),
        };
        let mut set = Set::default();
        typed::fields(self.shape, self.config, &mut Vec::new(), &mut set);
        if let Shape::Struct(kind) = self.shape {
            drop_other_part(
                super::schema::schema().definition(kind),
                self.writer.subresource,
                &mut set,
            );
        }
        let merged = typed::merge(self.shape, self.live, self.config);
        let last = managers.take(&id);
        // An apply that changes nothing leaves its entry without a time.
        let time = last.as_ref().map_or_else(Timestamp::default, |e| e.time);
        managers.put(id.clone(), Entry::new(set, time));
        let value = match &last {
            Some(last) => self.prune(&merged, &managers, &last.fields()),
            None => merged,
        };
        let change = Comparison::of(self.shape, self.live, &value);
        let touched = change.added.union(&change.modified);
        let conflicts = managers.conflicts(&id, &touched);
        if !force && !conflicts.is_empty() {
            return Err(conflicts);
        }
        managers.lose(Some(&id), &touched, &change.removed);
        if !(touched.is_empty() && change.removed.is_empty()) {
            managers.touch(&id, self.writer.now);
        }
        // Only now: until here the applied identity keeps the metadata from being taken out.
        if let Some(own) = managers.take(&id) {
            let mut fields = own.fields();
            drop_identity(&mut fields);
            managers.put(id, Entry::new(fields, own.time));
        }
        Ok((value, managers))
    }

    /// Takes out what the manager applied before, no longer applies, and nobody else owns.
    ///
    /// Upstream: structured-merge-diff/merge/update.go `prune`.
    fn prune(&self, merged: &Value, managers: &Managers, last: &Set) -> Value {
        let shape = self.shape;
        let all = |value: &Value| {
            let mut set = Set::default();
            typed::fields(shape, value, &mut Vec::new(), &mut set);
            typed::with_parents(shape, &set)
        };
        let last = typed::with_parents(shape, last);
        let mut pruned = typed::remove(shape, merged, &last);
        let owned = typed::with_parents(shape, &managers.owned());
        let gone = all(merged).difference(&all(&pruned).union(&owned));
        pruned = typed::remove(shape, merged, &gone);
        let gone = all(merged).difference(&all(&pruned)).intersection(&last);
        typed::remove(shape, merged, &gone)
    }
}

#[cfg(test)]
mod tests;
