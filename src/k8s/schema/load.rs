//! Reads the two data files into the table.

use super::read::{Reader, Scalar};
use super::{Definition, DefinitionId, Field, GoField, GroupVersionKind, Resource, Schema};
use super::{Topology, Type};
use crate::k8s::order::InOrder;
use crate::k8s::{Str, Value};

const PUBLISHED: &str = include_str!("kubernetes-1.36.3.json");
const GO_TYPES: &str = include_str!("go-types-1.36.3.txt");

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

/// Reads both files.
pub(super) fn load() -> Schema {
    let mut resources = Vec::new();
    let mut raw = Vec::new();
    Reader::new(PUBLISHED).map(|r, key| match key {
        "resources" => resources = r.list(resource),
        "definitions" => r.map(|r, name| raw.push(definition(r, name))),
        _ => r.skip(),
    });
    let names: Vec<&'static str> = raw.iter().map(|d: &RawDefinition| d.name).collect();
    let mut definitions: Vec<Definition> = raw.into_iter().map(|d| resolve(d, &names)).collect();
    for line in GO_TYPES.lines() {
        let (name, fields) = line.split_once(' ').unwrap_or((line, ""));
        let atomic = name.ends_with('~');
        let name = name.trim_end_matches('~');
        if let Ok(i) = definitions.binary_search_by(|d| d.name.cmp(name)) {
            definitions[i].atomic = atomic;
            go_fields(&mut definitions[i], fields);
            let always = (0..).zip(&definitions[i].fields);
            definitions[i].always = always.filter(|(_, f)| f.always()).map(|(i, _)| i).collect();
        }
    }
    Schema {
        resources,
        definitions,
    }
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

fn resolve(raw: RawDefinition, names: &[&'static str]) -> Definition {
    let required = raw.required;
    let one = |(name, field): (&'static str, RawField)| Field {
        name,
        ty: type_of(&field.ty, names),
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
    let mut fields: Vec<Field> = raw.fields.into_iter().map(one).collect();
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

fn type_of(raw: &RawType, names: &[&'static str]) -> Type {
    if let Some((map, item)) = &raw.item {
        let item = Box::new(type_of(item, names));
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
        (reference, ..) => match names.binary_search(&reference).map(u16::try_from) {
            Ok(Ok(index)) => Type::Struct(DefinitionId(index)),
            Ok(Err(_)) | Err(_) => Type::Raw,
        },
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
        let schema = load();
        assert_eq!(
            (schema.resources.len(), schema.definitions.len()),
            (113, 359)
        );
    }
}
