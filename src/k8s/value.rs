//! `Value`: a persistent JSON tree. Lists and maps are shared; an edit copies only the path it touches.
//!
//! Numbers that are not whole stay text ([`Value::Number`]), so no float ever reaches a decision.

use super::{Map, Shapes, Str};
use std::sync::Arc;

/// A JSON value. Cloning is cheap; equality is by content.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    /// A number that is not a whole 64-bit one, in the form in which it is printed (`1.5`, `1e+30`).
    Number(Arc<str>),
    Str(Str),
    List(Arc<Vec<Value>>),
    Map(Arc<Map>),
}

/// The elements of a list value.
pub type List = Vec<Value>;

static NULL: Value = Value::Null;

impl Value {
    /// An empty map.
    pub fn map() -> Self {
        Value::Map(Arc::default())
    }

    /// An empty list.
    pub fn list() -> Self {
        Value::List(Arc::default())
    }

    /// A text of any lifetime.
    pub fn str(text: &str) -> Self {
        Value::Str(Str::new(text))
    }

    /// How JSON calls it, as decoders say it.
    pub fn json_type(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Int(_) | Value::Number(_) => "number",
            Value::Str(_) => "string",
            Value::List(_) => "array",
            Value::Map(_) => "object",
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    pub fn as_bool(&self) -> Option<bool> {
        if let Value::Bool(b) = self {
            Some(*b)
        } else {
            None
        }
    }

    pub fn as_i64(&self) -> Option<i64> {
        if let Value::Int(i) = self {
            Some(*i)
        } else {
            None
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        if let Value::Str(s) = self {
            Some(s)
        } else {
            None
        }
    }

    /// The text, or the empty text when this is no string.
    pub fn text(&self) -> &str {
        self.as_str().unwrap_or("")
    }

    /// The shared text, or the empty one when this is no string.
    pub fn to_str(&self) -> Str {
        if let Value::Str(s) = self {
            s.clone()
        } else {
            Str::default()
        }
    }

    pub fn as_list(&self) -> Option<&[Value]> {
        if let Value::List(l) = self {
            Some(l)
        } else {
            None
        }
    }

    pub fn as_map(&self) -> Option<&Map> {
        if let Value::Map(m) = self {
            Some(m)
        } else {
            None
        }
    }

    /// The elements; none when this is no list.
    pub fn items(&self) -> &[Value] {
        self.as_list().unwrap_or(&[])
    }

    /// The fields; none when this is no map.
    pub fn fields(&self) -> impl DoubleEndedIterator<Item = (&Str, &Value)> {
        self.as_map().into_iter().flat_map(Map::iter)
    }

    /// True for Null, an empty text, list or map, `false` and `0`: what JSON's omitempty leaves out.
    pub fn is_empty(&self) -> bool {
        match self {
            Value::Null => true,
            Value::Bool(b) => !b,
            Value::Int(i) => *i == 0,
            Value::Number(_) => false,
            Value::Str(s) => s.is_empty(),
            Value::List(l) => l.is_empty(),
            Value::Map(m) => m.is_empty(),
        }
    }

    /// The field, or Null.
    pub fn get(&self, key: &str) -> &Value {
        self.as_map().and_then(|m| m.get(key)).unwrap_or(&NULL)
    }

    /// The field, if this is a map that has it (even as Null).
    pub fn field(&self, key: &str) -> Option<&Value> {
        self.as_map().and_then(|m| m.get(key))
    }

    /// The value under a path of field names, or Null.
    pub fn at(&self, path: &[&str]) -> &Value {
        path.iter().fold(self, |value, key| value.get(key))
    }

    /// The element, or Null.
    pub fn index(&self, index: usize) -> &Value {
        self.items().get(index).unwrap_or(&NULL)
    }

    /// The fields for editing. A value of another type is replaced by an empty map first.
    pub fn map_mut(&mut self) -> &mut Map {
        if !matches!(self, Value::Map(_)) {
            *self = Value::map();
        }
        match self {
            Value::Map(m) => Arc::make_mut(m),
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Number(_)
            | Value::Str(_)
            | Value::List(_) => unreachable!("made a map above"),
        }
    }

    /// The elements for editing. A value of another type is replaced by an empty list first.
    pub fn list_mut(&mut self) -> &mut List {
        if !matches!(self, Value::List(_)) {
            *self = Value::list();
        }
        match self {
            Value::List(l) => Arc::make_mut(l),
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Number(_)
            | Value::Str(_)
            | Value::Map(_) => unreachable!("made a list above"),
        }
    }

    /// The value under a path for editing; maps on the way are made when absent.
    pub fn at_mut(&mut self, path: &[&'static str]) -> &mut Value {
        path.iter()
            .fold(self, |value, key| value.map_mut().entry(*key))
    }

    /// Sets a field of this map.
    pub fn set(&mut self, key: impl Into<Str>, value: impl Into<Value>) {
        self.map_mut().insert(key, value);
    }

    /// Sets a field. One that says the same already stays shared with other trees.
    pub fn put(&mut self, key: &'static str, value: Value) {
        let place = self.as_map().and_then(|map| map.place(key));
        match (place, self) {
            // What is not there is Null already.
            (None, _) if value.is_null() => {}
            (None, tree) => tree.set(key, value),
            (Some(place), Value::Map(map)) if *map.value(place) == value => {}
            (Some(place), tree) => *tree.map_mut().value_mut(place) = value,
        }
    }

    /// Sets the value under a path; maps on the way are made when absent.
    pub fn set_at(&mut self, path: &[&'static str], value: impl Into<Value>) {
        *self.at_mut(path) = value.into();
    }

    /// Removes a field; nothing happens (and nothing is copied) when it is absent.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        if self.field(key).is_some() {
            self.map_mut().remove(key)
        } else {
            None
        }
    }

    /// Removes the value under a path; nothing is copied when it is absent.
    pub fn remove_at(&mut self, path: &[&'static str]) -> Option<Value> {
        let (last, parents) = path.split_last()?;
        self.at(parents).field(last)?;
        self.at_mut(parents).remove(last)
    }

    /// Adds an element to this list.
    pub fn push(&mut self, value: impl Into<Value>) {
        self.list_mut().push(value.into());
    }

    /// Gives back the room that lists and maps have left over, and shares the names of fields with trees that
    /// were compacted before. What is shared already stays as it is.
    pub fn compact(&mut self, shapes: &mut Shapes) {
        match self {
            Value::List(list) => {
                if let Some(list) = Arc::get_mut(list) {
                    list.shrink_to_fit();
                    for item in list.iter_mut() {
                        item.compact(shapes);
                    }
                }
            }
            Value::Map(map) => {
                if let Some(map) = Arc::get_mut(map) {
                    map.compact(shapes);
                    map.values_mut().for_each(|field| field.compact(shapes));
                }
            }
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Str(_) => {}
        }
    }

    /// True when both are the same shared subtree (no comparison of contents).
    pub fn same(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Map(a), Value::Map(b)) => Arc::ptr_eq(a, b),
            (Value::List(a), Value::List(b)) => Arc::ptr_eq(a, b),
            (Value::Null, Value::Null) => true,
            (
                Value::Null
                | Value::Bool(_)
                | Value::Int(_)
                | Value::Number(_)
                | Value::Str(_)
                | Value::List(_)
                | Value::Map(_),
                _,
            ) => false,
        }
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Value::Bool(b)
    }
}

impl From<i64> for Value {
    fn from(i: i64) -> Self {
        Value::Int(i)
    }
}

impl From<i32> for Value {
    fn from(i: i32) -> Self {
        Value::Int(i64::from(i))
    }
}

impl From<u32> for Value {
    fn from(i: u32) -> Self {
        Value::Int(i64::from(i))
    }
}

impl From<&'static str> for Value {
    fn from(text: &'static str) -> Self {
        Value::Str(Str::from(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Str(Str::from(text))
    }
}

impl From<Str> for Value {
    fn from(text: Str) -> Self {
        Value::Str(text)
    }
}

impl From<&Str> for Value {
    fn from(text: &Str) -> Self {
        Value::Str(text.clone())
    }
}

impl From<&Value> for Value {
    fn from(value: &Value) -> Self {
        value.clone()
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Value::Map(Arc::new(map))
    }
}

impl From<Vec<Value>> for Value {
    fn from(list: Vec<Value>) -> Self {
        Value::List(Arc::new(list))
    }
}

impl FromIterator<Value> for Value {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Self {
        Value::List(Arc::new(items.into_iter().collect()))
    }
}

/// Builds a [`Value`] from JSON-like text: `value!({"a": [1, "x"], "b": expression})`. Field names are
/// literals; values are literals, nested lists and maps, `null`, or any expression that converts.
#[macro_export]
macro_rules! value {
    (null) => { $crate::k8s::Value::Null };
    ([ $($tt:tt)* ]) => { $crate::value_list!([] $($tt)*) };
    ({ $($tt:tt)* }) => { $crate::value_map!([] $($tt)*) };
    ($other:expr) => { $crate::k8s::Value::from($other) };
}

/// Fields of [`value!`]; not for use by itself.
#[doc(hidden)]
#[macro_export]
macro_rules! value_map {
    ([ $($done:expr),* ]) => {
        $crate::k8s::Value::from($crate::k8s::Map::of(&mut [ $($done),* ]))
    };
    ([ $($done:expr),* ] $key:literal : null $(, $($rest:tt)*)?) => {
        $crate::value_map!([ $($done,)* ($key, $crate::k8s::Value::Null) ] $($($rest)*)?)
    };
    ([ $($done:expr),* ] $key:literal : [ $($v:tt)* ] $(, $($rest:tt)*)?) => {
        $crate::value_map!([ $($done,)* ($key, $crate::value!([ $($v)* ])) ] $($($rest)*)?)
    };
    ([ $($done:expr),* ] $key:literal : { $($v:tt)* } $(, $($rest:tt)*)?) => {
        $crate::value_map!([ $($done,)* ($key, $crate::value!({ $($v)* })) ] $($($rest)*)?)
    };
    ([ $($done:expr),* ] $key:literal : $v:expr $(, $($rest:tt)*)?) => {
        $crate::value_map!([ $($done,)* ($key, $crate::k8s::Value::from($v)) ] $($($rest)*)?)
    };
}

/// Elements of [`value!`]; not for use by itself.
#[doc(hidden)]
#[macro_export]
macro_rules! value_list {
    ([ $($done:expr),* ]) => { $crate::k8s::Value::from(vec![ $($done),* ]) };
    ([ $($done:expr),* ] null $(, $($rest:tt)*)?) => {
        $crate::value_list!([ $($done,)* $crate::k8s::Value::Null ] $($($rest)*)?)
    };
    ([ $($done:expr),* ] [ $($v:tt)* ] $(, $($rest:tt)*)?) => {
        $crate::value_list!([ $($done,)* $crate::value!([ $($v)* ]) ] $($($rest)*)?)
    };
    ([ $($done:expr),* ] { $($v:tt)* } $(, $($rest:tt)*)?) => {
        $crate::value_list!([ $($done,)* $crate::value!({ $($v)* }) ] $($($rest)*)?)
    };
    ([ $($done:expr),* ] $v:expr $(, $($rest:tt)*)?) => {
        $crate::value_list!([ $($done,)* $crate::k8s::Value::from($v) ] $($($rest)*)?)
    };
}

/// Compact JSON, fields sorted; for error messages and debugging. Texts are escaped as JSON demands.
impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Null => f.write_str("null"),
            Value::Bool(b) => write!(f, "{b}"),
            Value::Int(i) => write!(f, "{i}"),
            Value::Number(n) => f.write_str(n),
            Value::Str(s) => write_json_str(f, s),
            Value::List(items) => {
                f.write_str("[")?;
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        f.write_str(",")?;
                    }
                    write!(f, "{item}")?;
                }
                f.write_str("]")
            }
            Value::Map(map) => {
                f.write_str("{")?;
                for (i, (key, item)) in map.iter().enumerate() {
                    if i > 0 {
                        f.write_str(",")?;
                    }
                    write_json_str(f, key)?;
                    write!(f, ":{item}")?;
                }
                f.write_str("}")
            }
        }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// Writes a JSON string without HTML escapes (`<`, `>` and `&` stay as they are).
pub fn write_json_str(f: &mut impl std::fmt::Write, text: &str) -> std::fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            '\u{8}' => f.write_str("\\b")?,
            '\u{c}' => f.write_str("\\f")?,
            '\u{2028}' => f.write_str("\\u2028")?,
            '\u{2029}' => f.write_str("\\u2029")?,
            c if (c as u32) < 0x20 => write!(f, "\\u{:04x}", c as u32)?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_is_small() {
        assert!(size_of::<Value>() <= 24);
    }

    #[test]
    fn edit_copies_only_the_path() {
        let a = value!({"spec": {"x": {"deep": [1, 2]}, "y": {"k": "v"}}, "status": null});
        let mut b = a.clone();
        b.set_at(&["spec", "y", "k"], "w");
        assert!(a.at(&["spec", "x"]).same(b.at(&["spec", "x"])));
        assert_eq!(a.at(&["spec", "y", "k"]).text(), "v");
        assert_eq!(
            b.to_string(),
            r#"{"spec":{"x":{"deep":[1,2]},"y":{"k":"w"}},"status":null}"#
        );
        assert_eq!(b.remove_at(&["spec", "y", "k"]), Some("w".into()));
        assert_eq!(b.remove_at(&["spec", "z", "k"]), None);
    }
}
