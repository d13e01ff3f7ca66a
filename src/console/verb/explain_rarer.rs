//! The fields of kinds that the playground does not keep, for `kubectl explain`: a table read from the pinned version.
//!
//! `# group/version Kind Definition` names a kind; `Definition:field type words;…` its fields. In a type `[]` is a list,
//! `{}` a map, `@` another definition; `!` behind a field's name says that it is required.

use crate::k8s::schema::{DefinitionId, Field, schema};

const TABLE: &str = include_str!("rarer-kinds-1.36.3.txt");

/// A definition: of the schema, or of this table.
#[derive(Clone, Copy)]
pub enum Shape {
    Known(DefinitionId),
    Rarer(&'static str),
}

/// One field of a definition.
pub struct Row {
    pub name: &'static str,
    pub required: bool,
    /// As explain prints it, without the brackets around it.
    pub ty: String,
    pub words: Vec<&'static str>,
    /// What the field, or an element of it, is made of.
    pub inner: Option<Shape>,
}

impl Shape {
    /// The definition of a kind.
    pub fn of(group: &str, version: &str, kind: &str) -> Option<Self> {
        if let Some(id) = schema().of(group, version, kind) {
            return Some(Shape::Known(id));
        }
        let head = format!("# {group}/{version} {kind} ");
        let line = TABLE.lines().find_map(|l| l.strip_prefix(head.as_str()));
        line.map(Shape::Rarer)
    }

    fn named(name: &'static str) -> Option<Self> {
        if let Some(id) = schema().named(name) {
            return Some(Shape::Known(id));
        }
        line(name).map(|_| Shape::Rarer(name))
    }

    /// The name of its struct.
    pub fn name(self) -> &'static str {
        match self {
            Shape::Known(id) => schema().definition(id).go_name(),
            Shape::Rarer(name) => last(name),
        }
    }

    /// Its fields, sorted by name.
    pub fn rows(self) -> Vec<Row> {
        match self {
            Shape::Known(id) => {
                let fields = schema().definition(id).fields.iter();
                fields.map(known).collect()
            }
            Shape::Rarer(name) => {
                let fields = line(name).unwrap_or_default().split(';');
                fields.filter(|f| !f.is_empty()).map(rarer).collect()
            }
        }
    }
}

/// What stands behind `Definition:`.
fn line(name: &str) -> Option<&'static str> {
    TABLE
        .lines()
        .find_map(|l| l.strip_prefix(name)?.strip_prefix(':'))
}

fn last(name: &'static str) -> &'static str {
    name.rsplit('.').next().unwrap_or(name)
}

fn known(field: &Field) -> Row {
    Row {
        name: field.name,
        required: field.required,
        ty: shown_type(field),
        words: field.words.clone(),
        inner: field.ty.element_struct().map(Shape::Known),
    }
}

/// The type as explain names it: times are texts there.
fn shown_type(field: &Field) -> String {
    let text = field.ty.explained();
    match text.as_str() {
        "Time" | "MicroTime" => "string".to_owned(),
        "Object" if field.name == "fieldsV1" => "FieldsV1".to_owned(),
        "Object" => "RawExtension".to_owned(),
        _ => text,
    }
}

fn rarer(text: &'static str) -> Row {
    let mut parts = text.splitn(3, ' ');
    let name = parts.next().unwrap_or_default();
    let mut ty = parts.next().unwrap_or_default();
    let mut shown = String::new();
    let inner = loop {
        if let Some(rest) = ty.strip_prefix("[]") {
            shown.push_str("[]");
            ty = rest;
        } else if let Some(rest) = ty.strip_prefix("{}") {
            shown.push_str("map[string]");
            ty = rest;
        } else if let Some(name) = ty.strip_prefix('@') {
            match last(name) {
                "Time" | "MicroTime" => shown.push_str("string"),
                name => shown.push_str(name),
            }
            break Shape::named(name);
        } else {
            shown.push_str(match ty {
                "object" => "Object",
                plain => plain,
            });
            break None;
        }
    };
    Row {
        name: name.trim_end_matches('!'),
        required: name.ends_with('!'),
        ty: shown,
        words: parts.next().map_or(Vec::new(), |w| w.split('|').collect()),
        inner,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_fields_and_every_reference_is_known() {
        let kinds = TABLE.lines().filter_map(|l| l.strip_prefix("# "));
        let mut count = 0;
        for kind in kinds {
            let words: Vec<&str> = kind.split(' ').collect();
            let (group, version) = words[0].split_once('/').unwrap();
            let shape = Shape::of(group, version, words[1]).unwrap();
            assert!(shape.rows().iter().any(|r| r.name == "kind"), "{kind}");
            count += 1;
        }
        assert!(count > 20, "{count}");
        let rows = Shape::of("networking.k8s.io", "v1", "IngressClass")
            .unwrap()
            .rows();
        let spec = rows.iter().find(|r| r.name == "spec").unwrap();
        assert_eq!(spec.ty, "IngressClassSpec");
        let inner = spec.inner.unwrap();
        assert_eq!(inner.name(), "IngressClassSpec");
        let rows = inner.rows();
        let of = rows.iter().find(|r| r.name == "parameters").unwrap();
        assert_eq!(
            (of.ty.as_str(), of.required),
            ("IngressClassParametersReference", false)
        );
    }
}
