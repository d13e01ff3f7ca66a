//! Reads the data files into the table.

use super::read::{Reader, Scalar};
use super::{Definition, DefinitionId, Field, GoField, GroupVersionKind, Rarer, Resource, Schema};
use super::{Topology, Type};
use crate::k8s::order::InOrder;
use crate::k8s::{Str, Value};

/// A type before references are looked up.
#[derive(Default)]
struct RawType {
    ty: &'static str,
    format: &'static str,
    reference: &'static str,
    item: Option<(bool, Box<RawType>)>,
    words: Vec<&'static str>,
}

/// A field as it was published.
#[derive(Default)]
struct RawField {
    ty: RawType,
    strategy: &'static str,
    merge_key: Option<&'static str>,
    list_type: &'static str,
    list_keys: Vec<&'static str>,
    map_type: &'static str,
    default: Option<Scalar>,
}

struct RawDefinition {
    name: &'static str,
    gvk: Option<GroupVersionKind>,
    required: Vec<&'static str>,
    fields: Vec<(&'static str, RawField)>,
}

/// Where the struct of a name is.
type Places<'a> = &'a mut dyn FnMut(&'static str) -> Option<DefinitionId>;

/// Reads the common part.
pub(super) fn common() -> Schema {
    let (resources, raw) = published(include_str!("common-1.36.3.json"));
    let names: Vec<&'static str> = raw.iter().map(|d| d.name).collect();
    let mut mentioned: Vec<&'static str> = Vec::new();
    let mut place = |name: &'static str| {
        let known = names.binary_search(&name).ok();
        let index = known.unwrap_or_else(|| {
            let found = mentioned.iter().position(|n| *n == name);
            names.len()
                + found.unwrap_or_else(|| {
                    mentioned.push(name);
                    mentioned.len() - 1
                })
        });
        DefinitionId::at(index)
    };
    let go_types = include_str!("common-go-types-1.36.3.txt");
    Schema {
        resources,
        common: resolved(raw, go_types, &mut place),
        mentioned,
        rarer: std::sync::OnceLock::new(),
    }
}

/// Reads the rest.
pub(super) fn rarer(schema: &Schema) -> Rarer {
    let (mut resources, mut raw) = published(include_str!("rarer-1.36.3.json"));
    for common in &schema.resources {
        let same = |r: &&Resource| (r.group, r.version) == (common.group, common.version);
        let behind = |r: &Resource| same(&r) && r.name > common.name;
        let place = resources.iter().position(behind);
        resources.insert(place.unwrap_or(resources.len()), common.clone());
    }
    let mention = |name: &str| schema.mentioned.iter().position(|n| *n == name);
    raw.order_by_key(|d| (mention(d.name).unwrap_or(schema.mentioned.len()), d.name));
    let from = schema.common.len();
    let name = |(i, d): (usize, &RawDefinition)| Some((d.name, DefinitionId::at(from + i)?));
    let mut places: Vec<_> = raw.iter().enumerate().filter_map(name).collect();
    places.order_by_key(|(name, _)| *name);
    let mut place = |name: &'static str| {
        schema.common_named(name).or_else(|| {
            let found = places.binary_search_by(|(n, _)| (*n).cmp(name));
            found.ok().map(|i| places[i].1)
        })
    };
    let definitions = resolved(raw, include_str!("rarer-go-types-1.36.3.txt"), &mut place);
    Rarer {
        resources,
        definitions,
        places,
    }
}

/// What the API server publishes.
fn published(text: &'static str) -> (Vec<Resource>, Vec<RawDefinition>) {
    let mut resources = Vec::new();
    let mut raw = Vec::new();
    Reader::new(text).map(|r, key| match key {
        "resources" => resources = r.list(resource),
        "definitions" => r.map(|r, name| raw.push(definition(r, name))),
        _ => r.skip(),
    });
    (resources, raw)
}

/// Looks up what fields refer to, and adds what the Go structs say.
fn resolved(raw: Vec<RawDefinition>, go_types: &'static str, places: Places) -> Vec<Definition> {
    let mut definitions: Vec<Definition> = Vec::with_capacity(raw.len());
    for definition in raw {
        definitions.push(resolve(definition, places));
    }
    for line in go_types.lines() {
        let (name, fields) = line.split_once(' ').unwrap_or((line, ""));
        let atomic = name.ends_with('~');
        let name = name.trim_end_matches('~');
        if let Some(found) = definitions.iter_mut().find(|d| d.name == name) {
            found.atomic = atomic;
            go_fields(found, fields);
            let always = (0..).zip(&found.fields);
            found.always = always.filter(|(_, f)| f.always()).map(|(i, _)| i).collect();
        }
    }
    definitions
}

fn resource(reader: &mut Reader) -> Resource {
    let mut out = Resource::default();
    reader.map(|r, key| match key {
        "group" => out.group = r.string(),
        "version" => out.version = r.string(),
        "name" => out.name = r.string(),
        "kind" => out.kind = r.string(),
        "singular" => out.singular = r.string(),
        "shortNames" => out.short_names = r.strings(),
        "categories" => out.categories = r.strings(),
        "namespaced" => out.namespaced = r.scalar() == Scalar::Bool(true),
        "verbs" => out.verbs = r.strings(),
        _ => r.skip(),
    });
    out
}

fn definition(reader: &mut Reader, name: &'static str) -> RawDefinition {
    let mut out = RawDefinition {
        name,
        gvk: None,
        required: Vec::new(),
        fields: Vec::new(),
    };
    reader.map(|r, key| match key {
        "required" => out.required = r.strings(),
        "fields" => r.map(|r, name| out.fields.push((name, field(r)))),
        "gvk" => {
            let (mut group, mut version, mut kind) = ("", "", "");
            r.map(|r, key| match key {
                "group" => group = r.string(),
                "version" => version = r.string(),
                "kind" => kind = r.string(),
                _ => r.skip(),
            });
            out.gvk = Some(GroupVersionKind {
                group,
                version,
                kind,
            });
        }
        _ => r.skip(),
    });
    out
}

fn field(reader: &mut Reader) -> RawField {
    let mut out = RawField::default();
    reader.map(|r, key| match key {
        "patchStrategy" => out.strategy = r.string(),
        "patchMergeKey" => out.merge_key = Some(r.string()),
        "listType" => out.list_type = r.string(),
        "listMapKeys" => out.list_keys = r.strings(),
        "mapType" => out.map_type = r.string(),
        "default" => out.default = Some(r.scalar()),
        _ => type_key(&mut out.ty, r, key),
    });
    out
}

fn type_key(out: &mut RawType, reader: &mut Reader, key: &str) {
    match key {
        "type" => out.ty = reader.string(),
        "format" => out.format = reader.string(),
        "ref" => out.reference = reader.string(),
        "enum" => out.words = reader.strings(),
        "items" | "map" => {
            let mut item = RawType::default();
            reader.map(|r, key| type_key(&mut item, r, key));
            out.item = Some((key == "map", Box::new(item)));
        }
        _ => reader.skip(),
    }
}

fn resolve(raw: RawDefinition, places: Places) -> Definition {
    let required = raw.required;
    let mut one = |(name, field): (&'static str, RawField)| Field {
        name,
        ty: type_of(&field.ty, places),
        words: words_of(&field.ty),
        required: required.contains(&name),
        merge: field.strategy.split(',').any(|s| s == "merge"),
        retain_keys: field.strategy.split(',').any(|s| s == "retainKeys"),
        replace: field.strategy == "replace",
        merge_key: field.merge_key,
        topology: topology(&field),
        default: field.default.map(|d| match d {
            Scalar::Text(text) => Value::Str(Str::from(text)),
            Scalar::Int(i) => Value::Int(i),
            Scalar::Bool(b) => Value::Bool(b),
        }),
        go: GoField::default(),
    };
    let mut fields: Vec<Field> = raw.fields.into_iter().map(&mut one).collect();
    fields.order_by_key(|f| f.name);
    Definition {
        name: raw.name,
        gvk: raw.gvk,
        fields,
        atomic: false,
        always: Vec::new(),
    }
}

fn words_of(raw: &RawType) -> Vec<&'static str> {
    match &raw.item {
        Some((_, item)) => words_of(item),
        None => raw.words.clone(),
    }
}

fn topology(field: &RawField) -> Topology {
    let is_list = matches!(&field.ty.item, Some((false, _)));
    match (is_list, field.list_type) {
        (true, "map") => Topology::Keyed(field.list_keys.clone()),
        (true, "set") => Topology::Set,
        (true, _) => Topology::Atomic,
        (false, _) if field.map_type == "atomic" => Topology::Atomic,
        (false, _) => Topology::Granular,
    }
}

fn type_of(raw: &RawType, places: Places) -> Type {
    if let Some((map, item)) = &raw.item {
        let item = Box::new(type_of(item, places));
        return if *map {
            Type::Map(item)
        } else {
            Type::List(item)
        };
    }
    match (raw.reference, raw.ty, raw.format) {
        ("", "string", "byte") => Type::Bytes,
        ("", "string", _) => Type::String,
        ("", "boolean", _) => Type::Bool,
        ("", "integer", "int32") => Type::Int32,
        ("", "integer", _) => Type::Int64,
        ("api.resource.Quantity", ..) => Type::Quantity,
        ("util.intstr.IntOrString", ..) => Type::IntOrString,
        ("meta.v1.Time", ..) => Type::Time,
        ("meta.v1.MicroTime", ..) => Type::MicroTime,
        ("" | "runtime.RawExtension" | "meta.v1.FieldsV1", ..) => Type::Raw,
        (reference, ..) => places(reference).map_or(Type::Raw, Type::Struct),
    }
}

/// Adds what the Go struct says; the grammar is in the module's documentation.
fn go_fields(definition: &mut Definition, fields: &'static str) {
    let mut embedded = None;
    let mut order = 0;
    for word in fields.split_ascii_whitespace() {
        if let Some(name) = word.strip_prefix('<') {
            embedded = Some(name);
            continue;
        }
        if word == ">" {
            embedded = None;
            continue;
        }
        let end = word.find(['*', '0', '!', '=']).unwrap_or(word.len());
        let (name, marks) = word.split_at(end);
        let (marks, named) = match marks.split_once('=') {
            Some((marks, named)) => (marks, Some(named)),
            None => (marks, None),
        };
        order += 1;
        if let Ok(i) = definition.fields.binary_search_by(|f| f.name.cmp(name)) {
            definition.fields[i].go = GoField {
                order,
                pointer: marks.contains('*'),
                keep: marks.contains('!'),
                omit_zero: marks.contains('0'),
                named,
                embedded,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::schema;
    use super::*;

    #[test]
    fn reads_types_and_marks() {
        let field = |definition: &str, name: &str| {
            let id = schema().named(definition).expect("is there");
            schema().definition(id).field(name).expect("is there")
        };
        let ports = field("core.v1.Container", "ports");
        assert_eq!(
            ports.topology,
            Topology::Keyed(vec!["containerPort", "protocol"])
        );
        assert_eq!(
            (ports.merge, ports.merge_key),
            (true, Some("containerPort"))
        );
        assert_eq!(ports.ty.go_type(), "[]v1.ContainerPort");
        assert_eq!(
            field("core.v1.Volume", "hostPath").go.embedded,
            Some("VolumeSource")
        );
        assert!(field("core.v1.PodSpec", "volumes").retain_keys);
        assert_eq!(
            field("core.v1.ResourceRequirements", "limits").go.named,
            Some("ResourceList")
        );
        assert_eq!(
            field("core.v1.Secret", "data").ty.go_type(),
            "map[string][]uint8"
        );
        assert!(
            field("apps.v1.DaemonSetSpec", "revisionHistoryLimit")
                .go
                .pointer
        );
        assert!(field("core.v1.PodSpec", "containers").go.keep);
        assert_eq!(
            field("core.v1.ContainerPort", "protocol").default,
            Some("TCP".into())
        );
        assert!(
            field("meta.v1.ObjectMeta", "creationTimestamp")
                .go
                .omit_zero
        );
    }

    #[test]
    fn loads_fast_and_fully() {
        let schema = common();
        let rarer = schema.rarer();
        let definitions = schema.common.len() + rarer.definitions.len();
        assert_eq!((rarer.resources.len(), definitions), (113, 359));
        // What was mentioned is where it was said to be.
        for (place, name) in (schema.common.len()..).zip(&schema.mentioned) {
            assert_eq!(schema.named(name).map(DefinitionId::index), Some(place));
            let id = DefinitionId::at(place).expect("is there");
            assert_eq!(schema.definition(id).name, *name);
        }
    }
}
