//! The moments that a schedule names.
//!
//! Upstream: github.com/robfig/cron/v3 `ParseStandard`, `SpecSchedule.Next`

use super::zone::Zone;
use crate::k8s::Timestamp;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A schedule is searched this far ahead.
const HORIZON: i64 = 5 * 366;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// A field: the values that it names, and whether it names all by a star.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Field {
    bits: u64,
    star: bool,
}

impl Field {
    fn has(self, value: u32) -> bool {
        self.bits >> value & 1 == 1
    }
}

/// When something is to happen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Schedule {
    Fields {
        minute: Field,
        hour: Field,
        day: Field,
        month: Field,
        weekday: Field,
        zone: Zone,
    },
    /// Seconds between two runs.
    Every(i64),
}

impl Schedule {
    /// Reads a schedule that the server has accepted.
    pub(super) fn parse(text: &str, zone: Zone) -> Option<Self> {
        let text = match text {
            "@yearly" | "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" | "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            other => other,
        };
        if let Some(every) = text.strip_prefix("@every ") {
            return Some(Self::Every(duration(every)?.max(1)));
        }
        let parts: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = parts[..] else {
            return None;
        };
        Some(Self::Fields {
            minute: field(minute, 0, 59, &[])?,
            hour: field(hour, 0, 23, &[])?,
            day: field(day, 1, 31, &[])?,
            month: field(month, 1, 12, &MONTHS)?,
            weekday: field(weekday, 0, 6, &DAYS)?,
            zone,
        })
    }

    /// The first moment after this one; None if there is none within five years.
    pub(super) fn next(&self, after: Timestamp) -> Option<Timestamp> {
        match self {
            Schedule::Every(seconds) => Some(Timestamp(after.0 + seconds)),
            Schedule::Fields {
                minute, hour, zone, ..
            } => {
                let from = after.0 + zone.offset_at(after) + MINUTE;
                let from = from - from.rem_euclid(MINUTE);
                let first = from.div_euclid(DAY);
                for date in first..first + HORIZON {
                    if !self.names_day(date) {
                        continue;
                    }
                    let start = (from - date * DAY).max(0);
                    let hours = (start / HOUR..24).filter(|h| hour.has(small(*h)));
                    for h in hours {
                        let minutes = (start - h * HOUR).max(0) / MINUTE..60;
                        let mut minutes = minutes.filter(|m| minute.has(small(*m)));
                        if let Some(m) = minutes.next() {
                            let clock = date * DAY + h * HOUR + m * MINUTE;
                            let near = Timestamp(clock - zone.offset_at(after));
                            return Some(Timestamp(clock - zone.offset_at(near)));
                        }
                    }
                }
                None
            }
        }
    }

    /// Days of the month and of the week: both must fit when one is a star, else either.
    fn names_day(&self, date: i64) -> bool {
        let Schedule::Fields {
            day,
            month,
            weekday,
            ..
        } = self
        else {
            return true;
        };
        let civil = Timestamp(date * DAY).civil();
        let (by_day, by_week) = (day.has(civil.day), weekday.has(civil.weekday));
        let fits = if day.star || weekday.star {
            by_day && by_week
        } else {
            by_day || by_week
        };
        month.has(civil.month) && fits
    }
}

fn small(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(0)
}

fn field(text: &str, min: u32, max: u32, names: &[&str]) -> Option<Field> {
    let mut all = Field {
        bits: 0,
        star: false,
    };
    for range in text.split(',').filter(|range| !range.is_empty()) {
        let (ends, step) = range.split_once('/').unwrap_or((range, ""));
        let star = ends == "*" || ends == "?";
        let number = |text: &str| {
            let named = names.iter().position(|n| n.eq_ignore_ascii_case(text));
            let named = named
                .and_then(|at| u32::try_from(at).ok())
                .map(|at| at + min);
            named.or_else(|| text.parse().ok())
        };
        let (low, high) = match ends.split_once('-') {
            _ if star => (min, max),
            Some((low, high)) => (number(low)?, number(high)?),
            // A start alone with a step means from there on.
            None if !step.is_empty() => (number(ends)?, max),
            None => (number(ends)?, number(ends)?),
        };
        let step: u32 = if step.is_empty() {
            1
        } else {
            step.parse().ok()?
        };
        if low > high || high > max || step == 0 {
            return None;
        }
        let mut value = low;
        while value <= high {
            all.bits |= 1 << value;
            value = value.saturating_add(step);
        }
        all.star |= star && step == 1;
    }
    Some(all)
}

/// Whole seconds of `1h30m`.
fn duration(text: &str) -> Option<i64> {
    let mut millis: i64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(digits);
        let (unit, after) = ["ms", "ns", "us", "s", "m", "h"]
            .into_iter()
            .find_map(|unit| Some((unit, tail.strip_prefix(unit)?)))?;
        let scale: i64 = match unit {
            "h" => 3_600_000,
            "m" => 60_000,
            "s" => 1000,
            "ms" => 1,
            _ => 0,
        };
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let whole: i64 = if whole.is_empty() {
            0
        } else {
            whole.parse().ok()?
        };
        let thousandths: i64 = format!("{part:0<3}").get(..3)?.parse().ok()?;
        let part = thousandths.checked_mul(scale)? / 1000;
        millis = millis.checked_add(whole.checked_mul(scale)?.checked_add(part)?)?;
        rest = after;
    }
    Some(millis / 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(schedule: &str, zone: &str, after: &str) -> String {
        let zone = Zone::find(zone).expect("a zone");
        let schedule = Schedule::parse(schedule, zone).expect("a schedule");
        let after = Timestamp::parse(after).expect("a time");
        schedule
            .next(after)
            .map_or("never".to_owned(), |at| at.to_string())
    }

    /// Schedule, zone, a moment, and the next one that is named.
    const CASES: [(&str, &str, &str, &str); 12] = [
        (
            "* * * * *",
            "",
            "2026-11-21T08:54:39Z",
            "2026-11-21T08:55:00Z",
        ),
        (
            "* * * * *",
            "",
            "2026-11-21T08:55:00Z",
            "2026-11-21T08:56:00Z",
        ),
        (
            "*/15 3 * * *",
            "",
            "2026-11-21T03:45:00Z",
            "2026-11-22T03:00:00Z",
        ),
        (
            "0 0 29 2 *",
            "",
            "2026-01-01T00:00:00Z",
            "2028-02-29T00:00:00Z",
        ),
        ("0 0 31 2 *", "", "2026-01-01T00:00:00Z", "never"),
        (
            "30 6 13 * fri",
            "",
            "2026-11-21T00:00:00Z",
            "2026-11-27T06:30:00Z",
        ),
        (
            "30 6 * * MON",
            "",
            "2026-11-21T00:00:00Z",
            "2026-11-23T06:30:00Z",
        ),
        (
            "@monthly",
            "",
            "2026-11-21T00:00:00Z",
            "2026-12-01T00:00:00Z",
        ),
        (
            "@every 1h30m",
            "",
            "2026-11-21T00:00:10Z",
            "2026-11-21T01:30:10Z",
        ),
        (
            "0 12 * * *",
            "Etc/GMT+5",
            "2026-11-21T00:00:00Z",
            "2026-11-21T17:00:00Z",
        ),
        (
            "30 4 * * *",
            "Asia/Shanghai",
            "2026-11-21T00:00:00Z",
            "2026-11-21T20:30:00Z",
        ),
        // The clocks go back between the two moments.
        (
            "0 12 * * *",
            "Europe/Berlin",
            "2026-10-24T10:00:00Z",
            "2026-10-25T11:00:00Z",
        ),
    ];

    #[test]
    fn moments() {
        for (schedule, zone, after, want) in CASES {
            assert_eq!(next(schedule, zone, after), want, "{schedule}");
        }
    }
}
