//! The directives of `printf`, for the shell's program and for awk's: `%-20s`, `%05d`, `%.2f`, `%x`, `%c`.

use super::decimal::Decimal;

/// The widest that a directive may ask for.
const WIDTH_MAX: usize = 10_000;

/// A piece of a format.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    Text(String),
    Directive(Directive),
}

/// `%-8.3f`
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Directive {
    left: bool,
    zeros: bool,
    sign: bool,
    width: usize,
    precision: Option<usize>,
    pub kind: char,
}

/// Splits a format whose backslashes are replaced already.
pub fn pieces(format: &str) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once('%') {
        if !before.is_empty() {
            out.push(Piece::Text(before.to_owned()));
        }
        if let Some(after) = after.strip_prefix('%') {
            out.push(Piece::Text("%".to_owned()));
            rest = after;
            continue;
        }
        let (directive, after) = directive(after);
        match directive {
            Some(directive) => out.push(Piece::Directive(directive)),
            None => out.push(Piece::Text("%".to_owned())),
        }
        rest = after;
    }
    if !rest.is_empty() {
        out.push(Piece::Text(rest.to_owned()));
    }
    out
}

fn directive(text: &str) -> (Option<Directive>, &str) {
    let mut found = Directive::default();
    let flags = text
        .find(|c| !matches!(c, '-' | '0' | '+' | ' ' | '#'))
        .unwrap_or(text.len());
    let (set, mut rest) = text.split_at(flags);
    found.left = set.contains('-');
    found.zeros = set.contains('0');
    found.sign = set.contains('+');
    let number = |rest: &str| {
        let end = rest.find(|c: char| !c.is_ascii_digit());
        end.unwrap_or(rest.len())
    };
    let end = number(rest);
    found.width = rest[..end].parse().unwrap_or(0).min(WIDTH_MAX);
    rest = &rest[end..];
    if let Some(after) = rest.strip_prefix('.') {
        let end = number(after);
        found.precision = Some(after[..end].parse().unwrap_or(0).min(WIDTH_MAX));
        rest = &after[end..];
    }
    let rest = rest.trim_start_matches(['l', 'h']);
    match rest.chars().next().filter(char::is_ascii_alphabetic) {
        Some(kind) => {
            found.kind = kind;
            (Some(found), &rest[1..])
        }
        None => (None, text),
    }
}

impl Directive {
    /// It prints a number.
    pub fn is_number(&self) -> bool {
        matches!(
            self.kind,
            'd' | 'i' | 'u' | 'f' | 'F' | 'g' | 'G' | 'e' | 'E' | 'x' | 'X' | 'o'
        )
    }

    /// The directive with a number.
    pub fn number(&self, value: Decimal) -> String {
        let whole = value.to_i64();
        let mut body = match self.kind {
            'f' | 'F' | 'e' | 'E' => value.fixed(self.precision.unwrap_or(6)),
            'g' | 'G' => value.general(self.precision.unwrap_or(6)),
            'x' => format!("{whole:x}"),
            'X' => format!("{whole:X}"),
            'o' => format!("{whole:o}"),
            _ => whole.to_string(),
        };
        if self.sign && !body.starts_with('-') {
            body.insert(0, '+');
        }
        if self.zeros && !self.left {
            let digits = body.trim_start_matches(['-', '+']);
            let (sign, missing) = (
                body[..body.len() - digits.len()].to_owned(),
                self.width.saturating_sub(body.len()),
            );
            body = format!("{sign}{}{digits}", "0".repeat(missing));
        }
        self.pad(&body)
    }

    /// The directive with a text.
    pub fn text(&self, text: &str) -> String {
        let cut = match self.kind {
            'c' => text.chars().take(1).collect(),
            _ => match self.precision {
                Some(most) => text.chars().take(most).collect(),
                None => text.to_owned(),
            },
        };
        self.pad(&cut)
    }

    fn pad(&self, body: &str) -> String {
        let missing = self.width.saturating_sub(body.chars().count());
        if self.left {
            format!("{body}{}", " ".repeat(missing))
        } else {
            format!("{}{body}", " ".repeat(missing))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives() {
        let rows = [
            ("%-6s|", "ab", "ab    |"),
            ("%6s|", "ab", "    ab|"),
            ("%.1s|", "ab", "a|"),
            ("%05d|", "42", "00042|"),
            ("%+d %%|", "42", "+42 %|"),
            ("%.2f|", "2.345", "2.34|"),
            ("%x|", "255", "ff|"),
            ("%5.1f|", "9.96", " 10.0|"),
            ("100%", "", "100%"),
        ];
        for (format, value, want) in rows {
            let made: String = pieces(format)
                .iter()
                .map(|p| match p {
                    Piece::Text(text) => text.clone(),
                    Piece::Directive(d) if d.is_number() => d.number(Decimal::leading(value).0),
                    Piece::Directive(d) => d.text(value),
                })
                .collect();
            assert_eq!(made, want, "{format}");
        }
    }
}
