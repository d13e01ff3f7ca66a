//! The text of a pod template that the real controllers hash: the Go structures with all their fields and types.
//!
//! Upstream: k8s.io/utils/dump `ForHash`.

use crate::k8s::Value;
use crate::k8s::ordered::BTreeMap;
use crate::k8s::quantity::Quantity;
use std::fmt::{Result, Write};
use std::sync::OnceLock;

/// Each structure's fields.
type Layout = BTreeMap<&'static str, &'static str>;

/// What the layout has instead of fields for a type that is a text.
const TEXT: &str = "-";
const NO_TIME: &str = "{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}";

/// Writes a value with its type in front.
pub fn typed(w: &mut impl Write, ty: &str, value: &Value) -> Result {
    write!(w, "({ty})")?;
    bare(w, ty, value)
}

/// The same for a type that the layout names by its group, since `v1` is the package of all of them.
pub fn versioned(w: &mut impl Write, ty: &str, value: &Value) -> Result {
    let (_, name) = ty.split_once('.').unwrap_or(("", ty));
    write!(w, "(v1.{name})")?;
    bare(w, ty, value)
}

fn bare(w: &mut impl Write, ty: &str, value: &Value) -> Result {
    if let Some(inner) = ty.strip_prefix('*') {
        return if value.is_null() {
            w.write_str("<nil>")
        } else {
            bare(w, inner, value)
        };
    }
    if let Some(inner) = ty.strip_prefix("[]") {
        return list(w, inner, value.items());
    }
    match ty {
        "map[string]string" => map(w, "string", value),
        "v1.ResourceList" => map(w, "resource.Quantity", value),
        "resource.Quantity" => quantity(w, value),
        "v1.Time" => w.write_str(NO_TIME),
        "intstr.IntOrString" => int_or_string(w, value),
        "bool" => write!(w, "{}", value.as_bool().unwrap_or(false)),
        "int32" | "int64" => write!(w, "{}", value.as_i64().unwrap_or(0)),
        _ => match fields(ty) {
            Some(fields) => structure(w, fields, value),
            None => w.write_str(value.text()),
        },
    }
}

fn list(w: &mut impl Write, ty: &str, items: &[Value]) -> Result {
    if items.is_empty() {
        return w.write_str("<nil>");
    }
    for (i, item) in items.iter().enumerate() {
        w.write_str(if i == 0 { "[" } else { " " })?;
        bare(w, ty, item)?;
    }
    w.write_char(']')
}

fn map(w: &mut impl Write, ty: &str, value: &Value) -> Result {
    if value.is_empty() {
        return w.write_str("<nil>");
    }
    for (i, (key, value)) in value.fields().enumerate() {
        write!(w, "{}{key}:", if i == 0 { "map[" } else { " " })?;
        bare(w, ty, value)?;
    }
    w.write_char(']')
}

/// The fields of a structure as the layout has them; None when it is a plain text type.
fn fields(ty: &str) -> Option<&'static str> {
    static COMMON: OnceLock<Layout> = OnceLock::new();
    static RARER: OnceLock<Layout> = OnceLock::new();
    let common = COMMON.get_or_init(|| layout(include_str!("layout.txt")));
    let rarer = || RARER.get_or_init(|| layout(include_str!("layout-rarer.txt")));
    let found = common.get(ty).or_else(|| rarer().get(ty));
    found.copied().filter(|fields| *fields != TEXT)
}

fn layout(text: &'static str) -> Layout {
    text.lines().filter_map(|l| l.split_once(' ')).collect()
}

fn structure(w: &mut impl Write, fields: &str, value: &Value) -> Result {
    w.write_char('{')?;
    for (i, field) in fields.split(' ').enumerate() {
        let (name, ty) = field.split_once(':').unwrap_or((field, "string"));
        let (name, json) = name.split_once('=').unwrap_or((name, ""));
        write!(w, "{}{name}:", if i == 0 { "" } else { " " })?;
        match json {
            "+" => typed(w, ty, value)?,
            "" => typed(w, ty, value.get(&small_first(name)))?,
            json => typed(w, ty, value.get(json))?,
        }
    }
    w.write_char('}')
}

fn small_first(name: &str) -> String {
    let mut text = name.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    text
}

fn int_or_string(w: &mut impl Write, value: &Value) -> Result {
    let (kind, number) = match value.as_i64() {
        Some(number) => (0, number),
        None => (i32::from(!value.is_null()), 0),
    };
    let text = value.as_str().unwrap_or("");
    write!(
        w,
        "{{Type:(intstr.Type){kind} IntVal:(int32){number} StrVal:(string){text}}}"
    )
}

/// A quantity as it is after its canonical text was parsed: number and power of ten, and the text where the
/// parser keeps it.
///
/// Upstream: apimachinery/pkg/api/resource/quantity.go `ParseQuantity`.
fn quantity(w: &mut impl Write, value: &Value) -> Result {
    let text = Quantity::of(value).canonical().to_string();
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '-')
        .unwrap_or(text.len());
    let (digits, suffix) = text.split_at(end);
    let number: i64 = digits.parse().unwrap_or(0);
    let (factor, scale, format) = match suffix {
        "Ki" => (1 << 10, 0, "BinarySI"),
        "Mi" => (1 << 20, 0, "BinarySI"),
        "Gi" => (1 << 30, 0, "BinarySI"),
        "Ti" => (1 << 40, 0, "BinarySI"),
        "Pi" => (1 << 50, 0, "BinarySI"),
        "Ei" => (1 << 60, 0, "BinarySI"),
        "n" => (1, -9, "DecimalSI"),
        "u" => (1, -6, "DecimalSI"),
        "m" => (1, -3, "DecimalSI"),
        "k" => (1, 3, "DecimalSI"),
        "M" => (1, 6, "DecimalSI"),
        "G" => (1, 9, "DecimalSI"),
        "T" => (1, 12, "DecimalSI"),
        "P" => (1, 15, "DecimalSI"),
        "E" => (1, 18, "DecimalSI"),
        exponent => match exponent.strip_prefix('e') {
            Some(power) => (1, power.parse().unwrap_or(0), "DecimalExponent"),
            None => (1, 0, "DecimalSI"),
        },
    };
    let kept = format != "BinarySI" || number & 7 != 0;
    write!(
        w,
        "{{i:(resource.int64Amount){{value:(int64){} scale:(resource.Scale){scale}}} \
         d:(resource.infDecAmount){{Dec:(*inf.Dec)<nil>}} s:(string){} \
         Format:(resource.Format){format}}}",
        number.saturating_mul(factor),
        if kept { text.as_str() } else { "" },
    )
}
