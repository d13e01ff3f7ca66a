//! The walk over structs, lists and maps. Nothing is copied where nothing changes.

use super::place::Place;
use crate::k8s::schema::{Definition, Field, Type, schema};
use crate::k8s::{Map, Value};

/// Which of the server's two readers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// JSON text into a struct: errors name their place; reading goes on after a wrong type, the first one counts.
    Json,
    /// A tree into a struct: the first error ends it and has no place.
    Tree,
}

/// Strict errors beyond this many are not collected.
const UNKNOWN_LIMIT: usize = 100;

/// Deeper trees are not looked into; no struct is that deep.
const DEPTH_LIMIT: usize = 200;

pub(super) struct Walk {
    pub(super) mode: Mode,
    pub(super) place: Place,
    pub(super) unknown: Vec<String>,
    pub(super) error: Option<String>,
    /// Reading has ended.
    ended: bool,
}

impl Walk {
    pub(super) fn new(mode: Mode) -> Self {
        Self {
            mode,
            place: Place::default(),
            unknown: Vec::new(),
            error: None,
            ended: false,
        }
    }

    /// Steps into a field.
    pub(super) fn at_field(&mut self, embedded: Option<&'static str>, name: &'static str) {
        self.place.field(embedded, name);
    }

    /// Keeps an error unless there is an earlier one; reading goes on.
    pub(super) fn save(&mut self, message: String) {
        self.error.get_or_insert(message);
    }

    /// Ends the reading. Such an error comes before those that were saved.
    pub(super) fn fail(&mut self, message: String) {
        if !self.ended {
            self.ended = true;
            self.error = Some(message);
        }
    }

    /// Reads a value as a type. None: it stays as it is. `named` is the Go name of the type when it has its own,
    /// `owner` the struct whose field this is.
    pub(super) fn value(
        &mut self,
        ty: &Type,
        named: Option<&str>,
        owner: &str,
        value: &Value,
    ) -> Option<Value> {
        if self.ended || self.place.depth() > DEPTH_LIMIT {
            return None;
        }
        match (ty, value) {
            (_, Value::Null) => None,
            (Type::Struct(id), Value::Map(map)) => self.fields(schema().definition(*id), map),
            (Type::List(item), Value::List(items)) => self.items(item, named, owner, items),
            (Type::Map(item), Value::Map(map)) => self.keys(item, owner, map),
            (Type::Struct(_) | Type::List(_) | Type::Map(_), _) => {
                self.mismatch(ty, named, owner, value);
                Some(Value::Null)
            }
            _ => self.scalar(ty, named, owner, value),
        }
    }

    fn fields(&mut self, definition: &'static Definition, map: &Map) -> Option<Value> {
        let mut changes: Vec<(&str, Option<Value>)> = Vec::new();
        let depth = self.place.depth();
        for (key, value) in map.iter() {
            let Some(field) = definition.field(key) else {
                if self.unknown.len() < UNKNOWN_LIMIT && !self.ended {
                    self.unknown.push(self.place.path(key));
                }
                changes.push((key, None));
                continue;
            };
            self.place.field(field.go.embedded, field.name);
            let read = self.value(&field.ty, field.go.named, definition.go_name(), value);
            self.place.back(depth);
            let now = read.as_ref().unwrap_or(value);
            match stored(field, now) {
                Stored::As(other) => changes.push((key, Some(other))),
                Stored::Not => changes.push((key, None)),
                Stored::Same if read.is_some() => changes.push((key, read)),
                Stored::Same => {}
            }
        }
        let missing = definition.always().filter(|f| !map.contains_key(f.name));
        let missing: Vec<_> = missing.map(|f| (f.name, zero(f))).collect();
        if changes.is_empty() && missing.is_empty() {
            return None;
        }
        let mut out = map.clone();
        for (key, change) in changes {
            match change {
                Some(value) => out.insert(crate::k8s::Str::new(key), value),
                None => {
                    out.remove(key);
                }
            }
        }
        for (name, value) in missing {
            out.insert(name, value);
        }
        Some(Value::from(out))
    }

    fn items(
        &mut self,
        item: &Type,
        named: Option<&str>,
        owner: &str,
        items: &[Value],
    ) -> Option<Value> {
        let named = named.and_then(|n| n.strip_prefix("[]"));
        let mut out: Option<Vec<Value>> = None;
        let depth = self.place.depth();
        for (index, value) in items.iter().enumerate() {
            self.place.index(index);
            let read = self.value(item, named, owner, value);
            self.place.back(depth);
            if let Some(new) = settle(item, value, read) {
                out.get_or_insert_with(|| items.to_vec())[index] = new;
            }
        }
        out.map(Value::from)
    }

    fn keys(&mut self, item: &Type, owner: &str, map: &Map) -> Option<Value> {
        let mut out: Option<Map> = None;
        let depth = self.place.depth();
        for (key, value) in map.iter() {
            self.place.key(key);
            let read = self.value(item, None, owner, value);
            self.place.back(depth);
            if let Some(new) = settle(item, value, read) {
                out.get_or_insert_with(|| map.clone())
                    .insert(key.clone(), new);
            }
        }
        out.map(Value::from)
    }
}

/// An element is never absent: null is the zero of its type.
fn settle(ty: &Type, value: &Value, read: Option<Value>) -> Option<Value> {
    if read.as_ref().unwrap_or(value).is_null() {
        let zero = zero_of(ty);
        return (!zero.is_null() || read.is_some()).then_some(zero);
    }
    read
}

/// How a field with a value is kept.
enum Stored {
    Same,
    As(Value),
    Not,
}

fn stored(field: &Field, value: &Value) -> Stored {
    if value.is_null() {
        return if field.always() {
            let zero = zero(field);
            if zero.is_null() {
                Stored::Same
            } else {
                Stored::As(zero)
            }
        } else {
            Stored::Not
        };
    }
    let go = field.go;
    if go.pointer || go.keep || !value.is_empty() {
        return Stored::Same;
    }
    match field.ty {
        Type::Struct(_) | Type::IntOrString | Type::Quantity | Type::Raw if !go.omit_zero => {
            Stored::Same
        }
        Type::Struct(_)
        | Type::IntOrString
        | Type::Quantity
        | Type::Raw
        | Type::List(_)
        | Type::Map(_)
        | Type::String
        | Type::Bytes
        | Type::Bool
        | Type::Int32
        | Type::Int64
        | Type::Time
        | Type::MicroTime => Stored::Not,
    }
}

/// What a field that is always written holds when nobody set it.
fn zero(field: &Field) -> Value {
    if field.go.pointer {
        Value::Null
    } else {
        zero_of(&field.ty)
    }
}

fn zero_of(ty: &Type) -> Value {
    match ty {
        Type::Struct(id) => zero_struct(schema().definition(*id)),
        Type::String => Value::from(""),
        Type::Bool => Value::Bool(false),
        Type::Int32 | Type::Int64 | Type::IntOrString => Value::Int(0),
        Type::Quantity => Value::from("0"),
        Type::List(_) | Type::Map(_) | Type::Bytes | Type::Time | Type::MicroTime | Type::Raw => {
            Value::Null
        }
    }
}

fn zero_struct(definition: &'static Definition) -> Value {
    Value::from(
        definition
            .always()
            .map(|f| (crate::k8s::Str::from(f.name), zero(f)))
            .collect::<Map>(),
    )
}
