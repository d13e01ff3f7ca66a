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
