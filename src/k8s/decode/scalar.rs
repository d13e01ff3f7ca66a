//! Single values: what fits which type, and what the two readers say when it does not.

use super::time::canonical;
use super::walk::{Mode, Walk};
use crate::k8s::quantity::Quantity;
use crate::k8s::schema::Type;
use crate::k8s::value::Value;

/// The kind of the Go value that holds a tree.
fn go_kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nil",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int64",
        Value::Number(_) => "float64",
        Value::Str(_) => "string",
        Value::List(_) => "slice",
        Value::Map(_) => "map",
    }
}

/// A number's own text when it is wrong only for a whole type.
fn shown(ty: &Type, value: &Value) -> String {
    match (ty, value) {
        (Type::Int32 | Type::Int64 | Type::IntOrString, Value::Int(_) | Value::Number(_)) => {
            format!("number {value}")
        }
        _ => value.json_type().to_owned(),
    }
}

impl Walk {
    /// Reads a value that is neither struct, list nor map. None when it stays as it is.
    pub(super) fn scalar(
        &mut self,
        ty: &Type,
        named: Option<&str>,
        owner: &str,
        value: &Value,
    ) -> Option<Value> {
        match (ty, value) {
            (Type::Raw, _)
            | (Type::String | Type::IntOrString, Value::Str(_))
            | (Type::Bool, Value::Bool(_))
            | (Type::Int64, Value::Int(_)) => None,
            (Type::Int32 | Type::IntOrString, Value::Int(i)) => self.small(ty, named, owner, *i),
            (Type::Quantity, _) => self.quantity(value),
            (Type::Time | Type::MicroTime, Value::Str(text)) => {
                let micro = *ty == Type::MicroTime;
                self.or_fail(canonical(text, micro), text)
            }
            (Type::Bytes, Value::Str(text)) => self.bytes(text),
            (Type::Time | Type::MicroTime | Type::IntOrString, _) => {
                self.custom(ty, owner, value);
                Some(Value::Null)
            }
            (Type::Int32 | Type::Int64, Value::Number(text)) if self.mode == Mode::Tree => {
                // A float that is whole is taken.
                let whole = text.strip_suffix(".0").and_then(|t| t.parse::<i64>().ok());
                if whole.is_none() {
                    self.mismatch(ty, named, owner, value);
                }
                whole.map(Value::Int).or(Some(Value::Null))
            }
            _ => {
                self.mismatch(ty, named, owner, value);
                Some(Value::Null)
            }
        }
    }

    fn small(&mut self, ty: &Type, named: Option<&str>, owner: &str, i: i64) -> Option<Value> {
        if i32::try_from(i).is_ok() {
            return None;
        }
        match (self.mode, ty) {
            (Mode::Tree, Type::Int32) => {
                // The converter cuts the upper half off.
                #[allow(clippy::cast_possible_truncation)]
                let cut = i as i32;
                Some(Value::from(cut))
            }
            (Mode::Tree | Mode::Json, _) => {
                if *ty == Type::Int32 {
                    self.mismatch(ty, named, owner, &Value::Int(i));
                } else {
                    self.custom(ty, owner, &Value::Int(i));
                }
                Some(Value::Null)
            }
        }
    }

    fn quantity(&mut self, value: &Value) -> Option<Value> {
        let text = match value {
            Value::Str(text) => Quantity::stored_form(text),
            _ => Quantity::read(value).map(|q| q.to_string()),
        };
        self.or_fail(text.map_err(|e| e.to_string()), value.text())
    }

    /// The canonical text when it differs from the one read; an error ends the reading.
    fn or_fail(&mut self, canonical: Result<String, String>, read: &str) -> Option<Value> {
        match canonical {
            Ok(text) if text == read => None,
            Ok(text) => Some(Value::from(text)),
            Err(message) => {
                self.fail(message);
                Some(Value::Null)
            }
        }
    }

    fn bytes(&mut self, text: &str) -> Option<Value> {
        match base64_fault(text) {
            None if text.contains(['\r', '\n']) => {
                Some(Value::from(text.replace(['\r', '\n'], "")))
            }
            None => None,
            Some(at) => {
                let message = format!("illegal base64 data at input byte {at}");
                match self.mode {
                    Mode::Json => self.save(message),
                    Mode::Tree => self.fail(format!("error decoding from json: {message}")),
                }
                Some(Value::Null)
            }
        }
    }

    /// A wrong value for a type that reads its own JSON: the error ends the reading.
    fn custom(&mut self, ty: &Type, owner: &str, value: &Value) {
        let inner = if *ty == Type::IntOrString {
            "int32"
        } else {
            "string"
        };
        let what = shown(ty, value);
        let message = match self.mode {
            Mode::Json => self.place_of(owner, &what, inner),
            Mode::Tree => format!("json: cannot unmarshal {what} into Go value of type {inner}"),
        };
        self.fail(message);
    }

    /// A value of the wrong type.
    pub(super) fn mismatch(&mut self, ty: &Type, named: Option<&str>, owner: &str, value: &Value) {
        let go_type = || named.map_or_else(|| ty.go_type(), qualified);
        match self.mode {
            Mode::Json => {
                let message = self.place_of(owner, &shown(ty, value), &go_type());
                self.save(message);
            }
            Mode::Tree => {
                let kind = go_kind(value);
                let message = match (ty, value) {
                    (Type::Struct(_), _) => format!("cannot restore struct from: {kind}"),
                    (Type::List(_) | Type::Bytes, _) => format!("cannot restore slice from {kind}"),
                    (Type::Map(_), _) => format!("cannot restore map from {kind}"),
                    (Type::String, Value::Int(_))
                    | (Type::Int32 | Type::Int64, Value::Number(_)) => {
                        format!("cannot convert {kind} to {}", go_type())
                    }
                    _ => format!("unrecognized type: {}", ty.go_type()),
                };
                self.fail(message);
            }
        }
    }

    /// `json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool`
    fn place_of(&self, owner: &str, what: &str, go_type: &str) -> String {
        if owner.is_empty() {
            return format!("json: cannot unmarshal {what} into Go value of type {go_type}");
        }
        let chain = self.place.chain();
        format!(
            "json: cannot unmarshal {what} into Go struct field {owner}.{chain} of type {go_type}"
        )
    }
}

/// `Protocol` → `v1.Protocol`; names of other packages and lists are complete already.
fn qualified(name: &str) -> String {
    if name.starts_with('[') || name.contains('.') {
        name.to_owned()
    } else {
        format!("v1.{name}")
    }
}

/// The byte at which a text stops being standard base64.
fn base64_fault(text: &str) -> Option<usize> {
    let mut seen = 0;
    let mut padding = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\r' | b'\n' => {}
            b'=' if seen % 4 >= 2 && padding < 2 => {
                padding += 1;
                seen += 1;
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => seen += 1,
            _ => return Some(at),
        }
    }
    let open = seen % 4;
    (open != 0).then_some(text.len() - if padding > 0 { 0 } else { open })
}

/// Standard base64 with padding.
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| chunk.get(i).map_or(0, |b| usize::from(*b));
        let all = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            if place <= chunk.len() {
                out.push(char::from(LETTERS[all >> (18 - 6 * place) & 63]));
            } else {
                out.push('=');
            }
        }
    }
    out
}
