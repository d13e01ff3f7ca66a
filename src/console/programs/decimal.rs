//! Decimal numbers of `awk` and `printf`, exact to nine places: the same everywhere, without floats.

use std::cmp::Ordering;

/// Places after the point.
const PLACES: u32 = 9;
const ONE: i128 = 1_000_000_000;
/// Beyond this a number stays where it is.
const MOST: i128 = i128::MAX / ONE / 4;

/// A number in billionths.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Decimal(i128);

impl Decimal {
    pub const ZERO: Self = Self(0);

    pub fn whole(n: i64) -> Self {
        Self(i128::from(n) * ONE)
    }

    fn kept(billionths: i128) -> Self {
        Self(billionths.clamp(-MOST, MOST))
    }

    /// The number at the start of a text, 0 when there is none, and how many bytes it takes.
    pub fn leading(text: &str) -> (Self, usize) {
        let bytes = text.as_bytes();
        let mut at = usize::from(matches!(bytes.first(), Some(b'-' | b'+')));
        let start = at;
        let mut value: i128 = 0;
        while let Some(digit) = bytes.get(at).filter(|b| b.is_ascii_digit()) {
            value = (value * 10 + i128::from(digit - b'0')).min(MOST / ONE);
            at += 1;
        }
        let mut any = at > start;
        let mut billionths = value * ONE;
        if bytes.get(at) == Some(&b'.')
            && (any || bytes.get(at + 1).is_some_and(u8::is_ascii_digit))
        {
            at += 1;
            let mut worth = ONE / 10;
            while let Some(digit) = bytes.get(at).filter(|b| b.is_ascii_digit()) {
                billionths += worth * i128::from(digit - b'0');
                worth /= 10;
                at += 1;
                any = true;
            }
        }
        if !any {
            return (Self::ZERO, 0);
        }
        let signed = if bytes.first() == Some(&b'-') {
            -billionths
        } else {
            billionths
        };
        (Self::kept(signed), at)
    }

    /// The number that a text is, blanks around it aside.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_matches([' ', '\t', '\n']);
        let (number, taken) = Self::leading(text);
        (taken > 0 && taken == text.len()).then_some(number)
    }

    pub fn plus(self, other: Self) -> Self {
        Self::kept(self.0 + other.0)
    }

    pub fn minus(self, other: Self) -> Self {
        Self::kept(self.0 - other.0)
    }

    pub fn times(self, other: Self) -> Self {
        match self.0.checked_mul(other.0) {
            Some(product) => Self::kept(product / ONE),
            None => Self::kept((self.0 / ONE).saturating_mul(other.0)),
        }
    }

    /// None for a division by zero.
    pub fn over(self, other: Self) -> Option<Self> {
        (other.0 != 0).then(|| Self::kept(self.0.saturating_mul(ONE) / other.0))
    }

    /// What is left of a division; it has the sign of the dividend.
    pub fn rest(self, other: Self) -> Option<Self> {
        (other.0 != 0).then(|| Self(self.0 % other.0))
    }

    /// A power with a whole exponent.
    pub fn power(self, exponent: Self) -> Self {
        let times = exponent.to_i64();
        let mut value = Self::whole(1);
        for _ in 0..times.unsigned_abs().min(200) {
            value = value.times(self);
        }
        if times < 0 {
            Self::whole(1).over(value).unwrap_or_default()
        } else {
            value
        }
    }

    pub fn negated(self) -> Self {
        Self(-self.0)
    }

    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The whole part.
    pub fn truncated(self) -> Self {
        Self(self.0 / ONE * ONE)
    }

    /// The whole part as a number of the machine.
    pub fn to_i64(self) -> i64 {
        i64::try_from(self.0 / ONE).unwrap_or(if self.0 < 0 { i64::MIN } else { i64::MAX })
    }

    /// `%.Nf`
    pub fn fixed(self, places: usize) -> String {
        let places = u32::try_from(places).unwrap_or(PLACES).min(PLACES);
        let unit = 10_i128.pow(PLACES - places);
        let (size, half) = (self.0.abs(), unit / 2);
        let (mut n, left) = (size / unit, size % unit);
        // Ties go to the even digit.
        if left > half || (left == half && half > 0 && n % 2 == 1) {
            n += 1;
        }
        let scale = 10_i128.pow(places);
        let sign = if self.0 < 0 && n != 0 { "-" } else { "" };
        let whole = n / scale;
        if places == 0 {
            format!("{sign}{whole}")
        } else {
            let width = places as usize;
            format!("{sign}{whole}.{:0width$}", n % scale)
        }
    }

    /// `%g` with so many digits; whole numbers are printed in full.
    pub fn general(self, digits: usize) -> String {
        if self.0 % ONE == 0 {
            return (self.0 / ONE).to_string();
        }
        let whole = (self.0.abs() / ONE).to_string();
        let before = if whole == "0" { 0 } else { whole.len() };
        let mut places = digits.max(1).saturating_sub(before);
        if before == 0 {
            // Zeros right behind the point are no digits.
            let fraction = format!("{:09}", self.0.abs());
            places += fraction.len() - fraction.trim_start_matches('0').len();
        }
        let text = self.fixed(places);
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        }
    }

    pub fn order(self, other: Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn numbers_are_read_and_printed() {
        let rows = [
            ("12", "12", "12.00"),
            ("-0.5", "-0.5", "-0.50"),
            ("3.14159265", "3.14159", "3.14"),
            ("0.000125", "0.000125", "0.00"),
            ("66.6666666666", "66.6667", "66.67"),
            ("1000000.5", "1000000", "1000000.50"),
            (".5", "0.5", "0.50"),
        ];
        for (text, general, fixed) in rows {
            assert_eq!(number(text).general(6), general, "{text}");
            assert_eq!(number(text).fixed(2), fixed, "{text}");
        }
        assert_eq!(Decimal::leading("250m"), (Decimal::whole(250), 3));
        assert_eq!(Decimal::parse("1e"), None);
        assert_eq!(Decimal::parse("-"), None);
    }

    #[test]
    fn arithmetic_never_overflows() {
        let big = Decimal::parse("99999999999999999999999999").unwrap();
        assert!(big.times(big) >= big);
        assert!(big.times(big.negated()) <= big.negated());
        assert!(big.power(big) >= Decimal::ZERO);
        assert_eq!(number("7").over(number("2")), Some(number("3.5")));
        assert_eq!(number("7").over(Decimal::ZERO), None);
        assert_eq!(number("-7").rest(number("3")), Some(number("-1")));
    }
}
