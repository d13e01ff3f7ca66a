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

/// Largest amount that is counted with; far beyond every resource. Larger ones are cut to it in sums, but stored as
/// they were written.
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
        let canonical = Self::canonical(text)?;
        let text = text.trim();
        let parts = Parts::split(text)?;
        let (scale, _) = interpret(parts.suffix).ok_or(QuantityError::Suffix)?;
        Ok(if parts.looks_canonical(&scale) {
            text.to_owned()
        } else {
            canonical
        })
    }

    /// The canonical form of a text of any length.
    pub fn canonical(text: &str) -> Result<String, QuantityError> {
        let quantity = Self::parse(text)?;
        let parts = Parts::split(text.trim())?;
        let (scale, format) = interpret(parts.suffix).ok_or(QuantityError::Suffix)?;
        let long = parts.of_any_length(&scale, format);
        Ok(long.unwrap_or_else(|| quantity.to_string()))
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

    /// The canonical form of a decimal amount that is too large to count with: texts may have any length.
    fn of_any_length(&self, scale: &Scale, format: Format) -> Option<String> {
        let Scale::Ten(power) = scale else {
            return None;
        };
        let digits = format!("{}{}", self.whole, self.fraction);
        let digits = digits.trim_start_matches('0');
        let number = digits.trim_end_matches('0');
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let zeros = count(digits.len() - number.len());
        let power = i64::from(*power) - count(self.fraction.len()) + zeros;
        if number.is_empty() || count(number.len()) + power <= 28 || power < -9 {
            return None;
        }
        let pad = power.rem_euclid(3);
        let sign = if self.negative { "-" } else { "" };
        let zeros = &"000"[..usize::try_from(pad).unwrap_or(0)];
        let suffix = match (format, power - pad) {
            (_, 0) => String::new(),
            (Format::DecimalExponent, power) => format!("e{power}"),
            (Format::DecimalSi | Format::BinarySi, power) => {
                let mut known = DECIMAL.iter();
                let known = known.find(|(_, p)| i64::from(*p) == power);
                known.map_or(String::new(), |(s, _)| (*s).to_owned())
            }
        };
        Some(format!("{sign}{number}{zeros}{suffix}"))
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
    let power = i32::try_from(power.clamp(-1_000_000, 1_000_000)).ok()?;
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
mod tests;
