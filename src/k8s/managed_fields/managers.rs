//! The entries of `metadata.managedFields`.

use super::Conflicts;
use super::set::Set;
use crate::k8s::order::InOrder;
use crate::k8s::ordered::BTreeMap;
use crate::k8s::{Str, Timestamp, Value};

/// How many entries of updates are kept; the oldest are put together.
const UPDATE_LIMIT: usize = 10;

/// Whose entry it is. The order is that in which conflicts are told.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Id {
    pub(super) manager: String,
    /// Server-side apply; everything else is an update.
    pub(super) apply: bool,
    pub(super) api_version: String,
    pub(super) subresource: String,
}

/// What somebody owns. The fields stay as they were written until somebody has to change them.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    fields_v1: Value,
    /// The epoch when none is noted.
    pub(super) time: Timestamp,
}

impl Entry {
    pub(super) fn new(fields: Set, time: Timestamp) -> Self {
        let fields_v1 = fields.to_value();
        Self { fields_v1, time }
    }

    pub(super) fn fields(&self) -> Set {
        Set::read(&self.fields_v1)
    }
}

/// All entries of an object.
#[derive(Clone, Default, Debug)]
pub(super) struct Managers {
    entries: BTreeMap<Id, Entry>,
}

impl Managers {
    /// Reads the entries of an object.
    pub(super) fn read(value: &Value) -> Self {
        let mut out = Self::default();
        for entry in value.at(&["metadata", "managedFields"]).items() {
            let text = |field: &str| entry.get(field).text().to_owned();
            let id = Id {
                manager: text("manager"),
                apply: text("operation") == "Apply",
                api_version: text("apiVersion"),
                subresource: text("subresource"),
            };
            let entry = Entry {
                fields_v1: entry.get("fieldsV1").clone(),
                time: Timestamp::parse(entry.get("time").text()).unwrap_or_default(),
            };
            out.put(id, entry);
        }
        out
    }

    /// Writes the entries into an object: applies first, then by time and name.
    pub(super) fn write(mut self, value: &mut Value) {
        self.entries.retain(|_, entry| !entry.fields_v1.is_empty());
        self.cap();
        let mut order: Vec<(&Id, &Entry)> = self.entries.iter().collect();
        order.order_by_key(|(id, entry)| (!id.apply, entry.time, *id));
        let one = |(id, entry): (&Id, &Entry)| {
            let mut out = Value::map();
            out.set("apiVersion", Str::new(&id.api_version));
            out.set("fieldsType", "FieldsV1");
            out.set("fieldsV1", &entry.fields_v1);
            out.set("manager", Str::new(&id.manager));
            out.set("operation", if id.apply { "Apply" } else { "Update" });
            if !id.subresource.is_empty() {
                out.set("subresource", Str::new(&id.subresource));
            }
            if entry.time != Timestamp::default() {
                out.set("time", entry.time.to_string());
            }
            out
        };
        let list: Value = order.into_iter().map(one).collect();
        if list.items().is_empty() {
            value.remove_at(&["metadata", "managedFields"]);
        } else if *value.at(&["metadata", "managedFields"]) != list {
            value.set_at(&["metadata", "managedFields"], list);
        }
    }

    /// Puts the oldest updates together as `ancient-changes` when there are too many.
    fn cap(&mut self) {
        let updates = self.entries.iter().filter(|(id, _)| !id.apply);
        let mut updates: Vec<(Timestamp, Id)> =
            updates.map(|(id, e)| (e.time, id.clone())).collect();
        updates.order();
        while updates.len() > UPDATE_LIMIT {
            let (_, oldest) = updates.remove(0);
            let Some(entry) = self.entries.remove(&oldest) else {
                return;
            };
            let ancient = Id {
                manager: "ancient-changes".to_owned(),
                subresource: String::new(),
                ..oldest
            };
            if !self.entries.contains_key(&ancient) {
                updates.push((entry.time, ancient.clone()));
                updates.order();
            }
            self.gain(ancient, &entry.fields(), entry.time);
        }
    }

    /// An applier's version does not count for its identity.
    fn key(&self, id: &Id) -> Option<Id> {
        let same = |other: &&Id| {
            other.manager == id.manager
                && other.apply == id.apply
                && other.subresource == id.subresource
                && (id.apply || other.api_version == id.api_version)
        };
        self.entries.keys().find(same).cloned()
    }

    pub(super) fn take(&mut self, id: &Id) -> Option<Entry> {
        let key = self.key(id)?;
        self.entries.remove(&key)
    }

    pub(super) fn put(&mut self, id: Id, entry: Entry) {
        self.entries.insert(id, entry);
    }

    /// Notes when a manager last changed something.
    pub(super) fn touch(&mut self, id: &Id, now: Timestamp) {
        if let Some(entry) = self.entries.get_mut(id) {
            entry.time = now;
        }
    }

    /// Adds fields to a manager's.
    pub(super) fn gain(&mut self, id: Id, fields: &Set, now: Timestamp) {
        let before = self.take(&id).map(|e| e.fields()).unwrap_or_default();
        let fields = before.union(fields);
        self.put(id, Entry::new(fields, now));
    }

    /// Takes fields from all managers but one: those that somebody else set and those that are gone.
    pub(super) fn lose(&mut self, except: Option<&Id>, touched: &Set, removed: &Set) {
        for (id, entry) in &mut self.entries {
            let meets = touched.meets(&entry.fields_v1) || removed.meets(&entry.fields_v1);
            if Some(id) != except && meets {
                let fields = entry.fields().difference(touched).difference(removed);
                entry.fields_v1 = fields.to_value();
            }
        }
    }

    /// What others own of these fields.
    pub(super) fn conflicts(&self, id: &Id, touched: &Set) -> Conflicts {
        let others = self.entries.iter().filter(|(other, _)| *other != id);
        others
            .filter(|(_, entry)| touched.meets(&entry.fields_v1))
            .map(|(other, entry)| (other.clone(), entry.fields().intersection(touched)))
            .filter(|(_, set)| !set.is_empty())
            .collect()
    }

    /// All fields that anybody owns.
    pub(super) fn owned(&self) -> Set {
        let all = self.entries.values();
        all.fold(Set::default(), |set, entry| set.union(&entry.fields()))
    }

    /// The entries after one manager's updates went to another's applies.
    pub(super) fn handed_over(mut self, from: &str, to: &str) -> Option<Self> {
        let old = self
            .entries
            .keys()
            .find(|id| !id.apply && id.manager == from && id.subresource.is_empty());
        let old = old.cloned()?;
        let entry = self.entries.remove(&old)?;
        let new = Id {
            manager: to.to_owned(),
            apply: true,
            ..old
        };
        let time = self
            .key(&new)
            .and_then(|key| self.entries.get(&key))
            .map_or(entry.time, |e| e.time);
        self.gain(new, &entry.fields(), time);
        Some(self)
    }
}

/// Upstream: apimachinery/pkg/util/managedfields/internal/conflict.go `getConflictMessage`.
pub(super) fn conflict_message(conflicts: &Conflicts) -> String {
    let lists: Vec<(String, Vec<String>)> = conflicts
        .iter()
        .map(|(id, set)| (shown(id), set.paths()))
        .collect();
    let count: usize = lists.iter().map(|(_, paths)| paths.len()).sum();
    if let ([(manager, paths)], 1) = (lists.as_slice(), count) {
        return format!(
            "Apply failed with 1 conflict: conflict with {manager}: {}",
            paths.concat()
        );
    }
    let lines = lists.iter().map(|(manager, paths)| {
        let paths: Vec<String> = paths.iter().map(|p| format!("\n- {p}")).collect();
        format!("conflicts with {manager}:{}", paths.concat())
    });
    let lines: Vec<String> = lines.collect();
    format!("Apply failed with {count} conflicts: {}", lines.join("\n"))
}

/// `"kubectl-set" using apps/v1`
fn shown(id: &Id) -> String {
    let mut out = format!("{:?}", id.manager);
    if !id.subresource.is_empty() {
        out += &format!(" with subresource {:?}", id.subresource);
    }
    if !id.apply {
        out += &format!(" using {}", id.api_version);
    }
    out
}
