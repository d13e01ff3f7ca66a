//! The functions built into awk.

use super::super::decimal::Decimal;
use super::super::formats::{Piece, pieces};
use super::super::regex::{Regex, Syntax};
use super::program::{Expression, Place};
use super::run::{Machine, Stop};
use super::value::Value;

/// Their names.
pub const NAMES: &[&str] = &[
    "length", "substr", "index", "split", "sub", "gsub", "match", "toupper", "tolower", "sprintf",
    "int", "sqrt", "systime", "rand", "srand",
];

/// The longest text that a value may hold.
pub const TEXT_MAX: usize = 1 << 20;

impl Machine {
    /// Calls a function.
    pub(super) fn call(&mut self, name: &str, args: &[Expression]) -> Result<Value, Stop> {
        match (name, args) {
            ("length", [Expression::Place(Place::Variable(array))]) if self.has_array(array) => {
                return Ok(Value::count(self.array(array).len()));
            }
            ("split", [text, Expression::Place(Place::Variable(array)), rest @ ..]) => {
                return self.split(text, array, rest.first());
            }
            ("sub" | "gsub", [pattern, by, rest @ ..]) => {
                return self.substitute(pattern, by, rest.first(), name == "gsub");
            }
            ("match", [text, pattern]) => return self.find(text, pattern),
            ("rand" | "srand" | "systime" | "sqrt", _) => {
                return Err(Stop::Trouble(format!("{name} is not supported here")));
            }
            _ => {}
        }
        let mut values = Vec::new();
        for arg in args {
            values.push(self.value(arg)?);
        }
        let text = |i: usize| values.get(i).map(Value::text).unwrap_or_default();
        Ok(match name {
            "length" if values.is_empty() => Value::count(self.line().chars().count()),
            "length" => Value::count(text(0).chars().count()),
            "toupper" => Value::Text(text(0).to_uppercase()),
            "tolower" => Value::Text(text(0).to_lowercase()),
            "int" => Value::Number(
                values
                    .first()
                    .map_or(Decimal::ZERO, |v| v.number().truncated()),
            ),
            "index" => {
                let (whole, part) = (text(0), text(1));
                let found = whole
                    .find(&part)
                    .map_or(0, |i| whole[..i].chars().count() + 1);
                Value::count(found)
            }
            "substr" => Value::Text(substring(&values)),
            "sprintf" => Value::Text(formatted(&values)),
            _ => return Err(Stop::Trouble(format!("{name}: wrong arguments"))),
        })
    }

    fn split(
        &mut self,
        text: &Expression,
        array: &str,
        by: Option<&Expression>,
    ) -> Result<Value, Stop> {
        let text = self.value(text)?.text();
        let pieces = match by {
            Some(Expression::Regex(regex)) => split_by(&text, regex),
            Some(by) => {
                let by = self.value(by)?.text();
                self.fields_of(&text, &by)?
            }
            None => {
                let separator = self.get("FS").text();
                self.fields_of(&text, &separator)?
            }
        };
        self.clear(array);
        for (i, piece) in pieces.iter().enumerate() {
            self.put(array, (i + 1).to_string(), Value::Input(piece.clone()))?;
        }
        Ok(Value::count(pieces.len()))
    }

    fn substitute(
        &mut self,
        pattern: &Expression,
        by: &Expression,
        place: Option<&Expression>,
        all: bool,
    ) -> Result<Value, Stop> {
        let regex = self.pattern(pattern)?;
        let by = self.value(by)?.text();
        let line = Place::Field(Box::new(Expression::Number(Decimal::ZERO)));
        let place = match place {
            Some(Expression::Place(place)) => place,
            Some(_) => {
                return Err(Stop::Trouble(
                    "sub: the third argument is no variable".to_owned(),
                ));
            }
            None => &line,
        };
        let text = self.read(place)?.text();
        // The number of replacements is what the function gives.
        let mut count = 0;
        let mut from = 0;
        let chars: Vec<char> = text.chars().collect();
        while let Some(found) = regex.find_at(&chars, from) {
            count += 1;
            from = found.end.max(found.start + 1);
            if !all || from > chars.len() {
                break;
            }
        }
        if count > 0 {
            let (changed, _) = regex.replace(&text, &by, all);
            self.write(place, Value::Text(changed))?;
        }
        Ok(Value::count(count))
    }

    fn find(&mut self, text: &Expression, pattern: &Expression) -> Result<Value, Stop> {
        let text: Vec<char> = self.value(text)?.text().chars().collect();
        let regex = self.pattern(pattern)?;
        let (start, length) = match regex.find_at(&text, 0) {
            Some(found) => (
                Value::count(found.start + 1),
                Value::count(found.end - found.start),
            ),
            None => (Value::count(0), Value::Number(Decimal::whole(-1))),
        };
        self.assign("RSTART", start.clone());
        self.assign("RLENGTH", length);
        Ok(start)
    }

    /// The pieces of a text between separators as `FS` has them.
    pub(super) fn fields_of(&mut self, text: &str, by: &str) -> Result<Vec<String>, Stop> {
        if by == " " {
            return Ok(text.split_whitespace().map(str::to_owned).collect());
        }
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let mut chars = by.chars();
        match (chars.next(), chars.next()) {
            (None, _) => Ok(text.chars().map(String::from).collect()),
            (Some(c), None) if c != '\\' => Ok(text.split(c).map(str::to_owned).collect()),
            _ => {
                let regex = self.compiled(by)?;
                Ok(split_by(text, &regex))
            }
        }
    }

    /// A pattern given as an expression.
    pub(super) fn pattern(&mut self, pattern: &Expression) -> Result<Regex, Stop> {
        match pattern {
            Expression::Regex(regex) => Ok((**regex).clone()),
            other => {
                let text = self.value(other)?.text();
                self.compiled(&text)
            }
        }
    }

    fn compiled(&mut self, text: &str) -> Result<Regex, Stop> {
        if let Some((last, regex)) = &self.last_pattern
            && last == text
        {
            return Ok(regex.clone());
        }
        let regex = Regex::new(text, Syntax::Extended, false).map_err(Stop::Trouble)?;
        self.last_pattern = Some((text.to_owned(), regex.clone()));
        Ok(regex)
    }
}

fn split_by(text: &str, regex: &Regex) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let (mut start, mut from) = (0, 0);
    while let Some(found) = regex.find_at(&chars, from) {
        if found.end == found.start {
            from = found.end + 1;
            if from > chars.len() {
                break;
            }
            continue;
        }
        out.push(chars[start..found.start].iter().collect());
        start = found.end;
        from = found.end;
    }
    out.push(chars[start..].iter().collect());
    out
}

/// `substr(text, start[, length])`: positions count from 1 and may lie outside.
fn substring(values: &[Value]) -> String {
    let text = values.first().map(Value::text).unwrap_or_default();
    let start = values.get(1).map_or(1, |v| v.number().to_i64());
    let end = values
        .get(2)
        .map_or(i64::MAX, |v| start.saturating_add(v.number().to_i64()));
    let chars = text.chars().zip(1_i64..);
    chars
        .filter(|(_, i)| *i >= start && *i < end)
        .map(|(c, _)| c)
        .collect()
}

/// `sprintf(format, …)`
pub fn formatted(values: &[Value]) -> String {
    let Some((format, rest)) = values.split_first() else {
        return String::new();
    };
    let mut rest = rest.iter();
    let mut out = String::new();
    for piece in pieces(&format.text()) {
        match piece {
            Piece::Text(text) => out.push_str(&text),
            Piece::Directive(d) => {
                let value = rest.next().cloned().unwrap_or_default();
                if d.is_number() {
                    out.push_str(&d.number(value.number()));
                } else if d.kind == 'c' && matches!(value, Value::Number(_)) {
                    let code = u32::try_from(value.number().to_i64()).unwrap_or(0);
                    let c = char::from_u32(code).unwrap_or(' ');
                    out.push_str(&d.text(&c.to_string()));
                } else {
                    out.push_str(&d.text(&value.text()));
                }
            }
        }
        if out.len() > TEXT_MAX {
            break;
        }
    }
    out
}
