//! Simulated time: whole milliseconds. The only notion of time in the library.

use crate::k8s::Timestamp;
use std::fmt;
use std::ops::{Add, Sub};

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct SimTime(u64);

/// A length of time in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct SimSpan(u64);

impl SimTime {
    pub const fn from_millis(ms: u64) -> Self {
        Self(ms)
    }

    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The API timestamp of this moment: seconds, fractions cut.
    pub fn timestamp(self) -> Timestamp {
        Timestamp(i64::try_from(self.0 / 1000).expect("simulated time stays far below 2^63"))
    }

    /// The first moment of a timestamp's second; the epoch for earlier ones.
    pub fn of(timestamp: Timestamp) -> Self {
        Self(u64::try_from(timestamp.0).unwrap_or(0).saturating_mul(1000))
    }

    /// The time since an earlier moment; zero if that is not earlier.
    pub const fn since(self, earlier: SimTime) -> SimSpan {
        SimSpan(self.0.saturating_sub(earlier.0))
    }

    /// RFC 3339 with microseconds, as events.k8s.io and leases print it.
    pub fn micro_time(self) -> String {
        let text = self.timestamp().to_string();
        format!("{}.{:03}000Z", text.trim_end_matches('Z'), self.0 % 1000)
    }
}

impl SimSpan {
    pub const ZERO: SimSpan = SimSpan(0);

    pub const fn from_millis(ms: u64) -> Self {
        Self(ms)
    }

    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Whole seconds, fractions cut.
    pub const fn as_secs(self) -> u64 {
        self.0 / 1000
    }

    pub const fn times(self, factor: u64) -> Self {
        Self(self.0.saturating_mul(factor))
    }
}

impl Add<SimSpan> for SimTime {
    type Output = SimTime;
    fn add(self, span: SimSpan) -> SimTime {
        SimTime(self.0.saturating_add(span.0))
    }
}

impl Sub<SimSpan> for SimTime {
    type Output = SimTime;
    fn sub(self, span: SimSpan) -> SimTime {
        SimTime(self.0.saturating_sub(span.0))
    }
}

impl Add for SimSpan {
    type Output = SimSpan;
    fn add(self, other: SimSpan) -> SimSpan {
        SimSpan(self.0.saturating_add(other.0))
    }
}

/// As Go prints durations: `10s`, `1m20s`, `1h0m5s`, `250ms`, `1.5s`.
impl fmt::Display for SimSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        if self.0 < 1000 {
            return write!(f, "{}ms", self.0);
        }
        let (secs, ms) = (self.0 / 1000, self.0 % 1000);
        let (hours, minutes, seconds) = (secs / 3600, secs / 60 % 60, secs % 60);
        if hours > 0 {
            write!(f, "{hours}h")?;
        }
        if secs >= 60 {
            write!(f, "{minutes}m")?;
        }
        let fraction = format!(".{ms:03}");
        write!(
            f,
            "{seconds}{}s",
            fraction.trim_end_matches('0').trim_end_matches('.')
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_print_as_go_durations() {
        let rows = [
            (0, "0s"),
            (250, "250ms"),
            (1500, "1.5s"),
            (80_000, "1m20s"),
            (300_000, "5m0s"),
        ];
        for (ms, text) in rows {
            assert_eq!(SimSpan::from_millis(ms).to_string(), text);
        }
        assert_eq!(SimSpan::from_millis(3_605_000).to_string(), "1h0m5s");
    }
}
