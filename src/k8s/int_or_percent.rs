//! Numbers that may be written as a percentage of a total: `maxUnavailable`, `maxSurge`, `minAvailable`.

use super::Value;

/// A whole number or a percentage.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IntOrPercent {
    Int(i64),
    Percent(i64),
}

/// What happens to a percentage of a total that is not whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rounding {
    Up,
    Down,
}

impl IntOrPercent {
    /// Reads a number or a text such as `25%`; `None` for anything else.
    pub fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Int(i) => Some(Self::Int(*i)),
            Value::Str(text) => Self::parse_percent(text).map(Self::Percent),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Map(_) => {
                None
            }
        }
    }

    fn parse_percent(text: &str) -> Option<i64> {
        text.strip_suffix('%')?.parse().ok()
    }

    /// The number itself, or the percentage of `total`.
    ///
    /// Upstream: apimachinery/pkg/util/intstr/intstr.go `GetScaledValueFromIntOrPercent`.
    pub fn scaled(self, total: i64, rounding: Rounding) -> i64 {
        match self {
            Self::Int(i) => i,
            Self::Percent(percent) => {
                let product = i128::from(percent) * i128::from(total);
                let floor = product.div_euclid(100);
                let whole = match rounding {
                    Rounding::Down => floor,
                    Rounding::Up => floor + i128::from(product.rem_euclid(100) != 0),
                };
                i64::try_from(whole).unwrap_or(if whole < 0 { i64::MIN } else { i64::MAX })
            }
        }
    }
}

/// Reads and scales in one step; `None` when the value is neither a number nor a percentage.
pub fn scaled_value(value: &Value, total: i64, rounding: Rounding) -> Option<i64> {
    IntOrPercent::read(value).map(|v| v.scaled(total, rounding))
}

/// Why a text is no percentage, in the words of the server: digits and one `%`, nothing else.
///
/// Upstream: apimachinery/pkg/util/validation/validation.go `IsValidPercent`.
pub fn percent_errors(text: &str) -> Vec<String> {
    let digits = text.strip_suffix('%').unwrap_or("");
    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        return Vec::new();
    }
    vec![super::names::regex_error(
        "a valid percent string must be a numeric string followed by an ending '%'",
        "[0-9]+%",
        &["1%", "93%"],
    )]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;
    use proptest::prelude::*;

    #[test]
    fn scales() {
        for (text, total, up, down) in [
            ("25%", 4, 1, 1),
            ("10%", 5, 1, 0),
            ("50%", 5, 3, 2),
            ("0%", 5, 0, 0),
            ("100%", 3, 3, 3),
            ("1%", 1, 1, 0),
            ("34%", 3, 2, 1),
        ] {
            let value = Value::str(text);
            assert_eq!(
                scaled_value(&value, total, Rounding::Up),
                Some(up),
                "{text}"
            );
            assert_eq!(
                scaled_value(&value, total, Rounding::Down),
                Some(down),
                "{text}"
            );
        }
        assert_eq!(scaled_value(&value!(3), 100, Rounding::Up), Some(3));
        assert_eq!(scaled_value(&value!("3"), 100, Rounding::Up), None);
        assert_eq!(scaled_value(&Value::Null, 100, Rounding::Up), None);
    }

    #[test]
    fn syntax() {
        assert!(percent_errors("007%").is_empty());
        for bad in ["", "%", "5", "-5%", "+5%", "5%%", " 5%", "5.5%"] {
            assert_eq!(
                percent_errors(bad),
                [
                    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
                ]
            );
        }
    }

    proptest! {
        #[test]
        fn rounding_brackets_the_exact_share(percent in 0i64..=200, total in 0i64..5000) {
            let share = IntOrPercent::Percent(percent);
            let (up, down) = (share.scaled(total, Rounding::Up), share.scaled(total, Rounding::Down));
            // Counting step by step instead of dividing.
            let plain_down = (0..=2 * total).take_while(|n| n * 100 <= percent * total).last();
            prop_assert_eq!(Some(down), plain_down);
            prop_assert_eq!(up, down + i64::from(down * 100 != percent * total));
        }
    }
}
