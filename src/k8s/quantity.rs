//! Quantities of cpu, memory and other resources: exact arithmetic, parsed and printed as the server does.

use super::Value;
use std::cmp::Ordering;
use std::fmt;

/// How a quantity was written and will be printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    /// `1500m`, `2k`
    #[default]
    DecimalSi,
    /// `1Gi`
    BinarySi,
    /// `1e3`
    DecimalExponent,
}

/// An amount, kept in billionths of its unit. Equality and order look at the amount only.
#[derive(Clone, Copy, Default)]
pub struct Quantity {
    nano: i128,
    format: Format,
    /// The server keeps it as a number of any length, not as a short number and a power of ten. It matters only
    /// beyond 2^63: see [`Quantity::value`].
    long: bool,
}

/// Why a text is no quantity, in the server's words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum QuantityError {
    /// The whole does not have the form of a quantity.
    Format,
    /// The number before the suffix cannot be read.
    Numeric,
    /// The letters after the number are no known suffix.
    Suffix,
}

impl fmt::Display for QuantityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Format => {
                "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
            }
            Self::Numeric => "unable to parse numeric part of quantity",
            Self::Suffix => "unable to parse quantity's suffix",
        })
    }
}

impl std::error::Error for QuantityError {}

/// Billionths in one.
const NANO: i128 = 1_000_000_000;

/// Largest amount of a binary quantity: 2^63 - 1, in billionths; larger ones are cut to it.
const BINARY_MAX: i128 = (i64::MAX as i128) * NANO;

/// Largest amount that is kept at all; far beyond every resource. A power of ten, so that it prints as it is read.
const NANO_MAX: i128 = 10_i128.pow(37);

/// Suffixes of powers of ten.
const DECIMAL: [(&str, i32); 10] = [
    ("n", -9),
    ("u", -6),
    ("m", -3),
    ("", 0),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
];

/// Suffixes of powers of 1024, in order.
const BINARY: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

enum Scale {
    Ten(i32),
    Two(u32),
}

impl Quantity {
    /// A whole number of units.
    pub fn whole(value: i64) -> Self {
        Self::with_format(value, Format::DecimalSi)
    }

    /// A whole number of units, to be printed in a format.
    pub fn with_format(value: i64, format: Format) -> Self {
        Self {
            nano: i128::from(value) * NANO,
            format,
            long: false,
        }
    }

    /// A number of thousandths.
    pub fn milli(value: i64) -> Self {
        Self {
            nano: i128::from(value) * (NANO / 1000),
            format: Format::DecimalSi,
            long: false,
        }
    }

    /// Reads a text. Blanks around it do not count; amounts below a billionth are rounded away from zero.
    ///
    /// Upstream: apimachinery/pkg/api/resource/quantity.go `ParseQuantity`.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(QuantityError::Format);
        }
        let parts = Parts::split(text)?;
        let (scale, format) = interpret(parts.suffix).ok_or(QuantityError::Suffix)?;
        let nano = parts.nano(&scale);
        // A fraction of a byte-like unit prints better in thousandths.
        let format = match format {
            Format::BinarySi if nano > 0 && nano < NANO => Format::DecimalSi,
            Format::BinarySi | Format::DecimalSi | Format::DecimalExponent => format,
        };
        Ok(Self {
            nano: if parts.negative { -nano } else { nano },
            format,
            long: parts.is_long(&scale),
        })
    }

    /// The form in which the server stores a text: most are made canonical, but those that its quick look
    /// takes for canonical stay as they are (`005`, `+5`, `1e+06`).
    ///
    /// Upstream: apimachinery/pkg/api/resource/quantity.go `ParseQuantity`.
    pub fn stored_form(text: &str) -> Result<String, QuantityError> {
        let quantity = Self::parse(text)?;
        let text = text.trim();
        let parts = Parts::split(text)?;
        let (scale, _) = interpret(parts.suffix).ok_or(QuantityError::Suffix)?;
        Ok(if parts.looks_canonical(&scale) {
            text.to_owned()
        } else {
            quantity.to_string()
        })
    }

    /// Reads a field that holds a quantity: a text or a number. Null is none at all, which counts as zero.
    pub fn read(value: &Value) -> Result<Self, QuantityError> {
        match value {
            Value::Null => Ok(Self::default()),
            Value::Int(i) => Ok(Self::whole(*i)),
            Value::Number(n) => Self::parse(n),
            Value::Str(s) => Self::parse(s),
            Value::Bool(_) | Value::List(_) | Value::Map(_) => Err(QuantityError::Format),
        }
    }

    /// Reads a stored field; what does not parse counts as zero (stored objects were validated).
    pub fn of(value: &Value) -> Self {
        Self::read(value).unwrap_or_default()
    }

    pub fn is_zero(self) -> bool {
        self.nano == 0
    }

    pub fn is_negative(self) -> bool {
        self.nano < 0
    }

    pub fn format(self) -> Format {
        self.format
    }

    /// Whole units, rounded away from zero. What 64 bits cannot hold is zero, or keeps its last 64 bits.
    ///
    /// Upstream: apimachinery/pkg/api/resource/quantity.go `ScaledValue`
    pub fn value(self) -> i64 {
        self.in_units_of(NANO)
    }

    /// Thousandths, rounded away from zero, as [`Quantity::value`] does.
    pub fn milli_value(self) -> i64 {
        self.in_units_of(NANO / 1000)
    }

    fn in_units_of(self, unit: i128) -> i64 {
        let whole = div_away(self.nano, unit);
        match i64::try_from(whole) {
            Ok(fits) => fits,
            Err(_) if self.long => {
                let [low @ .., _, _, _, _, _, _, _, _] = whole.to_le_bytes();
                i64::from_le_bytes(low)
            }
            Err(_) => 0,
        }
    }

    /// A sum that a short number cannot hold becomes a long one.
    fn combined(nano: i128, a: Self, b: Self) -> Self {
        Self {
            nano,
            format: if a.is_zero() { b.format } else { a.format },
            long: a.long || b.long || i64::try_from(thousands(nano).0).is_err(),
        }
    }

    /// True when the amount is a whole number of thousandths.
    pub fn is_whole_milli(self) -> bool {
        self.nano % (NANO / 1000) == 0
    }

    /// True when the amount is a whole number of units.
    pub fn is_whole(self) -> bool {
        self.nano % NANO == 0
    }

    /// The same, rounded away from zero to whole thousandths (what the server stores).
    #[must_use]
    pub fn rounded_to_milli(self) -> Self {
        let unit = NANO / 1000;
        Self {
            nano: div_away(self.nano, unit).saturating_mul(unit),
            ..self
        }
    }

    /// True when the amount has thousandths, as the server sees it: amounts of an exbibyte and more often seem to.
    ///
    /// Upstream: pkg/api/pod/warnings.go, `MilliValue` not divisible by 1000
    pub fn seems_fractional(self) -> bool {
        self.milli_value() % 1000 != 0
    }

    /// The sum; a zero takes the format of what is added to it.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self::combined(self.nano.saturating_add(other.nano), self, other)
    }

    /// The difference; a zero takes the format of what is taken from it.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self::combined(self.nano.saturating_sub(other.nano), self, other)
    }
}

/// A text cut into its parts.
struct Parts<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    suffix: &'a str,
}

impl<'a> Parts<'a> {
    fn split(text: &'a str) -> Result<Self, QuantityError> {
        let (negative, rest) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (whole, rest) = digits(rest);
        let (fraction, suffix) = rest.strip_prefix('.').map_or(("", rest), digits);
        let letters = suffix
            .bytes()
            .take_while(|b| b"eEinumkKMGTP".contains(b))
            .count();
        let tail = &suffix[letters..];
        let tail = tail.strip_prefix(['-', '+']).unwrap_or(tail);
        if !tail.bytes().all(|b| b.is_ascii_digit()) {
            return Err(QuantityError::Format);
        }
        Ok(Self {
            negative,
            whole,
            fraction,
            suffix,
        })
    }

    /// The server cannot keep the amount as a short number and a power of ten.
    fn is_long(&self, scale: &Scale) -> bool {
        let digits = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX);
        let whole = match self.whole.trim_start_matches('0') {
            "" => 1,
            whole => digits(whole),
        };
        match scale {
            Scale::Ten(power) => {
                let places = i32::try_from(self.fraction.len()).unwrap_or(i32::MAX);
                whole.saturating_add(digits(self.fraction)) > 18
                    || power.saturating_sub(places) < -9
            }
            Scale::Two(power) => {
                !self.fraction.is_empty() || whole.saturating_add(power * 3 / 10) > 14
            }
        }
    }

    /// The server's quick look at whether a text needs no other form.
    fn looks_canonical(&self, scale: &Scale) -> bool {
        let whole = match self.whole.trim_start_matches('0') {
            "" => "0",
            whole => whole,
        };
        match scale {
            Scale::Ten(power) => {
                let digits = whole.len() + self.fraction.len();
                let places = i32::try_from(self.fraction.len()).unwrap_or(i32::MAX);
                let power = power.saturating_sub(places);
                digits <= 18
                    && power >= -9
                    && power % 3 == 0
                    && !format!("{whole}{}", self.fraction).ends_with("000")
                    && !whole.starts_with('0')
            }
            Scale::Two(power) => {
                let digits = u32::try_from(whole.len()).unwrap_or(u32::MAX);
                let last_digits = &whole[whole.len().saturating_sub(3)..];
                self.fraction.is_empty()
                    && digits.saturating_add(power * 3 / 10) <= 14
                    // The last three digits tell whether 8 divides the number.
                    && last_digits.parse::<u32>().is_ok_and(|n| n % 8 != 0)
            }
        }
    }

    /// The amount without its sign, in billionths, rounded up and cut to the largest amount.
    fn nano(&self, scale: &Scale) -> i128 {
        let digits = format!("{}{}", self.whole, self.fraction);
        let digits = digits.trim_start_matches('0');
        if digits.is_empty() {
            return 0;
        }
        let places = i64::try_from(self.fraction.len()).unwrap_or(i64::MAX);
        let (factor, ten) = match scale {
            Scale::Ten(power) => (1, i64::from(*power) - places + 9),
            Scale::Two(power) => (1_i128 << power, 9 - places),
        };
        // More than 38 digits cannot be kept; only their number still counts.
        let kept = digits.len().min(30);
        let dropped = i64::try_from(digits.len() - kept).unwrap_or(i64::MAX);
        let sticky = digits[kept..].bytes().any(|b| b != b'0');
        let mantissa: i128 = digits[..kept].parse().unwrap_or(NANO_MAX);
        let ten = ten.saturating_add(dropped);
        let Some(product) = mantissa.checked_mul(factor) else {
            return NANO_MAX;
        };
        let nano = if ten >= 0 {
            u32::try_from(ten)
                .ok()
                .and_then(|ten| 10_i128.checked_pow(ten))
                .and_then(|power| product.checked_mul(power))
                .map_or(NANO_MAX, |n| n.saturating_add(i128::from(sticky)))
        } else {
            let power = u32::try_from(-ten)
                .ok()
                .and_then(|ten| 10_i128.checked_pow(ten));
            power.map_or(1, |power| {
                let up = product % power != 0 || sticky;
                product / power + i128::from(up)
            })
        };
        match scale {
            Scale::Ten(_) => nano.min(NANO_MAX),
            Scale::Two(_) => nano.min(BINARY_MAX),
        }
    }
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

fn interpret(suffix: &str) -> Option<(Scale, Format)> {
    if let Some((_, power)) = DECIMAL.iter().find(|(s, _)| *s == suffix) {
        return Some((Scale::Ten(*power), Format::DecimalSi));
    }
    if let Some(i) = BINARY.iter().position(|s| *s == suffix) {
        let power = 10 * (u32::try_from(i).ok()? + 1);
        return Some((Scale::Two(power), Format::BinarySi));
    }
    let exponent = suffix.strip_prefix(['e', 'E'])?;
    let power: i64 = exponent.parse().ok()?;
    // Beyond these every amount is the largest, or rounds to a billionth.
    let power = i32::try_from(power.clamp(-1000, 1000)).ok()?;
    Some((Scale::Ten(power), Format::DecimalExponent))
}

fn div_away(n: i128, d: i128) -> i128 {
    n / d + (n % d).signum()
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.nano == other.nano
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nano.cmp(&other.nano)
    }
}

impl fmt::Debug for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Quantity {
    /// The canonical form: no fraction, the largest suffix that loses nothing.
    ///
    /// Upstream: apimachinery/pkg/api/resource/quantity.go `CanonicalizeBytes`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nano == 0 {
            return f.write_str("0");
        }
        let small = self.nano.abs() < 1024 * NANO;
        match self.format {
            Format::BinarySi if !small && self.is_whole() => {
                let (mut number, mut power) = (self.nano / NANO, 0);
                while number % 1024 == 0 && power < BINARY.len() {
                    number /= 1024;
                    power += 1;
                }
                let suffix = power.checked_sub(1).map_or("", |i| BINARY[i]);
                write!(f, "{number}{suffix}")
            }
            Format::BinarySi | Format::DecimalSi => {
                let (number, power) = thousands(self.nano);
                let suffix = DECIMAL.iter().find(|(_, p)| *p == power);
                write!(f, "{number}{}", suffix.map_or("", |(s, _)| *s))
            }
            Format::DecimalExponent => match thousands(self.nano) {
                (number, 0) => write!(f, "{number}"),
                (number, power) => write!(f, "{number}e{power}"),
            },
        }
    }
}

/// The amount as a number without trailing thousands, and the power of ten it stands for. From 1000E on there
/// is no suffix for the power, and like the server we print none.
fn thousands(nano: i128) -> (i128, i32) {
    let (mut number, mut power) = (nano, -9);
    while number != 0 && number % 1000 == 0 {
        number /= 1000;
        power += 3;
    }
    (number, power)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;
    use proptest::prelude::*;

    fn printed(text: &str) -> String {
        Quantity::parse(text).map_or_else(|e| e.to_string(), |q| q.to_string())
    }

    #[test]
    fn canonical_forms() {
        for (text, want) in [
            ("0", "0"),
            ("0.5", "500m"),
            ("1.5", "1500m"),
            ("1000m", "1"),
            ("2000m", "2"),
            ("100", "100"),
            ("1000", "1k"),
            ("1500", "1500"),
            ("1000000", "1M"),
            ("1024Mi", "1Gi"),
            ("1023Mi", "1023Mi"),
            ("0.5Gi", "512Mi"),
            ("1.5Gi", "1536Mi"),
            ("1Ki", "1Ki"),
            ("0.5Ki", "512"),
            ("0.5Mi", "512Ki"),
            ("1e3", "1e3"),
            ("1e2", "100"),
            ("12e6", "12e6"),
            ("1E", "1E"),
            ("1e+06", "1e6"),
            ("0.1n", "1n"),
            ("0.0001", "100u"),
            ("-1", "-1"),
            ("-0.5Gi", "-512Mi"),
            ("+5", "5"),
            ("005", "5"),
            (".5", "500m"),
            ("5.", "5"),
            ("100E", "100E"),
            ("1000E", "1"),
            ("10Ei", "9223372036854775807"),
            (" 1 ", "1"),
        ] {
            assert_eq!(printed(text), want, "{text}");
        }
    }

    /// Recorded from `kubectl set resources --local`.
    #[test]
    fn stored_forms() {
        let recorded = "0.5|500m 1000m|1 1000|1k 1500|1500 1000000|1M 1024Mi|1Gi 0.5Gi|512Mi 1Ki|1Ki \
            0.5Ki|512 0.1Ki|102400m 1e3|1e3 1e2|100 12e6|12e6 1E|1E 1e+06|1e+06 0.1n|1n 0.0001|100u \
            -0.5Gi|-512Mi +5|+5 005|005 .5|500m 5.|5. 100E|100E 9223372036854775808|9223372036854775808 \
            1e30|1e30 1e-3|1e-3 1.5e0|1500e-3 1E3|1E3 1Ei|1Ei 10Ei|9223372036854775807 \
            7.9Ei|9108079886394091110400m 1.1Mi|1153433600m 1023|1023 Mi|0 .|0 -|0 0Mi|0 0.0|0 -0|0 \
            00|0 0e5|0 1.0|1 1.10|1100m 123456789.123456789|123456789.123456789 \
            123456789.1234567891|123456789123456790n 0.0000000001|1n -0.0000000001|-1n 1500u|1500u \
            1000000n|1m 1000k|1M 1e-1000|1e-9 5n|5n 999999999999999999999|999999999999999999999 \
            1.5Ei|1536Pi 0.001Ki|1024m 0.3Ki|307200m 1025Ki|1025Ki 1048576Ki|1Gi 1000P|1E 999P|999P \
            -1025Ki|-1025Ki 1e18|1e18 1e19|10e18 1500e-3|1500e-3 1.23e1|12300e-3";
        for case in recorded.split_whitespace() {
            let (text, want) = case.split_once('|').expect("a pair");
            assert_eq!(Quantity::stored_form(text).as_deref(), Ok(want), "{text}");
        }
    }

    #[test]
    fn errors() {
        for (text, want) in [
            ("", QuantityError::Format),
            ("lots", QuantityError::Format),
            ("1 Gi", QuantityError::Format),
            ("1,5", QuantityError::Format),
            ("100MB", QuantityError::Format),
            ("1.1.1", QuantityError::Format),
            ("128mi", QuantityError::Suffix),
            ("1K", QuantityError::Suffix),
            ("1i", QuantityError::Suffix),
            ("1e", QuantityError::Suffix),
            ("1m5", QuantityError::Suffix),
        ] {
            assert_eq!(Quantity::parse(text), Err(want), "{text}");
        }
        assert_eq!(
            Quantity::read(&value!(true)).map_err(|e| e.to_string()),
            Err("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'".to_owned())
        );
    }

    #[test]
    fn rounding_and_arithmetic() {
        let q = |text: &str| Quantity::parse(text).expect("a quantity");
        assert_eq!(q("0.1m").milli_value(), 1);
        assert_eq!(q("1500m").value(), 2);
        assert_eq!(q("-1500m").value(), -2);
        assert_eq!(q("0.0001").rounded_to_milli().to_string(), "1m");
        assert_eq!(q("1Gi").plus(q("512Mi")).to_string(), "1536Mi");
        assert_eq!(q("0").plus(q("512Mi")).to_string(), "512Mi");
        assert_eq!(q("2").minus(q("500m")).to_string(), "1500m");
        assert!(q("1024Mi") == q("1Gi") && q("1G") < q("1Gi"));
        assert!(Quantity::of(&value!("x")).is_zero());
        assert_eq!(Quantity::of(&value!(2)).milli_value(), 2000);
    }

    proptest! {
        #[test]
        fn printing_is_stable(text in "[+-]?[0-9]{1,12}(\\.[0-9]{0,6})?(m|u|n|k|M|G|Ki|Mi|Gi|e[0-9]|E-[0-9]|)") {
            let quantity = Quantity::parse(&text).expect("generated as a quantity");
            let again = Quantity::parse(&quantity.to_string()).expect("prints a quantity");
            prop_assert_eq!(quantity, again);
            prop_assert_eq!(quantity.to_string(), again.to_string());
        }

        #[test]
        fn any_text_is_safe(text in "[-+.0-9eEinumkKMGTPx ]{0,60}") {
            let _ = Quantity::parse(&text).map(|q| (q.to_string(), q.value(), q.milli_value()));
        }
    }
}
