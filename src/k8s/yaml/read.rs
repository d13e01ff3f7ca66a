//! One YAML document → Value.
//!
//! The scanner is libyaml's, through serde, which hands over plain and quoted scalars alike as slices of the
//! input; where the slice lies tells them apart. Aliases and tags are serde's business; merge keys, keys
//! that are no strings and the meaning of plain scalars are settled here.

use super::resolve::{self, Resolved};
use crate::k8s::{Map, Str, Value, number};
use serde::de::{self, DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};
use std::fmt;

/// A node as read, before it is known whether it is a key or a value.
pub(super) enum Node {
    Value(Value),
    /// A key that merges the map behind it.
    Merge,
    /// A number that JSON cannot hold.
    NotJson(&'static str),
}

/// Reads nodes of one text.
#[derive(Clone, Copy)]
pub(super) struct Reader<'t> {
    pub text: &'t str,
}

/// Errors of this reader begin so; the sentence after it is complete.
pub(super) const OWN: &str = "\u{1}";

fn own<E: de::Error>(sentence: &str) -> E {
    E::custom(format_args!("{OWN}{sentence}\n"))
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;
    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match deserializer.deserialize_any(self)? {
            Node::Value(value) => Ok(value),
            Node::Merge => Ok(Value::from("<<")),
            Node::NotJson(name) => Err(own(&format!("json: unsupported value: {name}"))),
        }
    }
}

/// Reads a node that may be a key.
struct Key<'t>(Reader<'t>);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Node;
    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self.0)
    }
}

impl Reader<'_> {
    /// The end of the line before a slice of the text.
    fn line_before(&self, slice: &str) -> &str {
        let offset = slice
            .as_ptr()
            .addr()
            .wrapping_sub(self.text.as_ptr().addr());
        // Tags and anchors are short; a line may be the whole text.
        let start = (offset.saturating_sub(200)..=offset).find(|i| self.text.is_char_boundary(*i));
        let before = start.and_then(|start| self.text.get(start..offset));
        before.unwrap_or("").rsplit('\n').next().unwrap_or("")
    }
}

/// True when a scalar behind this part of its line is no plain one: a quote opens it, or a tag makes it text.
fn is_text_behind(line: &str) -> bool {
    if line.ends_with(['"', '\'']) {
        return true;
    }
    let starts =
        |word: &str, mark: char| word.trim_start_matches(['[', '{', ',']).starts_with(mark);
    let mut words = line.split_ascii_whitespace().rev();
    let word = words.next().unwrap_or("");
    starts(word, '!') || (starts(word, '&') && starts(words.next().unwrap_or(""), '!'))
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any YAML node")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Value(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Value(Value::Null))
    }

    fn visit_bool<E>(self, b: bool) -> Result<Node, E> {
        Ok(Node::Value(Value::Bool(b)))
    }

    fn visit_i64<E>(self, i: i64) -> Result<Node, E> {
        Ok(Node::Value(Value::Int(i)))
    }

    fn visit_u64<E>(self, u: u64) -> Result<Node, E> {
        Ok(Node::Value(number::from_json(&u.to_string())))
    }

    fn visit_i128<E>(self, i: i128) -> Result<Node, E> {
        Ok(Node::Value(number::from_json(&i.to_string())))
    }

    fn visit_u128<E>(self, u: u128) -> Result<Node, E> {
        Ok(Node::Value(number::from_json(&u.to_string())))
    }

    fn visit_f64<E>(self, float: f64) -> Result<Node, E> {
        Ok(if float.is_nan() {
            Node::NotJson("NaN")
        } else if float.is_infinite() {
            Node::NotJson(if float > 0.0 { "+Inf" } else { "-Inf" })
        } else {
            Node::Value(number::from_float(float))
        })
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Node, E> {
        if is_text_behind(self.line_before(text)) {
            return Ok(Node::Value(Value::str(text)));
        }
        Ok(match resolve::plain(text) {
            Resolved::Text if text == "<<" => Node::Merge,
            Resolved::Text => Node::Value(Value::str(text)),
            Resolved::Value(value) => Node::Value(value),
            Resolved::NotJson(name) => Node::NotJson(name),
        })
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Value(Value::str(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Node::Value(Value::from(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut fields = Map::new();
        while let Some(key) = map.next_key_seed(Key(self))? {
            match key {
                Node::Merge => {
                    let merged: Value = map.next_value_seed(self)?;
                    merge(&mut fields, &merged).map_err(own)?;
                }
                Node::Value(key) => {
                    let value: Value = map.next_value_seed(self)?;
                    let name = key_name(&key, &value).map_err(|e| own(&e))?;
                    fields.insert(name, value);
                }
                Node::NotJson(name) => {
                    let value: Value = map.next_value_seed(self)?;
                    fields.insert(not_json_key(name), value);
                }
            }
        }
        Ok(Node::Value(Value::from(fields)))
    }

    /// A tag of the document's own: it says nothing, and a scalar behind it is text.
    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Node, A::Error> {
        let (_tag, content) = tagged.variant_seed(TagName)?;
        let node = content.newtype_variant_seed(Key(self))?;
        Ok(match node {
            Node::Value(Value::Null) => Node::Value(Value::from("")),
            Node::Value(scalar @ (Value::Bool(_) | Value::Int(_) | Value::Number(_))) => {
                Node::Value(Value::from(scalar.to_string()))
            }
            Node::Value(value) => Node::Value(value),
            Node::Merge => Node::Value(Value::from("<<")),
            Node::NotJson(name) => Node::Value(Value::from(not_json_key(name))),
        })
    }
}

struct TagName;

impl<'de> DeserializeSeed<'de> for TagName {
    type Value = String;
    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        serde::Deserialize::deserialize(deserializer)
    }
}

/// Copies the fields of a map, or of each map of a list, last one first.
///
/// Upstream: go.yaml.in/yaml/v2 decode.go `merge`.
fn merge(fields: &mut Map, merged: &Value) -> Result<(), &'static str> {
    const WANTED: &str = "yaml: map merge requires map or sequence of maps as the value";
    match merged {
        Value::Map(map) => {
            for (key, value) in map.iter() {
                fields.insert(key.clone(), value.clone());
            }
            Ok(())
        }
        Value::List(items) => {
            for item in items.iter().rev() {
                let Value::Map(map) = item else {
                    return Err(WANTED);
                };
                for (key, value) in map.iter() {
                    fields.insert(key.clone(), value.clone());
                }
            }
            Ok(())
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Str(_) => {
            Err(WANTED)
        }
    }
}

fn not_json_key(name: &str) -> &'static str {
    match name {
        "NaN" => ".nan",
        "+Inf" => ".inf",
        _ => "-.inf",
    }
}

/// The name that a key becomes in JSON.
///
/// Upstream: sigs.k8s.io/yaml `convertToJSONableObject`.
fn key_name(key: &Value, value: &Value) -> Result<Str, String> {
    match key {
        Value::Str(s) => Ok(s.clone()),
        Value::Int(i) => Ok(i.to_string().into()),
        Value::Bool(b) => Ok(Str::from(if *b { "true" } else { "false" })),
        Value::Number(n) => Ok(number::yaml_text(n).into()),
        Value::Null => Err(format!(
            "unsupported map key of type: %!s(<nil>), key: <nil>, value: {}",
            go_syntax(value)
        )),
        Value::List(_) | Value::Map(_) => Err(format!("yaml: invalid map key: {}", go_syntax(key))),
    }
}

/// A tree in Go's own syntax, as the reader prints keys that cannot be.
fn go_syntax(value: &Value) -> String {
    match value {
        Value::Null => "interface {}(nil)".to_owned(),
        Value::Bool(_) | Value::Int(_) => value.to_string(),
        Value::Number(n) => number::yaml_text(n),
        Value::Str(s) => go_quoted(s),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(go_syntax).collect();
            format!("[]interface {{}}{{{}}}", items.join(", "))
        }
        Value::Map(map) => {
            let field = |(k, v): (&Str, &Value)| format!("{}:{}", go_quoted(k), go_syntax(v));
            let fields: Vec<String> = map.iter().map(field).collect();
            format!("map[interface {{}}]interface {{}}{{{}}}", fields.join(", "))
        }
    }
}

fn go_quoted(text: &str) -> String {
    let mut out = String::new();
    crate::k8s::value::write_json_str(&mut out, text).expect("a string takes every text");
    out
}
