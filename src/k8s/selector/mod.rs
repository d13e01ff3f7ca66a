//! Label selectors and field selectors: read from objects, parsed from text, matched and printed.

mod field;
mod parse;

pub use field::{FieldRequirement, FieldSelector};

use super::names::{label_value_errors, qualified_name_errors};
use super::{Str, Value};
use crate::k8s::order::InOrder;
use std::fmt;

/// How a requirement compares a label.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operator {
    /// `k=v` of `matchLabels` or of a text.
    Equals,
    /// `k==v`; differs from [`Operator::Equals`] only in print.
    DoubleEquals,
    NotEquals,
    In,
    NotIn,
    Exists,
    DoesNotExist,
    GreaterThan,
    LessThan,
}

/// One condition on one label.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Requirement {
    key: Str,
    operator: Operator,
    /// Sorted, without doubles.
    values: Vec<Str>,
}

/// All requirements must hold. Without requirements it matches everything.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Selector {
    /// Sorted by key.
    requirements: Vec<Requirement>,
    /// Matches no labels at all: an absent selector, or one with a requirement that cannot be.
    nothing: bool,
}

impl Selector {
    /// Matches every object.
    pub fn everything() -> Self {
        Self::default()
    }

    /// Matches no object.
    pub fn nothing() -> Self {
        Self {
            requirements: Vec::new(),
            nothing: true,
        }
    }

    /// Reads a `LabelSelector`. An absent one (Null) matches nothing, an empty one everything, and one that
    /// breaks the rules nothing.
    ///
    /// Upstream: apimachinery/pkg/apis/meta/v1/helpers.go `LabelSelectorAsSelector`.
    pub fn read(selector: &Value) -> Self {
        if selector.is_null() {
            return Self::nothing();
        }
        let labels = selector.get("matchLabels").fields();
        let equal = labels.map(|(k, v)| Requirement::new(k, Operator::Equals, [v.to_str()]).ok());
        let expressions = selector.get("matchExpressions").items().iter().map(|e| {
            let operator = match e.get("operator").text() {
                "In" => Operator::In,
                "NotIn" => Operator::NotIn,
                "Exists" => Operator::Exists,
                "DoesNotExist" => Operator::DoesNotExist,
                _ => return None,
            };
            let values = e.get("values").items().iter().map(Value::to_str);
            Requirement::new(e.get("key").text(), operator, values).ok()
        });
        equal
            .chain(expressions)
            .collect::<Option<Vec<Requirement>>>()
            .map_or_else(Self::nothing, Self::of)
    }

    /// Requires each field of a map (a Service's selector, `nodeSelector`). An empty map matches everything.
    ///
    /// Upstream: apimachinery/pkg/labels/selector.go `SelectorFromSet`.
    pub fn from_map(labels: &Value) -> Self {
        Self::of(
            labels
                .fields()
                .map(|(key, value)| Requirement {
                    key: key.clone(),
                    operator: Operator::Equals,
                    values: vec![value.to_str()],
                })
                .collect(),
        )
    }

    /// Parses the text of `kubectl -l`; the error is the server's sentence.
    ///
    /// Upstream: apimachinery/pkg/labels/selector.go `Parse`.
    pub fn parse(text: &str) -> Result<Self, String> {
        parse::parse(text).map(Self::of)
    }

    fn of(mut requirements: Vec<Requirement>) -> Self {
        requirements.order_by(|a, b| a.key.cmp(&b.key));
        Self {
            requirements,
            nothing: false,
        }
    }

    pub fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// True when every object matches.
    pub fn is_everything(&self) -> bool {
        !self.nothing && self.requirements.is_empty()
    }

    /// True when no object can match.
    pub fn is_nothing(&self) -> bool {
        self.nothing
    }

    /// Compares with a map of labels (or Null, which is an empty one).
    pub fn matches(&self, labels: &Value) -> bool {
        !self.nothing && self.requirements.iter().all(|r| r.matches(labels))
    }

    /// The printed form of tables: `<none>` when empty.
    ///
    /// Upstream: apimachinery/pkg/apis/meta/v1/helpers.go `FormatLabelSelector`.
    pub fn or_none(&self) -> String {
        if self.requirements.is_empty() {
            "<none>".to_owned()
        } else {
            self.to_string()
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, requirement) in self.requirements.iter().enumerate() {
            if i > 0 {
                f.write_str(",")?;
            }
            write!(f, "{requirement}")?;
        }
        Ok(())
    }
}

impl Requirement {
    /// Checks the parts and builds the requirement; the error is the server's sentence.
    ///
    /// Upstream: apimachinery/pkg/labels/selector.go `NewRequirement`.
    pub fn new(
        key: &str,
        operator: Operator,
        values: impl IntoIterator<Item = Str>,
    ) -> Result<Self, String> {
        let mut values: Vec<Str> = values.into_iter().collect();
        values.order();
        values.dedup();
        let mut errors = Vec::new();
        let key_errors = qualified_name_errors(key);
        if !key_errors.is_empty() {
            errors.push(invalid("key", key, &key_errors.join("; ")));
        }
        errors.extend(operator.count_error(&values));
        if operator.is_comparison() {
            for (i, value) in values.iter().enumerate() {
                if value.parse::<i64>().is_err() {
                    let detail = "for 'Gt', 'Lt' operators, the value must be an integer";
                    errors.push(invalid(&format!("values[{i}]"), value, detail));
                }
            }
        }
        for (i, value) in values.iter().enumerate() {
            let value_errors = label_value_errors(value);
            if !value_errors.is_empty() {
                let path = format!("values[{i}][{key}]");
                errors.push(invalid(&path, value, &value_errors.join("; ")));
            }
        }
        match errors.as_slice() {
            [] => Ok(Self {
                key: Str::new(key),
                operator,
                values,
            }),
            [one] => Err(one.clone()),
            several => Err(format!("[{}]", several.join(", "))),
        }
    }

    pub fn key(&self) -> &Str {
        &self.key
    }

    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// Sorted, without doubles.
    pub fn values(&self) -> &[Str] {
        &self.values
    }

    /// Compares with a map of labels.
    ///
    /// Upstream: apimachinery/pkg/labels/selector.go `Requirement.Matches`.
    pub fn matches(&self, labels: &Value) -> bool {
        self.accepts(labels.field(&self.key).map(Value::text))
    }

    /// Compares with the value of the label, `None` when it is absent.
    pub fn accepts(&self, label: Option<&str>) -> bool {
        let listed = |value: &str| self.values.iter().any(|v| v == value);
        match self.operator {
            Operator::Equals | Operator::DoubleEquals | Operator::In => label.is_some_and(listed),
            Operator::NotEquals | Operator::NotIn => label.is_none_or(|v| !listed(v)),
            Operator::Exists => label.is_some(),
            Operator::DoesNotExist => label.is_none(),
            Operator::GreaterThan | Operator::LessThan => {
                let number = |text: &str| text.parse::<i64>().ok();
                let found = label.and_then(number);
                let limit = self.values.first().and_then(|v| number(v));
                let (Some(found), Some(limit)) = (found, limit) else {
                    return false;
                };
                if self.operator == Operator::GreaterThan {
                    found > limit
                } else {
                    found < limit
                }
            }
        }
    }
}

impl Operator {
    fn is_comparison(self) -> bool {
        matches!(self, Operator::GreaterThan | Operator::LessThan)
    }

    /// The sentence about a wrong number of values.
    fn count_error(self, values: &[Str]) -> Option<String> {
        let detail = match self {
            Operator::In | Operator::NotIn if values.is_empty() => {
                "for 'in', 'notin' operators, values set can't be empty"
            }
            Operator::Equals | Operator::DoubleEquals | Operator::NotEquals
                if values.len() != 1 =>
            {
                "exact-match compatibility requires one single value"
            }
            Operator::Exists | Operator::DoesNotExist if !values.is_empty() => {
                "values set must be empty for exists and does not exist"
            }
            Operator::GreaterThan | Operator::LessThan if values.len() != 1 => {
                "for 'Gt', 'Lt' operators, exactly one value is required"
            }
            Operator::Equals
            | Operator::DoubleEquals
            | Operator::NotEquals
            | Operator::In
            | Operator::NotIn
            | Operator::Exists
            | Operator::DoesNotExist
            | Operator::GreaterThan
            | Operator::LessThan => return None,
        };
        let list: Value = values.iter().map(Value::from).collect();
        Some(format!("values: Invalid value: {list}: {detail}"))
    }
}

fn invalid(path: &str, value: &str, detail: &str) -> String {
    format!("{path}: Invalid value: {}: {detail}", Value::str(value))
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = self.values.join(",");
        let key = &self.key;
        match self.operator {
            Operator::Equals => write!(f, "{key}={joined}"),
            Operator::DoubleEquals => write!(f, "{key}=={joined}"),
            Operator::NotEquals => write!(f, "{key}!={joined}"),
            Operator::In => write!(f, "{key} in ({joined})"),
            Operator::NotIn => write!(f, "{key} notin ({joined})"),
            Operator::Exists => write!(f, "{key}"),
            Operator::DoesNotExist => write!(f, "!{key}"),
            Operator::GreaterThan => write!(f, "{key}>{joined}"),
            Operator::LessThan => write!(f, "{key}<{joined}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn reads_and_prints() {
        let selector = Selector::read(&value!({
            "matchLabels": {"tier": "web", "app": "x"},
            "matchExpressions": [
                {"key": "zone", "operator": "In", "values": ["b", "a"]},
                {"key": "env", "operator": "NotIn", "values": ["dev"]},
                {"key": "gpu", "operator": "Exists"},
                {"key": "old", "operator": "DoesNotExist"},
            ],
        }));
        assert_eq!(
            selector.to_string(),
            "app=x,env notin (dev),gpu,!old,tier=web,zone in (a,b)"
        );
        let mut labels = value!({"app": "x", "tier": "web", "zone": "a", "gpu": ""});
        assert!(selector.matches(&labels));
        labels.set("old", "");
        assert!(!selector.matches(&labels));
    }

    #[test]
    fn empty_absent_and_wrong() {
        let any = value!({"a": "b"});
        assert!(Selector::read(&value!({})).matches(&any));
        assert!(Selector::read(&value!({})).is_everything());
        assert_eq!(Selector::read(&value!({})).or_none(), "<none>");
        assert!(!Selector::read(&Value::Null).matches(&any));
        let wrong = value!({"matchExpressions": [{"key": "a", "operator": "Equal"}]});
        assert!(Selector::read(&wrong).is_nothing());
        let empty_in = value!({"matchExpressions": [{"key": "a", "operator": "In"}]});
        assert!(Selector::read(&empty_in).is_nothing());
        assert!(Selector::from_map(&value!({})).matches(&Value::Null));
        assert!(!Selector::from_map(&value!({"a": "c"})).matches(&any));
    }

    #[test]
    fn absent_labels() {
        for (text, absent, other, equal) in [
            ("a=1", false, false, true),
            ("a!=1", true, true, false),
            ("a in (1)", false, false, true),
            ("a notin (1)", true, true, false),
            ("a", false, true, true),
            ("!a", true, false, false),
            ("a>0", false, true, true),
            ("a>1", false, true, false),
            ("a<2", false, false, true),
        ] {
            let selector = Selector::parse(text).expect(text);
            assert_eq!(selector.matches(&Value::Null), absent, "{text}");
            assert_eq!(selector.matches(&value!({"a": "2"})), other, "{text}");
            assert_eq!(selector.matches(&value!({"a": "1"})), equal, "{text}");
        }
        assert!(
            !Selector::parse("a>1")
                .expect("valid")
                .matches(&value!({"a": "x"}))
        );
    }
}
