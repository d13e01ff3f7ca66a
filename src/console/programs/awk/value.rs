//! Values of awk: numbers, texts, and texts that look like numbers.

use super::super::decimal::Decimal;
use std::cmp::Ordering;

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Value {
    /// Never assigned: 0 and the empty text.
    #[default]
    Nothing,
    Number(Decimal),
    Text(String),
    /// From the input: a number where it looks like one.
    Input(String),
}

impl Value {
    pub fn truth(truth: bool) -> Self {
        Value::Number(Decimal::whole(i64::from(truth)))
    }

    pub fn count(n: usize) -> Self {
        Value::Number(Decimal::whole(i64::try_from(n).unwrap_or(i64::MAX)))
    }

    pub fn text(&self) -> String {
        match self {
            Value::Nothing => String::new(),
            Value::Number(n) => n.general(6),
            Value::Text(t) | Value::Input(t) => t.clone(),
        }
    }

    pub fn number(&self) -> Decimal {
        match self {
            Value::Nothing => Decimal::ZERO,
            Value::Number(n) => *n,
            Value::Text(t) | Value::Input(t) => leading(t),
        }
    }

    pub fn is_true(&self) -> bool {
        match self {
            Value::Nothing => false,
            Value::Number(n) => !n.is_zero(),
            Value::Text(t) => !t.is_empty(),
            Value::Input(t) => Decimal::parse(t).map_or(!t.is_empty(), |n| !n.is_zero()),
        }
    }

    /// The number that it counts as in a comparison.
    fn numeric(&self) -> Option<Decimal> {
        match self {
            Value::Nothing => Some(Decimal::ZERO),
            Value::Number(n) => Some(*n),
            Value::Text(_) => None,
            Value::Input(t) => Decimal::parse(t),
        }
    }

    pub fn order(&self, other: &Value) -> Ordering {
        match (self.numeric(), other.numeric()) {
            (Some(a), Some(b)) => a.order(b),
            _ => self.text().cmp(&other.text()),
        }
    }
}

/// The number at the start of a text, `1e3` included.
fn leading(text: &str) -> Decimal {
    let text = text.trim_start_matches([' ', '\t', '\n']);
    let (number, taken) = Decimal::leading(text);
    let after = text[taken..].strip_prefix(['e', 'E']);
    match after.map(Decimal::leading) {
        Some((exponent, n)) if taken > 0 && n > 0 => {
            number.times(Decimal::whole(10).power(exponent.truncated()))
        }
        _ => number,
    }
}
