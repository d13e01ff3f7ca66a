//! How server-side apply sees a value of a type: as one thing, by fields, by keys.

use super::set::Element;
use crate::k8s::order::InOrder;
use crate::k8s::schema::{DefinitionId, Field, Topology, Type, schema};
use crate::k8s::{Str, Value};

/// How a value is taken apart.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// A single value of this type.
    Scalar(&'static Type),
    /// A list that is replaced as a whole.
    WholeList(&'static Type),
    /// A map or struct that is replaced as a whole; a struct's fields must still exist.
    WholeMap(Option<DefinitionId>),
    Struct(DefinitionId),
    /// A map with free keys.
    Map(&'static Type),
    /// A list by key fields.
    Keyed(&'static Type, &'static [&'static str]),
    /// A list of different scalars.
    Set(&'static Type),
}

impl Shape {
    /// The shape of an element or of a field without marks.
    pub(super) fn of(ty: &'static Type) -> Self {
        match ty {
            Type::Struct(id) if schema().definition(*id).atomic => Shape::WholeMap(Some(*id)),
            Type::Struct(id) => Shape::Struct(*id),
            Type::Map(item) => Shape::Map(item),
            Type::List(item) => Shape::WholeList(item),
            Type::Raw => Shape::WholeMap(None),
            Type::String
            | Type::Bytes
            | Type::Bool
            | Type::Int32
            | Type::Int64
            | Type::Quantity
            | Type::IntOrString
            | Type::Time
            | Type::MicroTime => Shape::Scalar(ty),
        }
    }

    fn of_field(field: &'static Field) -> Self {
        match (&field.ty, &field.topology) {
            (Type::List(item), Topology::Keyed(keys)) => Shape::Keyed(item, keys),
            (Type::List(item), Topology::Set) => Shape::Set(item),
            (Type::Struct(id), Topology::Atomic) => Shape::WholeMap(Some(*id)),
            (Type::Map(_), Topology::Atomic) => Shape::WholeMap(None),
            (ty, _) => Shape::of(ty),
        }
    }

    /// The shape of a field; None when a struct has no such field.
    pub(super) fn field(self, name: &str) -> Option<Shape> {
        match self {
            Shape::Struct(id) | Shape::WholeMap(Some(id)) => {
                schema().definition(id).field(name).map(Shape::of_field)
            }
            Shape::Map(item) => Some(Shape::of(item)),
            Shape::WholeMap(None) => Some(Shape::WholeMap(None)),
            Shape::Scalar(_) | Shape::WholeList(_) | Shape::Keyed(..) | Shape::Set(_) => None,
        }
    }

    /// The shape of what an element of a path leads to.
    pub(super) fn below(self, element: &Element) -> Option<Shape> {
        match (self, element) {
            (_, Element::Field(name)) => self.field(name),
            (Shape::Keyed(item, _) | Shape::Set(item) | Shape::WholeList(item), _) => {
                Some(Shape::of(item))
            }
            (Shape::Scalar(_) | Shape::WholeMap(_) | Shape::Struct(_) | Shape::Map(_), _) => None,
        }
    }

    /// True for a struct's own field (as against a key of a map).
    pub(super) fn declares(self, element: &Element) -> bool {
        match (self, element) {
            (Shape::Struct(id), Element::Field(name)) => {
                schema().definition(id).field(name).is_some()
            }
            _ => false,
        }
    }

    /// True for a list that is taken apart.
    pub(super) fn is_list(self) -> bool {
        matches!(self, Shape::Keyed(..) | Shape::Set(_))
    }

    /// True for what is taken apart by name.
    pub(super) fn is_map(self) -> bool {
        matches!(self, Shape::Struct(_) | Shape::Map(_))
    }

    /// How a list's element is known. Key fields that are absent have their default.
    pub(super) fn element(self, item: &Value) -> Result<Element, String> {
        let Shape::Keyed(ty, keys) = self else {
            return Ok(Element::Item(item.clone()));
        };
        if item.as_map().is_none() {
            return Err("associative list with keys may not have non-map elements".to_owned());
        }
        let shape = Shape::of(ty);
        let default = |key: &str| match shape {
            Shape::Struct(id) | Shape::WholeMap(Some(id)) => schema()
                .definition(id)
                .field(key)
                .and_then(|f| f.default.clone()),
            _ => None,
        };
        let mut fields: Vec<(Str, Value)> = Vec::new();
        for key in keys {
            if let Some(value) = item.field(key).cloned().or_else(|| default(key)) {
                fields.push((Str::from(*key), value));
            }
        }
        if fields.is_empty() {
            return Err(format!(
                "associative list with keys has an element that omits all key fields {keys:?} (and doesn't have default values for any key fields)"
            ));
        }
        fields.order();
        Ok(Element::Key(fields))
    }
}
