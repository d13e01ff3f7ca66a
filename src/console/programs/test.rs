//! `test`, `[` and `[[`: conditions over texts, numbers and files.

use super::regex::{Regex, Syntax};
use crate::console::files::Found;
use crate::console::session::Session;
use crate::console::shell::expand::fits;
use crate::console::task::{Io, Step, Task};

/// How deep brackets may nest.
const DEPTH_MAX: usize = 50;

#[derive(Clone)]
struct Test {
    name: String,
    words: Vec<String>,
}

/// Starts `test`, `[` or `[[`.
pub fn start(name: &str, args: &[String]) -> Box<dyn Task> {
    Box::new(Test {
        name: name.to_owned(),
        words: args.to_vec(),
    })
}

impl Task for Test {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        match holds(&self.name, &self.words, io.session) {
            Ok(truth) => Step::Exit(u8::from(!truth)),
            Err(why) => {
                io.err_line(format!("-bash: {}: {why}", self.name));
                Step::Exit(2)
            }
        }
    }
}

fn holds(name: &str, words: &[String], session: &Session) -> Result<bool, String> {
    let words = match name {
        "test" => words,
        _ => {
            let end = if name == "[" { "]" } else { "]]" };
            match words.split_last() {
                Some((last, words)) if last == end => words,
                _ => return Err(format!("missing `{end}'")),
            }
        }
    };
    let mut reader = Reader {
        words,
        at: 0,
        patterns: name == "[[",
        session,
        depth: 0,
    };
    if words.is_empty() {
        return Ok(false);
    }
    let truth = reader.either()?;
    match words.get(reader.at) {
        None => Ok(truth),
        Some(_) => Err("too many arguments".to_owned()),
    }
}

struct Reader<'a> {
    words: &'a [String],
    at: usize,
    patterns: bool,
    session: &'a Session,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn word(&self, ahead: usize) -> Option<&'a str> {
        self.words.get(self.at + ahead).map(String::as_str)
    }

    fn eat(&mut self, words: &[&str]) -> bool {
        let found = self.word(0).is_some_and(|w| words.contains(&w));
        self.at += usize::from(found);
        found
    }

    fn either(&mut self) -> Result<bool, String> {
        let mut truth = self.both()?;
        while self.eat(&["-o", "||"]) {
            truth |= self.both()?;
        }
        Ok(truth)
    }

    fn both(&mut self) -> Result<bool, String> {
        let mut truth = self.one()?;
        while self.eat(&["-a", "&&"]) {
            truth &= self.one()?;
        }
        Ok(truth)
    }

    fn one(&mut self) -> Result<bool, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("nested too deep".to_owned());
        }
        let truth = self.condition();
        self.depth -= 1;
        truth
    }

    fn condition(&mut self) -> Result<bool, String> {
        let Some(first) = self.word(0) else {
            return Err("argument expected".to_owned());
        };
        if let (Some(operator), Some(right)) = (self.word(1), self.word(2))
            && let Some(truth) = self.binary(first, operator, right)?
        {
            self.at += 3;
            return Ok(truth);
        }
        if first == "!" && self.word(1).is_some() {
            self.at += 1;
            return Ok(!self.one()?);
        }
        if first == "(" && self.word(1).is_some() {
            self.at += 1;
            let truth = self.either()?;
            return if self.eat(&[")"]) {
                Ok(truth)
            } else {
                Err("`)' expected".to_owned())
            };
        }
        if let Some(operand) = self.word(1)
            && let Some(truth) = self.unary(first, operand)
        {
            self.at += 2;
            return Ok(truth);
        }
        if let Some(operator) = self.word(1)
            && operator.starts_with('-')
            && operator.len() == 3
        {
            return Err(format!("{operator}: binary operator expected"));
        }
        self.at += 1;
        Ok(!first.is_empty())
    }

    fn unary(&self, operator: &str, operand: &str) -> Option<bool> {
        let found = || self.session.files.find(&self.session.path(operand));
        Some(match operator {
            "-n" => !operand.is_empty(),
            "-z" => operand.is_empty(),
            "-e" | "-r" | "-w" => found() != Found::Nothing,
            "-f" => found() == Found::File,
            "-d" => found() == Found::Folder,
            "-s" => {
                let text = self.session.files.read(&self.session.path(operand));
                text.is_some_and(|t| !t.is_empty())
            }
            "-x" | "-L" | "-h" => false,
            "-v" => self.session.variables.contains_key(operand),
            "-t" => true,
            _ => return None,
        })
    }

    /// None: it is no operator.
    fn binary(&self, left: &str, operator: &str, right: &str) -> Result<Option<bool>, String> {
        let number = |text: &str| {
            let parsed = text.trim().parse::<i64>();
            parsed.map_err(|_| format!("{text}: integer expression expected"))
        };
        Ok(Some(match operator {
            "=" | "==" if self.patterns => fits(right, left),
            "!=" if self.patterns => !fits(right, left),
            "=" | "==" => left == right,
            "!=" => left != right,
            "<" => left < right,
            ">" => left > right,
            "=~" if self.patterns => Regex::new(right, Syntax::Extended, false)?.is_match(left),
            "-eq" => number(left)? == number(right)?,
            "-ne" => number(left)? != number(right)?,
            "-lt" => number(left)? < number(right)?,
            "-le" => number(left)? <= number(right)?,
            "-gt" => number(left)? > number(right)?,
            "-ge" => number(left)? >= number(right)?,
            _ => return Ok(None),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions() {
        let rows = [
            ("test 3 -gt 2", Ok(true)),
            ("[ a = b ]", Ok(false)),
            ("[ -n x -a ! -z y ]", Ok(true)),
            ("[ ( a = a ) -o b = c ]", Ok(true)),
            ("[ -f a.yaml ]", Ok(true)),
            ("[ -d a.yaml ]", Ok(false)),
            ("[ ! -e none ]", Ok(true)),
            ("[[ worker01 == worker* && 1 -lt 2 ]]", Ok(true)),
            ("[[ v1.36 =~ ^v1\\.[0-9]+$ ]]", Ok(true)),
            ("[ x", Err(())),
            ("[ a -eq 1 ]", Err(())),
            ("[ a b c d ]", Err(())),
            ("test", Ok(false)),
            ("test !", Ok(true)),
        ];
        let mut session = Session::default();
        session.files.write("a.yaml", "x");
        for (line, want) in rows {
            let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            let name = words.remove(0);
            let truth = holds(&name, &words, &session).map_err(|_| ());
            assert_eq!(truth, want, "{line}");
        }
    }
}
