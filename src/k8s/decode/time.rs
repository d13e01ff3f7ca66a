//! Times as the server reads and writes them, with the words of its time parser.

use crate::k8s::Timestamp;

/// What the layout asks for, one after the other.
const LAYOUT: [(&str, usize); 11] = [
    ("2006", 4),
    ("-", 0),
    ("01", 2),
    ("-", 0),
    ("02", 2),
    ("T", 0),
    ("15", 2),
    (":", 0),
    ("04", 2),
    (":", 0),
    ("05", 2),
];

/// Reads an RFC 3339 time and writes it as the server does: in UTC, with six decimals when `micro`.
pub(super) fn canonical(text: &str, micro: bool) -> Result<String, String> {
    let layout = if micro {
        "2006-01-02T15:04:05.000000Z07:00"
    } else {
        "2006-01-02T15:04:05Z07:00"
    };
    let fail = |rest: &str, wanted: &str| {
        Err(format!(
            "parsing time {text:?} as {layout:?}: cannot parse {rest:?} as {wanted:?}"
        ))
    };
    let mut rest = text;
    for (wanted, digits) in LAYOUT {
        let next = if digits == 0 {
            rest.strip_prefix(wanted)
        } else {
            rest.get(..digits)
                .filter(|part| part.bytes().all(|b| b.is_ascii_digit()))
                .map(|_| &rest[digits..])
        };
        match next {
            Some(next) => rest = next,
            None => return fail(rest, wanted),
        }
    }
    let mut fraction = String::new();
    if micro {
        let digits = rest.strip_prefix('.').and_then(|r| r.get(..6));
        match digits.filter(|part| part.bytes().all(|b| b.is_ascii_digit())) {
            Some(digits) => {
                fraction = format!(".{digits}");
                rest = &rest[7..];
            }
            None => return fail(rest, ".000000"),
        }
    } else if let Some(more) = rest.strip_prefix('.') {
        let digits = more.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            rest = &more[digits..];
        }
    }
    let zone_end = if rest.starts_with('Z') { 1 } else { 6 };
    if rest.get(..zone_end).is_none() {
        return fail(rest, "Z07:00");
    }
    let (zone, extra) = rest.split_at(zone_end);
    if !extra.is_empty()
        && (zone == "Z" || Timestamp::parse(&format!("2000-01-01T00:00:00{zone}")).is_some())
    {
        return Err(format!("parsing time {text:?}: extra text: {extra:?}"));
    }
    if let Some(at) = Timestamp::parse(&format!("{}{zone}", &text[..19])) {
        let mut out = at.to_string();
        out.truncate(19);
        return Ok(format!("{out}{fraction}Z"));
    }
    out_of_range(text).map_or_else(
        || fail(rest, "Z07:00"),
        |what| Err(format!("parsing time {text:?}: {what} out of range")),
    )
}

/// The first part of a well-formed time that no calendar has.
fn out_of_range(text: &str) -> Option<&'static str> {
    let number = |from: usize| text.get(from..from + 2).and_then(|t| t.parse::<u32>().ok());
    let wrong = |from: usize, low: u32, high: u32| number(from).is_none_or(|n| n < low || n > high);
    if wrong(5, 1, 12) {
        Some("month")
    } else if wrong(11, 0, 23) {
        Some("hour")
    } else if wrong(14, 0, 59) {
        Some("minute")
    } else if wrong(17, 0, 59) {
        Some("second")
    } else if Timestamp::parse(&format!("{}T00:00:00Z", &text[..10])).is_none() {
        Some("day")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_refuses() {
        for (text, micro, expected) in [
            ("2026-11-21T08:54:39Z", false, Ok("2026-11-21T08:54:39Z")),
            ("2026-11-21T08:54:39.5Z", false, Ok("2026-11-21T08:54:39Z")),
            (
                "2026-11-21T08:54:39+01:00",
                false,
                Ok("2026-11-21T07:54:39Z"),
            ),
            (
                "2026-11-21T08:54:39.012345Z",
                true,
                Ok("2026-11-21T08:54:39.012345Z"),
            ),
            (
                "yesterday",
                false,
                Err("cannot parse \"yesterday\" as \"2006\""),
            ),
            ("2026", false, Err("cannot parse \"\" as \"-\"")),
            (
                "2026-11-21T08:54:39",
                false,
                Err("cannot parse \"\" as \"Z07:00\""),
            ),
            ("2026-13-21T08:54:39Z", false, Err("month out of range")),
            ("2026-02-30T08:54:39Z", false, Err("day out of range")),
            ("2026-11-21T08:54:39Zx", false, Err("extra text: \"x\"")),
            ("2026-11-21T08:54:39ü", false, Err("as \"Z07:00\"")),
        ] {
            match (canonical(text, micro), expected) {
                (Ok(got), Ok(want)) => assert_eq!(got, want),
                (Err(got), Err(want)) => assert!(got.ends_with(want), "{got}"),
                (got, want) => panic!("{text}: {got:?}, not {want:?}"),
            }
        }
    }
}
