//! Options of the small programs: `-n 3`, `-n3`, `-rn`, `--`.

use super::Refused;

/// Parsed options.
#[derive(Clone, Default, Debug)]
pub struct Options {
    given: Vec<(char, String)>,
    pub operands: Vec<String>,
}

impl Options {
    /// `switches` take nothing, `values` take a text. Long options are not known, except those mapped in `long`.
    pub fn parse(
        name: &str,
        args: &[String],
        switches: &str,
        values: &str,
        long: &[(&str, char)],
    ) -> Result<Self, Refused> {
        let mut options = Self::default();
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            if arg == "--" {
                options.operands.extend(rest.cloned());
                break;
            }
            if let Some(word) = arg.strip_prefix("--") {
                let (word, value) = word.split_once('=').unwrap_or((word, ""));
                let Some((_, c)) = long.iter().find(|(l, _)| *l == word) else {
                    return Err((format!("{name}: unrecognized option '--{word}'"), 2));
                };
                options.given.push((*c, value.to_owned()));
                continue;
            }
            if arg.len() < 2 || !arg.starts_with('-') {
                options.operands.push(arg.clone());
                continue;
            }
            let group = arg[1..].char_indices();
            for (i, c) in group {
                if switches.contains(c) {
                    options.given.push((c, String::new()));
                } else if values.contains(c) {
                    let after = &arg[1 + i + c.len_utf8()..];
                    let value = if after.is_empty() {
                        rest.next().cloned().ok_or_else(|| {
                            (format!("{name}: option requires an argument -- '{c}'"), 2)
                        })?
                    } else {
                        after.to_owned()
                    };
                    options.given.push((c, value));
                    break;
                } else if c.is_ascii_digit() && values.contains('#') {
                    options.given.push(('#', arg[1 + i..].to_owned()));
                    break;
                } else {
                    return Err((format!("{name}: invalid option -- '{c}'"), 2));
                }
            }
        }
        Ok(options)
    }

    pub fn has(&self, c: char) -> bool {
        self.given.iter().any(|(g, _)| *g == c)
    }

    /// The last value of an option.
    pub fn value(&self, c: char) -> Option<&str> {
        self.given
            .iter()
            .rev()
            .find(|(g, _)| *g == c)
            .map(|(_, v)| v.as_str())
    }

    /// All values of an option.
    pub fn values(&self, c: char) -> impl Iterator<Item = &str> {
        self.given
            .iter()
            .filter(move |(g, _)| *g == c)
            .map(|(_, v)| v.as_str())
    }
}
