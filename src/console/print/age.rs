//! Ages as tables print them.
//!
//! Upstream: apimachinery/pkg/util/duration/duration.go `HumanDuration`.

use crate::cluster::SimTime;
use crate::k8s::Timestamp;

/// The time since a timestamp.
pub fn since(at: Timestamp, now: SimTime) -> String {
    let now = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
    human(now - at.0.saturating_mul(1000))
}

/// The time between two timestamps.
pub fn between(from: Timestamp, to: Timestamp) -> String {
    human((to.0 - from.0).saturating_mul(1000))
}

/// A length of time in milliseconds.
pub fn human(millis: i64) -> String {
    let seconds = millis / 1000;
    if seconds < -1 {
        return "<invalid>".to_owned();
    }
    if seconds < 0 {
        return "0s".to_owned();
    }
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    let two = |a: i64, unit: &str, b: i64, small: &str| {
        if b == 0 {
            format!("{a}{unit}")
        } else {
            format!("{a}{unit}{b}{small}")
        }
    };
    if seconds < 120 {
        format!("{seconds}s")
    } else if minutes < 10 {
        two(minutes, "m", seconds % 60, "s")
    } else if minutes < 180 {
        format!("{minutes}m")
    } else if hours < 8 {
        two(hours, "h", minutes % 60, "m")
    } else if hours < 48 {
        format!("{hours}h")
    } else if hours < 24 * 8 {
        two(hours / 24, "d", hours % 24, "h")
    } else if hours < 24 * 365 * 2 {
        format!("{}d", hours / 24)
    } else if hours < 24 * 365 * 8 {
        two(hours / 24 / 365, "y", hours / 24 % 365, "d")
    } else {
        format!("{}y", hours / 24 / 365)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_as_kubectl_prints_them() {
        let (m, h, d) = (60, 3600, 86_400);
        let rows = [
            (-2, "<invalid>"),
            (-1, "0s"),
            (0, "0s"),
            (119, "119s"),
            (2 * m, "2m"),
            (2 * m + 1, "2m1s"),
            (9 * m + 59, "9m59s"),
            (10 * m + 59, "10m"),
            (179 * m, "179m"),
            (3 * h, "3h"),
            (7 * h + 59 * m, "7h59m"),
            (8 * h + 59 * m, "8h"),
            (47 * h, "47h"),
            (48 * h, "2d"),
            (2 * d + h, "2d1h"),
            (8 * d + 23 * h, "8d"),
            (729 * d, "729d"),
            (731 * d, "2y1d"),
            (3000 * d, "8y"),
        ];
        for (seconds, want) in rows {
            assert_eq!(human(seconds * 1000), want, "{seconds} s");
        }
    }
}
