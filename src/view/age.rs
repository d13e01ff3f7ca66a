//! Durations as the page writes them: one or two units, never more.

/// `12s`, `4m`, `2h`, `3d`: one unit, as the columns of kubectl round them.
pub fn short(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds}s"),
        120..=7199 => format!("{}m", seconds / 60),
        7200..=172_799 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// The age in seconds at which [`short`] writes something else.
pub fn next(seconds: u64) -> u64 {
    let unit = match seconds {
        0..=118 => 1,
        119..=7199 => 60,
        7200..=172_799 => 3600,
        _ => 86_400,
    };
    (seconds / unit + 1) * unit
}

/// The clock of the time line: `t+43.2s`, `t+3m05.0s`, `t+2h00m04s`.
pub fn clock(millis: u64) -> String {
    let (seconds, tenths) = (millis / 1000, millis / 100 % 10);
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    if hours > 0 {
        format!("t+{hours}h{minutes:02}m{:02}s", seconds % 60)
    } else if minutes > 0 {
        format!("t+{minutes}m{:02}.{tenths}s", seconds % 60)
    } else {
        format!("t+{seconds}.{tenths}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_unit_is_enough() {
        let rows = [
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (7199, "119m"),
            (7200, "2h"),
            (180_000, "2d"),
        ];
        for (seconds, text) in rows {
            assert_eq!(short(seconds), text);
        }
    }

    #[test]
    fn the_next_age_reads_differently() {
        for seconds in (0..9000).chain(170_000..176_000) {
            let next = next(seconds);
            assert!(next > seconds);
            assert_ne!(short(next), short(seconds), "{seconds}");
            assert_eq!(short(next - 1), short(seconds), "{seconds}");
        }
    }

    #[test]
    fn the_clock_grows_units() {
        let rows = [
            (43_250, "t+43.2s"),
            (185_000, "t+3m05.0s"),
            (7_204_000, "t+2h00m04s"),
        ];
        for (millis, text) in rows {
            assert_eq!(clock(millis), text);
        }
    }
}
