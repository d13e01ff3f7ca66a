//! The table of kinds, fields, types, merge keys and enums of the pinned version, read once from data files: what the API
//! server publishes (`*-1.36.3.json`) and what its Go structs add to it (`*-go-types-1.36.3.txt`: for each struct its
//! fields in order; `*` is a pointer, `!` is written even when empty, `0` is left out when zero,
//! `=Name` is the field's own type, `<Name … >` are the fields of an embedded struct; `~` marks a struct that
//! server-side apply sees as one value).
//!
//! The table is in two parts, so that the page need not fetch the whole of it at first: `common-` has what an untouched
//! cluster of DaemonSets needs, `rarer-` the rest; it is read when something asks for it. A struct of the common part
//! may hold a rarer one: that one's place is known from its name before it is read.

mod load;
mod read;

use super::{Kind, Value};
use std::sync::OnceLock;

/// The version that the table describes.
pub const VERSION: &str = "v1.36.3";

/// The whole table.
#[derive(Debug)]
pub struct Schema {
    /// Resources of common kinds.
    resources: Vec<Resource>,
    /// By name; the first places.
    common: Vec<Definition>,
    /// Names of rarer structs that the common ones hold, in the order of their places.
    mentioned: Vec<&'static str>,
    rarer: OnceLock<Rarer>,
}

/// What is read when something asks for it.
#[derive(Debug)]
struct Rarer {
    /// In the order of `kubectl api-resources`: by group as the server lists them.
    resources: Vec<Resource>,
    /// The places behind the common ones: what those mention, then the others by name.
    definitions: Vec<Definition>,
    /// Where each definition is, by its name.
    places: Vec<(&'static str, DefinitionId)>,
}

/// One resource of the server.
#[derive(Clone, Debug, Default)]
pub struct Resource {
    /// Empty for the core group.
    pub group: &'static str,
    pub version: &'static str,
    /// `daemonsets`
    pub name: &'static str,
    pub kind: &'static str,
    pub singular: &'static str,
    pub short_names: Vec<&'static str>,
    pub categories: Vec<&'static str>,
    pub namespaced: bool,
    pub verbs: Vec<&'static str>,
}

impl Resource {
    /// `v1`, `apps/v1`
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }
}

/// Group, version and kind of a definition that is a whole object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GroupVersionKind {
    pub group: &'static str,
    pub version: &'static str,
    pub kind: &'static str,
}

/// A struct of the API.
#[derive(Debug)]
pub struct Definition {
    /// `core.v1.PodSpec`
    pub name: &'static str,
    pub gvk: Option<GroupVersionKind>,
    /// By name.
    pub fields: Vec<Field>,
    /// Server-side apply sees it as one value.
    pub atomic: bool,
    /// Which fields are written even when nobody set them.
    always: Vec<u16>,
}

/// Which definition a field holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct DefinitionId(u16);

/// The type of a field, an element or a map's value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Type {
    Struct(DefinitionId),
    List(Box<Type>),
    /// A map with free keys.
    Map(Box<Type>),
    String,
    /// Base64 text.
    Bytes,
    Bool,
    Int32,
    Int64,
    Quantity,
    IntOrString,
    Time,
    MicroTime,
    /// A tree of any shape.
    Raw,
}

/// How server-side apply sees a list or a map.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Topology {
    /// Replaced as a whole (lists: the default).
    #[default]
    Atomic,
    /// A list of different scalars.
    Set,
    /// A list whose elements are known by these fields.
    Keyed(Vec<&'static str>),
    /// A map or struct that is merged field by field (their default).
    Granular,
}

/// A field of a struct.
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub ty: Type,
    /// The published words for a field or for the elements of a list.
    pub words: Vec<&'static str>,
    pub required: bool,
    /// `patchStrategy: merge`
    pub merge: bool,
    /// `patchStrategy: retainKeys`
    pub retain_keys: bool,
    /// `patchStrategy: replace`
    pub replace: bool,
    pub merge_key: Option<&'static str>,
    pub topology: Topology,
    /// The published default (also the zero of a field that is always written).
    pub default: Option<Value>,
    pub go: GoField,
}

/// What the Go struct says of a field.
#[derive(Clone, Copy, Default, Debug)]
pub struct GoField {
    /// Place in the struct.
    pub order: u16,
    pub pointer: bool,
    /// Written even when empty.
    pub keep: bool,
    /// A struct that is left out when it is zero.
    pub omit_zero: bool,
    /// `v1.Protocol`, `[]v1.IPFamily`; None when the type follows from [`Field::ty`].
    pub named: Option<&'static str>,
    /// The embedded struct that the field belongs to.
    pub embedded: Option<&'static str>,
}

impl DefinitionId {
    /// Its place in the table.
    fn at(index: usize) -> Option<Self> {
        u16::try_from(index).ok().map(DefinitionId)
    }

    /// Its place in the table.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

impl Schema {
    fn rarer(&self) -> &Rarer {
        self.rarer.get_or_init(|| load::rarer(self))
    }

    /// In the order of `kubectl api-resources`: by group as the server lists them.
    pub fn resources(&self) -> &[Resource] {
        &self.rarer().resources
    }

    /// The resource of a kind (its name in lower case will do) of this group and version.
    pub fn resource_of(&self, api_version: &str, kind: &str) -> Option<&Resource> {
        let is = |r: &&Resource| {
            r.api_version() == api_version && (r.kind == kind || r.kind.to_lowercase() == kind)
        };
        let common = self.resources.iter().find(is);
        common.or_else(|| self.resources().iter().find(is))
    }

    /// The common definitions, in the order of their places, which are the first.
    pub fn common(&self) -> &[Definition] {
        &self.common
    }

    /// All definitions, in the order of their places.
    pub fn definitions(&self) -> impl Iterator<Item = &Definition> {
        self.common.iter().chain(&self.rarer().definitions)
    }

    /// The definition with this id.
    pub fn definition(&self, id: DefinitionId) -> &Definition {
        match self.common.get(id.index()) {
            Some(found) => found,
            None => &self.rarer().definitions[id.index() - self.common.len()],
        }
    }

    fn common_named(&self, name: &str) -> Option<DefinitionId> {
        let found = self.common.binary_search_by(|d| d.name.cmp(name));
        found.ok().and_then(DefinitionId::at)
    }

    /// The definition with this name, e.g. `core.v1.PodSpec`.
    pub fn named(&self, name: &str) -> Option<DefinitionId> {
        self.common_named(name).or_else(|| {
            let places = &self.rarer().places;
            let found = places.binary_search_by(|(n, _)| (*n).cmp(name));
            found.ok().map(|i| places[i].1)
        })
    }

    /// The definition of an object of this group, version and kind.
    pub fn of(&self, group: &str, version: &str, kind: &str) -> Option<DefinitionId> {
        let is = |d: &Definition| {
            d.gvk
                .is_some_and(|g| g.group == group && g.version == version && g.kind == kind)
        };
        let first = self.common.iter().position(is);
        first
            .or_else(|| self.definitions().position(is))
            .and_then(DefinitionId::at)
    }

    /// The resource that a word of the command line means: plural, singular, short name (all case-sensitive) or
    /// kind (in any case), `daemonsets.apps` and `daemonsets.v1.apps` included.
    pub fn resource(&self, word: &str) -> Option<&Resource> {
        let (word, rest) = word.split_once('.').unwrap_or((word, ""));
        let fits = |r: &&Resource| {
            rest.is_empty()
                || rest == r.group
                || rest
                    .strip_prefix(r.version)
                    .and_then(|g| g.strip_prefix('.'))
                    == Some(r.group)
        };
        let all = || self.resources().iter().filter(fits);
        let lower = word.to_ascii_lowercase();
        all()
            .find(|r| r.name == word || r.singular == word)
            .or_else(|| all().find(|r| r.short_names.contains(&word)))
            .or_else(|| all().find(|r| r.name == lower || r.singular == lower))
    }
}

impl Definition {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        let found = self.fields.binary_search_by(|f| f.name.cmp(name));
        found.ok().map(|i| &self.fields[i])
    }

    /// The fields that are written even when nobody set them.
    pub fn always(&self) -> impl Iterator<Item = &Field> {
        self.always.iter().map(|&i| &self.fields[usize::from(i)])
    }

    /// The Go struct's name: `PodSpec`.
    pub fn go_name(&self) -> &'static str {
        self.name.rsplit('.').next().unwrap_or(self.name)
    }

    /// The Go type's name: `v1.PodSpec`.
    pub fn go_type(&self) -> &'static str {
        let dot = self.name.find('.').map_or(0, |i| i + 1);
        &self.name[dot..]
    }

    /// The field whose name differs least from a misspelt one, if any is close.
    pub fn nearest(&self, name: &str) -> Option<&'static str> {
        let lower = name.to_ascii_lowercase().replace(['_', '-'], "");
        let limit = 1 + lower.chars().count() / 4;
        self.fields
            .iter()
            .map(|f| (distance(&lower, &f.name.to_ascii_lowercase()), f.name))
            .filter(|(d, _)| *d <= limit)
            .min()
            .map(|(_, name)| name)
    }
}

/// Insertions, deletions, replacements and swaps of neighbors between two texts.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = vec![i + 1];
        for j in 0..b.len() {
            let mut best = (last[j] + usize::from(a[i] != b[j]))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

impl Type {
    /// The struct that the field holds, directly or as elements.
    pub fn element_struct(&self) -> Option<DefinitionId> {
        match self {
            Type::Struct(id) => Some(*id),
            Type::List(item) | Type::Map(item) => item.element_struct(),
            Type::String
            | Type::Bytes
            | Type::Bool
            | Type::Int32
            | Type::Int64
            | Type::Quantity
            | Type::IntOrString
            | Type::Time
            | Type::MicroTime
            | Type::Raw => None,
        }
    }

    /// The type as `kubectl explain` prints it: `<[]Container>` without the brackets.
    pub fn explained(&self) -> String {
        match self {
            Type::Struct(id) => schema().definition(*id).go_name().to_owned(),
            Type::List(item) => format!("[]{}", item.explained()),
            Type::Map(item) => format!("map[string]{}", item.explained()),
            Type::String => "string".to_owned(),
            Type::Bytes => "string".to_owned(),
            Type::Bool => "boolean".to_owned(),
            Type::Int32 | Type::Int64 => "integer".to_owned(),
            Type::Quantity => "Quantity".to_owned(),
            Type::IntOrString => "IntOrString".to_owned(),
            Type::Time => "Time".to_owned(),
            Type::MicroTime => "MicroTime".to_owned(),
            Type::Raw => "Object".to_owned(),
        }
    }

    /// The type as Go prints it: `[]v1.Container`, `map[string]string`.
    pub fn go_type(&self) -> String {
        match self {
            Type::Struct(id) => schema().definition(*id).go_type().to_owned(),
            Type::List(item) => format!("[]{}", item.go_type()),
            Type::Map(item) => format!("map[string]{}", item.go_type()),
            Type::String => "string".to_owned(),
            Type::Bytes => "[]uint8".to_owned(),
            Type::Bool => "bool".to_owned(),
            Type::Int32 => "int32".to_owned(),
            Type::Int64 => "int64".to_owned(),
            Type::Quantity => "resource.Quantity".to_owned(),
            Type::IntOrString => "intstr.IntOrString".to_owned(),
            Type::Time => "v1.Time".to_owned(),
            Type::MicroTime => "v1.MicroTime".to_owned(),
            Type::Raw => "runtime.RawExtension".to_owned(),
        }
    }
}

impl Field {
    /// True if the field is written even when nobody set it: what Go does with structs that are no pointers and with
    /// fields that are not marked as optional.
    pub fn always(&self) -> bool {
        let go = self.go;
        go.keep
            || !go.pointer
                && !go.omit_zero
                && match self.ty {
                    Type::Struct(_)
                    | Type::Quantity
                    | Type::IntOrString
                    | Type::Time
                    | Type::MicroTime
                    | Type::Raw => true,
                    Type::List(_)
                    | Type::Map(_)
                    | Type::String
                    | Type::Bytes
                    | Type::Bool
                    | Type::Int32
                    | Type::Int64 => false,
                }
    }
}

/// The table, read on first use.
pub fn schema() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(load::common)
}

/// The definition of a stored kind.
pub fn definition(kind: Kind) -> &'static Definition {
    schema().definition(definition_id(kind))
}

/// Where the definition of a stored kind is.
pub fn definition_id(kind: Kind) -> DefinitionId {
    static IDS: OnceLock<Vec<OnceLock<DefinitionId>>> = OnceLock::new();
    let ids = IDS.get_or_init(|| super::kind::KINDS.iter().map(|_| OnceLock::new()).collect());
    *ids[kind as usize].get_or_init(|| {
        let k = &super::kind::KINDS[kind as usize];
        let found = schema().of(k.group, k.version, k.name);
        found.expect("every stored kind is in the table")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_kinds_fields_and_resources() {
        let ds = definition(Kind::DaemonSet);
        assert_eq!((ds.go_name(), ds.go_type()), ("DaemonSet", "v1.DaemonSet"));
        let port = schema().named("core.v1.ContainerPort").expect("is there");
        let field = schema().definition(port).field("protocol");
        let field = field.expect("is there");
        assert_eq!(field.words, ["SCTP", "TCP", "UDP"]);
        assert_eq!(field.go.named, Some("Protocol"));
        assert_eq!(schema().resources().len(), 113);
        for word in [
            "ds",
            "daemonset",
            "DaemonSet",
            "daemonsets.apps",
            "daemonsets.v1.apps",
        ] {
            assert_eq!(
                schema().resource(word).map(|r| r.kind),
                Some("DaemonSet"),
                "{word}"
            );
        }
        for word in ["DS", "daemonsets.batch", "deamonset"] {
            assert!(schema().resource(word).is_none(), "{word}");
        }
    }

    #[test]
    fn every_field_is_known_to_both_files() {
        for definition in schema().definitions() {
            if definition.name.starts_with("meta.v1.APIResource") {
                continue; // discovery only
            }
            for (i, field) in definition.fields.iter().enumerate() {
                let known = field.go.order > 0 || matches!(field.name, "kind" | "apiVersion");
                assert!(known, "{} {}", definition.name, field.name);
                assert!(i == 0 || definition.fields[i - 1].name < field.name);
            }
        }
    }

    #[test]
    fn suggests_what_was_meant() {
        let pod = schema().named("core.v1.PodSpec").expect("is there");
        for (typed, meant) in [
            ("nodeselector", Some("nodeSelector")),
            ("tolerationz", Some("tolerations")),
            ("host_network", Some("hostNetwork")),
            ("contianers", Some("containers")),
            ("foo", None),
        ] {
            assert_eq!(schema().definition(pod).nearest(typed), meant, "{typed}");
        }
    }
}
