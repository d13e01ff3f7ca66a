//! Quantities of cpu, memory and other resources: exact arithmetic, parsed and printed as the server does.

mod natural;

use super::Value;
use natural::Natural;
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

/// An amount, kept in billionths of its unit, however large. Equality and order look at the amount only.
#[derive(Clone, Default)]
pub struct Quantity {
    nano: Natural,
    negative: bool,
    format: Format,
    /// The server keeps it as a number of any length, not as a short number and a power of ten. It matters only
    /// beyond 2^63: see [`Quantity::value`].
    long: bool,
    /// What was read, when it is printed like that though it is not the canonical form.
    text: Option<Box<str>>,
}

/// Why a text is no quantity, in the server's words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum QuantityError {
    /// The whole does not have the form of a quantity.
    Format,
    /// The letters after the number are no known suffix.
    Suffix,
}

impl fmt::Display for QuantityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Format => {
                "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
            }
            Self::Suffix => "unable to parse quantity's suffix",
        })
    }
}

impl std::error::Error for QuantityError {}

/// Billionths in a thousandth.
const MILLI: u32 = 1_000_000;

/// Largest amount of a binary quantity: 2^63 - 1, in billionths; larger ones are cut to it.
const BINARY_MAX: &str = "9223372036854775807000000000";

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
        let nano = Natural::read(&format!("{}000000000", value.unsigned_abs()));
        Self::of_parts(nano, value < 0, format)
    }

    /// A number of thousandths.
    pub fn milli(value: i64) -> Self {
        let nano = Natural::read(&format!("{}000000", value.unsigned_abs()));
        Self::of_parts(nano, value < 0, Format::DecimalSi)
    }

    fn of_parts(nano: Natural, negative: bool, format: Format) -> Self {
        Self {
            negative: negative && !nano.is_zero(),
            nano,
            format,
            ..Self::default()
        }
    }

    /// Reads a text. Blanks around it do not count; amounts below a billionth are rounded away from zero. Most are
    /// printed in their canonical form, but those that the server's quick look takes for canonical stay as they are
    /// (`005`, `+5`, `1e+06`).
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
            Format::BinarySi if nano.high() == 0 && !nano.is_zero() => Format::DecimalSi,
            Format::BinarySi | Format::DecimalSi | Format::DecimalExponent => format,
        };
        let unusual = |byte| matches!(byte, b'.' | b'e' | b'E');
        let plain = !text.starts_with(['0', '+']) && !text.bytes().any(unusual);
        Ok(Self {
            long: parts.is_long(&scale),
            text: (!plain && parts.looks_canonical(&scale)).then(|| text.into()),
            ..Self::of_parts(nano, parts.negative, format)
        })
    }

    /// The form in which the server stores a text.
    pub fn stored_form(text: &str) -> Result<String, QuantityError> {
        Ok(Self::parse(text)?.to_string())
    }

    /// The same, printed in its canonical form.
    #[must_use]
    pub fn canonical(self) -> Self {
        Self { text: None, ..self }
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

    pub fn is_zero(&self) -> bool {
        self.nano.is_zero()
    }

    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// Whole units, rounded away from zero. What 64 bits cannot hold is zero, or keeps its last 64 bits.
    ///
    /// Upstream: apimachinery/pkg/api/resource/quantity.go `ScaledValue`
    pub fn value(&self) -> i64 {
        self.in_parts(1)
    }

    /// Thousandths, rounded away from zero, as [`Quantity::value`] does.
    pub fn milli_value(&self) -> i64 {
        self.in_parts(1000)
    }

    fn in_parts(&self, parts: u32) -> i64 {
        let low = self.nano.low().div_ceil(1_000_000_000 / parts);
        let whole = self.nano.high().wrapping_mul(i128::from(parts));
        let whole = whole.wrapping_add(i128::from(low));
        let whole = if self.negative {
            whole.wrapping_neg()
        } else {
            whole
        };
        match i64::try_from(whole) {
            Ok(fits) if self.nano.is_short() => fits,
            Ok(_) | Err(_) if self.long => {
                let [low @ .., _, _, _, _, _, _, _, _] = whole.to_le_bytes();
                i64::from_le_bytes(low)
            }
            Ok(_) | Err(_) => 0,
        }
    }

    /// True when the amount is a whole number of units.
    pub fn is_whole(&self) -> bool {
        self.nano.low() == 0
    }

    /// The same, rounded away from zero to whole thousandths (what the server stores).
    #[must_use]
    pub fn rounded_to_milli(&self) -> Self {
        let rest = self.nano.low() % MILLI;
        let mut out = self.clone();
        if rest > 0 {
            out.text = None;
            let missing = Natural::read(&(MILLI - rest).to_string());
            out.nano = out.nano.plus(&missing);
        }
        out
    }

    /// True when the amount has thousandths, as the server sees it: amounts of an exbibyte and more often seem to.
    ///
    /// Upstream: pkg/api/pod/warnings.go, `MilliValue` not divisible by 1000
    pub fn seems_fractional(&self) -> bool {
        self.milli_value() % 1000 != 0
    }

    /// The sum; a zero takes the format of what is added to it.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        self.combined(other, other.negative)
    }

    /// The difference; a zero takes the format of what is taken from it.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        self.combined(other, !other.negative)
    }

    /// The sum with an amount of that sign. One that a short number cannot hold becomes a long one.
    fn combined(&self, other: &Self, negative: bool) -> Self {
        let (a, b) = (&self.nano, &other.nano);
        let (nano, negative) = if self.negative == negative {
            (a.plus(b), negative)
        } else if a < b {
            (b.minus(a), negative)
        } else {
            (a.minus(b), self.negative)
        };
        let format = if self.is_zero() { other } else { self }.format;
        let long =
            self.long || other.long || !nano.is_few() && thousands(&nano).0.parse::<i64>().is_err();
        Self {
            long,
            ..Self::of_parts(nano, negative, format)
        }
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

    /// The amount without its sign, in billionths, rounded up; a binary one is cut to the largest.
    fn nano(&self, scale: &Scale) -> Natural {
        self.short_nano(scale)
            .map_or_else(|| self.long_nano(scale), Natural::of)
    }

    /// The same of most amounts, which have no fraction and are not large.
    fn short_nano(&self, scale: &Scale) -> Option<u64> {
        let whole: u64 = self.whole.parse().ok()?;
        let (shift, power) = match scale {
            Scale::Ten(power) => (0, power.checked_add(9)?),
            Scale::Two(power) => (*power, 9),
        };
        let factor = 10_u64.checked_pow(u32::try_from(power).ok()?)?;
        let nano = whole.checked_mul(1 << shift)?.checked_mul(factor)?;
        self.fraction.is_empty().then_some(nano)
    }

    fn long_nano(&self, scale: &Scale) -> Natural {
        let mut digits = format!("{}{}", self.whole, self.fraction);
        let mut shift = 9 - i64::try_from(self.fraction.len()).unwrap_or(i64::MAX);
        match scale {
            Scale::Ten(power) => shift += i64::from(*power),
            Scale::Two(power) => {
                let mut number = Natural::read(&digits);
                for _ in 0..power / 10 {
                    number = number.times(1024);
                }
                digits = number.digits();
            }
        }
        let places = usize::try_from(shift.unsigned_abs()).unwrap_or(usize::MAX);
        let nano = if digits.bytes().all(|d| d == b'0') {
            Natural::default()
        } else if shift >= 0 {
            digits.extend(std::iter::repeat_n('0', places));
            Natural::read(&digits)
        } else {
            let rest = digits.split_off(digits.len().saturating_sub(places));
            let up = if rest.bytes().any(|d| d != b'0') {
                "1"
            } else {
                ""
            };
            Natural::read(&digits).plus(&Natural::read(up))
        };
        match scale {
            Scale::Ten(_) => nano,
            Scale::Two(_) => nano.min(Natural::read(BINARY_MAX)),
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
    // A bound for what is counted with.
    let power = i32::try_from(power.clamp(-1_000_000, 1_000_000)).ok()?;
    Some((Scale::Ten(power), Format::DecimalExponent))
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
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
        match (self.negative, other.negative) {
            (false, false) => self.nano.cmp(&other.nano),
            (true, true) => other.nano.cmp(&self.nano),
            (mine, theirs) => theirs.cmp(&mine),
        }
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
        if let Some(text) = &self.text {
            return f.write_str(text);
        }
        if self.is_zero() {
            return f.write_str("0");
        }
        if self.negative {
            f.write_str("-")?;
        }
        let whole = self.nano.high();
        let exact = self.is_whole() && self.nano.is_short();
        if self.format == Format::BinarySi && exact && whole >= 1024 {
            let (mut number, mut power) = (whole, 0);
            while number % 1024 == 0 && power < BINARY.len() {
                number /= 1024;
                power += 1;
            }
            let suffix = power.checked_sub(1).map_or("", |i| BINARY[i]);
            return write!(f, "{number}{suffix}");
        }
        let (number, power) = thousands(&self.nano);
        f.write_str(&number)?;
        match self.format {
            Format::BinarySi | Format::DecimalSi => {
                let suffix = DECIMAL.iter().find(|(_, p)| *p == power);
                f.write_str(suffix.map_or("", |(s, _)| *s))
            }
            Format::DecimalExponent if power == 0 => Ok(()),
            Format::DecimalExponent => write!(f, "e{power}"),
        }
    }
}

/// The amount as a number without trailing thousands, and the power of ten it stands for. From 1000E on there
/// is no suffix for the power, and like the server we print none.
fn thousands(nano: &Natural) -> (String, i32) {
    let mut digits = nano.digits();
    let zeros = digits.len() - digits.trim_end_matches('0').len();
    let zeros = zeros - zeros % 3;
    digits.truncate(digits.len() - zeros);
    (
        digits,
        i32::try_from(zeros).unwrap_or(i32::MAX).saturating_sub(9),
    )
}

#[cfg(test)]
mod tests;
