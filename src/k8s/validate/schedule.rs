//! Whether a text is a schedule of a CronJob, in the words of the parser that the server uses.

use super::errors::quoted;

/// Bounds and names of the five fields.
const FIELDS: [(u32, u32, &[&str]); 5] = [
    (0, 59, &[]),
    (0, 23, &[]),
    (1, 31, &[]),
    (
        1,
        12,
        &[
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ],
    ),
    (0, 6, &["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
];

/// Areas of time zones. Places inside an area are not listed here; all are taken for known.
const AREAS: [&str; 17] = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Brazil",
    "Canada",
    "Chile",
    "Etc",
    "Europe",
    "Indian",
    "Mexico",
    "Pacific",
    "US",
    "Zulu",
];

/// Time zones outside of areas.
const ZONES: [&str; 43] = [
    "CET",
    "CST6CDT",
    "Cuba",
    "EET",
    "EST",
    "EST5EDT",
    "Egypt",
    "Eire",
    "GB",
    "GB-Eire",
    "GMT",
    "GMT+0",
    "GMT-0",
    "GMT0",
    "Greenwich",
    "HST",
    "Hongkong",
    "Iceland",
    "Iran",
    "Israel",
    "Jamaica",
    "Japan",
    "Kwajalein",
    "Libya",
    "MET",
    "MST",
    "MST7MDT",
    "NZ",
    "NZ-CHAT",
    "Navajo",
    "PRC",
    "PST8PDT",
    "Poland",
    "Portugal",
    "ROC",
    "ROK",
    "Singapore",
    "Turkey",
    "UCT",
    "UTC",
    "Universal",
    "W-SU",
    "WET",
];

/// Whether the name can be one of a time zone.
pub fn is_time_zone(name: &str) -> bool {
    match name.split_once('/') {
        Some((area, place)) => AREAS.contains(&area) && !place.is_empty(),
        None => name == "Zulu" || ZONES.contains(&name),
    }
}

/// Upstream: `github.com/robfig/cron/v3 ParseStandard`.
pub fn check(text: &str) -> Result<(), String> {
    let mut spec = text;
    for prefix in ["TZ=", "CRON_TZ="] {
        if let Some(rest) = text.strip_prefix(prefix) {
            let (zone, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            if zone != "Local" && !zone.is_empty() && !is_time_zone(zone) {
                return Err(format!(
                    "provided bad location {zone}: unknown time zone {zone}"
                ));
            }
            spec = rest.trim();
        }
    }
    if text.is_empty() {
        return Err("empty spec string".to_owned());
    }
    if spec.starts_with('@') {
        return descriptor(spec);
    }
    let parts: Vec<&str> = spec.split_whitespace().collect();
    if parts.len() != FIELDS.len() {
        let (count, list) = (parts.len(), parts.join(" "));
        return Err(format!(
            "expected exactly 5 fields, found {count}: [{list}]"
        ));
    }
    for (part, bounds) in parts.iter().zip(FIELDS) {
        for range in part.split(',').filter(|range| !range.is_empty()) {
            one_range(range, bounds)?;
        }
    }
    Ok(())
}

fn descriptor(spec: &str) -> Result<(), String> {
    const KNOWN: [&str; 7] = [
        "@yearly",
        "@annually",
        "@monthly",
        "@weekly",
        "@daily",
        "@midnight",
        "@hourly",
    ];
    if KNOWN.contains(&spec) {
        return Ok(());
    }
    match spec.strip_prefix("@every ") {
        Some(text) if is_duration(text) => Ok(()),
        Some(text) => {
            let shown = quoted(text);
            Err(format!(
                "failed to parse duration {spec}: time: invalid duration {shown}"
            ))
        }
        None => Err(format!("unrecognized descriptor: {spec}")),
    }
}

/// `1h30m`
fn is_duration(text: &str) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let unit_at = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(0);
        if unit_at == 0 {
            return false;
        }
        rest = &rest[unit_at..];
        let units = ["ns", "us", "ms", "s", "m", "h"];
        let Some(unit) = units.iter().find(|unit| rest.starts_with(**unit)) else {
            return false;
        };
        rest = &rest[unit.len()..];
    }
    !text.is_empty()
}

fn one_range(range: &str, (min, max, names): (u32, u32, &[&str])) -> Result<(), String> {
    let parts: Vec<&str> = range.split('/').collect();
    let ends: Vec<&str> = parts[0].split('-').collect();
    let (start, mut end) = if ends[0] == "*" || ends[0] == "?" {
        (min, max)
    } else {
        let start = number_or_name(ends[0], min, names)?;
        let end = match ends.len() {
            1 => start,
            2 => number_or_name(ends[1], min, names)?,
            _ => return Err(format!("too many hyphens: {range}")),
        };
        (start, end)
    };
    let step = match parts.len() {
        1 => 1,
        2 => {
            let step = number(parts[1])?;
            // A start alone with a step means from there on.
            if ends.len() == 1 {
                end = max;
            }
            step
        }
        _ => return Err(format!("too many slashes: {range}")),
    };
    if start < min {
        return Err(format!(
            "beginning of range ({start}) below minimum ({min}): {range}"
        ));
    }
    if end > max {
        return Err(format!(
            "end of range ({end}) above maximum ({max}): {range}"
        ));
    }
    if start > end {
        return Err(format!(
            "beginning of range ({start}) beyond end of range ({end}): {range}"
        ));
    }
    if step == 0 {
        return Err(format!(
            "step of range should be a positive number: {range}"
        ));
    }
    Ok(())
}

fn number_or_name(text: &str, min: u32, names: &[&str]) -> Result<u32, String> {
    let lower = text.to_lowercase();
    match (min..).zip(names).find(|(_, name)| **name == lower) {
        Some((number, _)) => Ok(number),
        None => number(text),
    }
}

fn number(text: &str) -> Result<u32, String> {
    match text.parse::<i64>() {
        Ok(number) if number < 0 => Err(format!("negative number ({number}) not allowed: {text}")),
        Ok(number) => Ok(u32::try_from(number).unwrap_or(u32::MAX)),
        Err(_) => {
            let shown = quoted(text);
            Err(format!(
                "failed to parse int from {text}: strconv.Atoi: parsing {shown}: invalid syntax"
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules() {
        for good in [
            "* * * * *",
            "*/5 0-23/2 1,15 JAN-mar mon",
            "@hourly",
            "@every 1h30m",
            "0 3 * * ?",
            "TZ=UTC 0 3 * * *",
            "5/15 * * * *",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        let cases = [
            ("", "empty spec string"),
            ("61 * * *", "expected exactly 5 fields, found 4: [61 * * *]"),
            (
                "every day",
                "expected exactly 5 fields, found 2: [every day]",
            ),
            ("61 * * * *", "end of range (61) above maximum (59): 61"),
            ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
            (
                "* 5-3 * * *",
                "beginning of range (5) beyond end of range (3): 5-3",
            ),
            (
                "*/0 * * * *",
                "step of range should be a positive number: */0",
            ),
            ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
            ("*/1/2 * * * *", "too many slashes: */1/2"),
            (
                "x * * * *",
                "failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax",
            ),
            ("@often", "unrecognized descriptor: @often"),
        ];
        for (text, want) in cases {
            assert_eq!(check(text), Err(want.to_owned()));
        }
    }

    #[test]
    fn zones() {
        assert!(is_time_zone("Etc/UTC") && is_time_zone("Europe/Berlin") && is_time_zone("UTC"));
        assert!(!is_time_zone("Mars") && !is_time_zone("Mars/Olympus"));
    }
}
