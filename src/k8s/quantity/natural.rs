//! Natural numbers of any length.

use std::cmp::Ordering;

/// What one group of digits counts up to.
const GROUP: u64 = 1_000_000_000;

/// A number in groups of nine decimal digits, lowest first, without zeros at the top.
#[derive(Clone, PartialEq, Eq, Default)]
pub(super) struct Natural(Vec<u32>);

/// A group's value out of a sum or product, and what is carried.
fn split(n: u64) -> (u32, u64) {
    (u32::try_from(n % GROUP).unwrap_or(0), n / GROUP)
}

impl Natural {
    /// Reads decimal digits.
    pub(super) fn read(digits: &str) -> Self {
        let groups = digits.as_bytes().rchunks(9);
        let group = |g: &[u8]| g.iter().fold(0, |n, d| n * 10 + u32::from(d - b'0'));
        Self(groups.map(group).collect()).trimmed()
    }

    pub(super) fn of(number: u64) -> Self {
        let (low, rest) = split(number);
        let (middle, high) = split(rest);
        Self(vec![low, middle, split(high).0]).trimmed()
    }

    /// The decimal digits; none for zero.
    pub(super) fn digits(&self) -> String {
        let mut out = String::new();
        for group in self.0.iter().rev() {
            out += &if out.is_empty() {
                group.to_string()
            } else {
                format!("{group:09}")
            };
        }
        out
    }

    fn trimmed(mut self) -> Self {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        self
    }

    pub(super) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// What lies below 10^9.
    pub(super) fn low(&self) -> u32 {
        self.0.first().copied().unwrap_or(0)
    }

    /// The number divided by 10^9, rounded down; of a longer one its last 128 bits.
    pub(super) fn high(&self) -> i128 {
        let groups = self.0.iter().skip(1).rev();
        groups.fold(0_i128, |n, group| {
            n.wrapping_mul(i128::from(GROUP))
                .wrapping_add(i128::from(*group))
        })
    }

    /// [`Natural::high`] is exact, even when counted in thousandths.
    pub(super) fn is_short(&self) -> bool {
        self.0.len() <= 4
    }

    /// It has eighteen digits at most.
    pub(super) fn is_few(&self) -> bool {
        self.0.len() <= 2
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        let (mut out, mut carry) = (Vec::new(), 0);
        for i in 0..=self.0.len().max(other.0.len()) {
            let (group, over) = split(self.group(i) + other.group(i) + carry);
            out.push(group);
            carry = over;
        }
        Self(out).trimmed()
    }

    /// The difference to a number that is not larger.
    pub(super) fn minus(&self, other: &Self) -> Self {
        let (mut out, mut borrowed) = (Vec::new(), 0);
        for i in 0..self.0.len() {
            let (group, kept) = split(self.group(i) + GROUP - other.group(i) - borrowed);
            out.push(group);
            borrowed = 1 - kept;
        }
        Self(out).trimmed()
    }

    pub(super) fn times(&self, factor: u32) -> Self {
        let (mut out, mut carry) = (Vec::new(), 0);
        for i in 0..=self.0.len() {
            let (group, over) = split(self.group(i) * u64::from(factor) + carry);
            out.push(group);
            carry = over;
        }
        Self(out).trimmed()
    }

    fn group(&self, i: usize) -> u64 {
        u64::from(self.0.get(i).copied().unwrap_or(0))
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_length = self.0.len().cmp(&other.0.len());
        by_length.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}
