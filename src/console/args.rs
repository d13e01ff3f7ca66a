//! Command-line flags, parsed as kubectl's flag library parses them.

use crate::k8s::ordered::BTreeMap;

/// What a flag takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Takes {
    /// `--watch`, `--watch=false`
    Bool,
    /// `--output wide`
    Text,
    /// Values split at commas; the flag may come several times.
    List,
    /// Like [`Takes::List`], without splitting.
    Each,
    /// A whole number.
    Int,
    /// A number with a unit, `30s`.
    Duration,
    /// A text that may be left out: `--dry-run` means the text given here.
    Maybe(&'static str),
}

/// One flag that a command knows.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    pub name: &'static str,
    pub short: Option<char>,
    pub takes: Takes,
}

/// A flag with a long name only.
pub const fn long(name: &'static str, takes: Takes) -> Flag {
    Flag {
        name,
        short: None,
        takes,
    }
}

/// A flag with a one-letter form.
pub const fn short(short: char, name: &'static str, takes: Takes) -> Flag {
    Flag {
        name,
        short: Some(short),
        takes,
    }
}

/// A parsed command line.
#[derive(Clone, Default, Debug)]
pub struct Parsed {
    values: BTreeMap<&'static str, Vec<String>>,
    /// The arguments that are no flags.
    pub args: Vec<String>,
    /// How many of them came before `--`, if that was there.
    pub dash: Option<usize>,
    /// The flags in the order in which they were typed, with their values.
    pub typed: Vec<(&'static str, String)>,
}

impl Parsed {
    /// The flag was given.
    pub fn given(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The last value of a flag.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.values
            .get(name)
            .and_then(|v| v.last())
            .map(String::as_str)
    }

    /// All values of a flag, in order.
    pub fn list(&self, name: &str) -> &[String] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// A switch; false when it was not given.
    pub fn is(&self, name: &str) -> bool {
        self.text(name).is_some_and(|v| parse_bool(v) == Some(true))
    }

    /// A switch with a default.
    pub fn is_or(&self, name: &str, default: bool) -> bool {
        self.text(name).and_then(parse_bool).unwrap_or(default)
    }

    /// A whole number.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.text(name).and_then(|v| parse_int(v).ok())
    }

    /// A length of time in milliseconds; negative ones are allowed by the syntax.
    pub fn millis(&self, name: &str) -> Option<i64> {
        self.text(name).and_then(|v| parse_duration(v).ok())
    }

    /// Sets a value, as if it had been typed.
    pub fn set(&mut self, name: &'static str, value: String) {
        self.values.entry(name).or_default().push(value);
    }

    /// The same line without a flag.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.values.remove(name);
        self
    }

    /// The arguments before `--`.
    pub fn before_dash(&self) -> &[String] {
        &self.args[..self.dash.unwrap_or(self.args.len())]
    }

    /// The arguments after `--`.
    pub fn after_dash(&self) -> &[String] {
        &self.args[self.dash.unwrap_or(self.args.len())..]
    }

    /// Parses the words; flags and arguments may be mixed. The error is the sentence that is printed.
    pub fn parse(words: &[String], flags: &[&[Flag]]) -> Result<Self, String> {
        let mut parsed = Self::default();
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            if word == "--" {
                parsed.dash = Some(parsed.args.len());
                parsed.args.extend(rest.cloned());
                break;
            }
            if let Some(flag) = word.strip_prefix("--") {
                parsed.long_flag(flag, &mut rest, flags)?;
            } else if word.len() > 1 && word.starts_with('-') {
                parsed.short_flags(&word[1..], &mut rest, flags)?;
            } else {
                parsed.args.push(word.clone());
            }
        }
        Ok(parsed)
    }

    fn long_flag<'a>(
        &mut self,
        text: &str,
        rest: &mut impl Iterator<Item = &'a String>,
        flags: &[&[Flag]],
    ) -> Result<(), String> {
        if text.starts_with('-') || text.starts_with('=') {
            return Err(format!("bad flag syntax: --{text}"));
        }
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text, None),
        };
        let Some(flag) = all(flags).find(|f| f.name == name) else {
            return Err(format!("unknown flag: --{name}"));
        };
        let value = match (value, flag.takes) {
            (Some(value), _) => value,
            (None, Takes::Bool) => "true".to_owned(),
            (None, Takes::Maybe(default)) => default.to_owned(),
            (None, Takes::Text | Takes::List | Takes::Each | Takes::Int | Takes::Duration) => rest
                .next()
                .cloned()
                .ok_or_else(|| format!("flag needs an argument: --{name}"))?,
        };
        self.put(flag, value)
    }

    fn short_flags<'a>(
        &mut self,
        group: &str,
        rest: &mut impl Iterator<Item = &'a String>,
        flags: &[&[Flag]],
    ) -> Result<(), String> {
        let mut group = group;
        while let Some(c) = group.chars().next() {
            let after = &group[c.len_utf8()..];
            let Some(flag) = all(flags).find(|f| f.short == Some(c)) else {
                return Err(format!("unknown shorthand flag: '{c}' in -{group}"));
            };
            // A lone `=` is the value itself.
            let value = if let Some(value) = after.strip_prefix('=').filter(|v| !v.is_empty()) {
                group = "";
                value.to_owned()
            } else {
                match flag.takes {
                    Takes::Bool => {
                        group = after;
                        "true".to_owned()
                    }
                    Takes::Maybe(default) => {
                        group = after;
                        default.to_owned()
                    }
                    Takes::Text | Takes::List | Takes::Each | Takes::Int | Takes::Duration => {
                        let value = if after.is_empty() {
                            rest.next().cloned().ok_or_else(|| {
                                format!("flag needs an argument: '{c}' in -{group}")
                            })?
                        } else {
                            after.to_owned()
                        };
                        group = "";
                        value
                    }
                }
            };
            self.put(flag, value)?;
        }
        Ok(())
    }

    fn put(&mut self, flag: &Flag, value: String) -> Result<(), String> {
        let wrong = match flag.takes {
            Takes::Bool if parse_bool(&value).is_none() => Some(format!(
                "strconv.ParseBool: parsing {}: invalid syntax",
                quoted(&value)
            )),
            Takes::Int => parse_int(&value).err(),
            Takes::Duration => parse_duration(&value).err(),
            Takes::Bool | Takes::Text | Takes::List | Takes::Each | Takes::Maybe(_) => None,
        };
        if let Some(why) = wrong {
            let name = flag.short.map_or_else(
                || format!("--{}", flag.name),
                |c| format!("-{c}, --{}", flag.name),
            );
            return Err(format!(
                "invalid argument {} for \"{name}\" flag: {why}",
                quoted(&value)
            ));
        }
        self.typed.push((flag.name, value.clone()));
        let values = self.values.entry(flag.name).or_default();
        if flag.takes == Takes::List {
            if value.is_empty() {
                return Ok(());
            }
            values.extend(value.split(',').map(str::to_owned));
        } else {
            values.push(value);
        }
        Ok(())
    }
}

fn all<'a>(flags: &'a [&'a [Flag]]) -> impl Iterator<Item = &'a Flag> {
    flags.iter().flat_map(|f| f.iter())
}

/// A text as Go's `%q` writes it.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 || c as u32 == 0x7f => {
                out.push_str(&format!("\\x{:02x}", c as u32));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Reads a switch's value.
pub fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// Reads a whole number, also in hexadecimal, octal and binary form.
pub fn parse_int(text: &str) -> Result<i64, String> {
    let (negative, digits) = match text.strip_prefix(['-', '+']) {
        Some(digits) => (text.starts_with('-'), digits),
        None => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, body) = if let Some(body) = lower.strip_prefix("0x") {
        (16, body)
    } else if let Some(body) = lower.strip_prefix("0b") {
        (2, body)
    } else if let Some(body) = lower.strip_prefix("0o") {
        (8, body)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (8, &lower[1..])
    } else {
        (10, lower.as_str())
    };
    let problem = |what: &str| format!("strconv.ParseInt: parsing {}: {what}", quoted(text));
    if body.is_empty() || !body.chars().all(|c| c.is_digit(radix)) {
        return Err(problem("invalid syntax"));
    }
    let number = i128::from_str_radix(body, radix).map_err(|_| problem("value out of range"))?;
    let number = if negative { -number } else { number };
    i64::try_from(number).map_err(|_| problem("value out of range"))
}

/// Reads a Go duration as milliseconds.
pub fn parse_duration(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {}", quoted(text));
    let (negative, mut rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut nanos: i128 = 0;
    while !rest.is_empty() {
        let number = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (whole, after) = rest.split_at(number);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => {
                let n = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
                after.split_at(n)
            }
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let end = after
            .find(|c: char| c == '.' || c.is_ascii_digit())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let scale: i128 = match unit {
            "" => return Err(format!("time: missing unit in duration {}", quoted(text))),
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => {
                return Err(format!(
                    "time: unknown unit {} in duration {}",
                    quoted(unit),
                    quoted(text)
                ));
            }
        };
        if whole.len() > 18 {
            return Err(invalid());
        }
        nanos += whole.parse::<i128>().unwrap_or(0) * scale;
        let digits = &fraction[..fraction.len().min(15)];
        if !digits.is_empty() {
            let power = 10_i128.pow(u32::try_from(digits.len()).unwrap_or(0));
            nanos += digits.parse::<i128>().unwrap_or(0) * scale / power;
        }
        if nanos > i128::from(i64::MAX) {
            return Err(invalid());
        }
        rest = after;
    }
    let millis = i64::try_from(nanos / 1_000_000).map_err(|_| invalid())?;
    Ok(if negative { -millis } else { millis })
}

/// A length of time as Go prints it: `8s`, `1m30s`, `1.5s`, `200ms`.
pub fn format_duration(millis: i64) -> String {
    let (sign, left) = if millis < 0 {
        ("-", -millis)
    } else {
        ("", millis)
    };
    if left == 0 {
        return "0s".to_owned();
    }
    if left < 1000 {
        return format!("{sign}{left}ms");
    }
    let mut seconds = (left / 1000 % 60).to_string();
    let rest = left % 1000;
    if rest != 0 {
        seconds.push_str(format!(".{rest:03}").trim_end_matches('0'));
    }
    match (left / 3_600_000, left / 60_000 % 60) {
        (0, 0) => format!("{sign}{seconds}s"),
        (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
        (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLAGS: &[Flag] = &[
        short('A', "all-namespaces", Takes::Bool),
        short('o', "output", Takes::Text),
        short('w', "watch", Takes::Bool),
        long("dry-run", Takes::Maybe("unchanged")),
        short('f', "filename", Takes::List),
        long("timeout", Takes::Duration),
        long("replicas", Takes::Int),
    ];

    fn parse(line: &str) -> Result<Parsed, String> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        Parsed::parse(&words, &[FLAGS])
    }

    #[test]
    fn flags_and_arguments_mix() {
        let parsed = parse("pods -Ao wide x --dry-run -f a,b -f=c -- -z").unwrap();
        assert_eq!(parsed.args, ["pods", "x", "-z"]);
        assert_eq!(parsed.after_dash(), ["-z"]);
        assert!(parsed.is("all-namespaces"));
        assert_eq!(parsed.text("output"), Some("wide"));
        assert_eq!(parsed.text("dry-run"), Some("unchanged"));
        assert_eq!(parsed.list("filename"), ["a", "b", "c"]);
    }

    #[test]
    fn errors_read_as_kubectls() {
        let rows = [
            ("--nosuch=1", "unknown flag: --nosuch"),
            ("-Axy", "unknown shorthand flag: 'x' in -xy"),
            ("-Ao", "flag needs an argument: 'o' in -o"),
            ("--output", "flag needs an argument: --output"),
            (
                "--watch=maybe",
                "invalid argument \"maybe\" for \"-w, --watch\" flag: strconv.ParseBool: parsing \"maybe\": \
                 invalid syntax",
            ),
            (
                "--timeout=5",
                "invalid argument \"5\" for \"--timeout\" flag: time: missing unit in duration \"5\"",
            ),
            (
                "--replicas=two",
                "invalid argument \"two\" for \"--replicas\" flag: strconv.ParseInt: parsing \"two\": \
                 invalid syntax",
            ),
        ];
        for (line, text) in rows {
            assert_eq!(parse(line).unwrap_err(), text, "{line}");
        }
    }

    #[test]
    fn durations_print_as_go_prints_them() {
        let rows = [
            (0, "0s"),
            (200, "200ms"),
            (8000, "8s"),
            (1500, "1.5s"),
            (90_000, "1m30s"),
        ];
        for (millis, want) in rows {
            assert_eq!(format_duration(millis), want);
        }
        assert_eq!(format_duration(3_600_000), "1h0m0s");
    }

    #[test]
    fn durations_have_units() {
        let rows = [
            ("1m30s", Ok(90_000)),
            ("1.5s", Ok(1500)),
            ("0", Ok(0)),
            ("-1s", Ok(-1000)),
            ("soon", Err("time: invalid duration \"soon\"".to_owned())),
            (
                "5x",
                Err("time: unknown unit \"x\" in duration \"5x\"".to_owned()),
            ),
        ];
        for (text, want) in rows {
            assert_eq!(parse_duration(text), want, "{text}");
        }
    }
}
