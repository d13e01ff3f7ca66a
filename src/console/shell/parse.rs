//! Text to [`Script`].

use super::word::push_text;
use super::{Command, Item, ParseError, Part, Redirect, Script, Simple, When, Word};

/// The longest text that is read.
pub const TEXT_MAX: usize = 256 * 1024;
/// The most programs of one script.
pub const COMMANDS_MAX: usize = 256;
/// How deep `$(…)` and loops may nest.
pub const DEPTH_MAX: usize = 8;

/// Parses one or several lines.
pub fn parse(text: &str) -> Result<Script, ParseError> {
    if text.len() > TEXT_MAX {
        return Err(ParseError::TooMuch("line too long (256 KiB at most)"));
    }
    let mut parser = Parser {
        chars: text.chars().collect(),
        at: 0,
        depth: 0,
        commands: 0,
        here: Vec::new(),
    };
    let script = parser.list(&[])?;
    parser.here_documents(&script)?;
    if let Some(c) = parser.peek() {
        return Err(ParseError::Unexpected(c.to_string()));
    }
    let mut script = script;
    let mut texts = parser.here.into_iter().map(|h| h.text);
    fill_here(&mut script, &mut texts);
    Ok(script)
}

struct Here {
    end: String,
    literal: bool,
    strip_tabs: bool,
    text: Option<Word>,
}

pub(super) struct Parser {
    pub(super) chars: Vec<char>,
    pub(super) at: usize,
    pub(super) depth: usize,
    pub(super) commands: usize,
    here: Vec<Here>,
}

/// Puts the texts of here-documents, in order, where they belong.
fn fill_here(script: &mut Script, texts: &mut impl Iterator<Item = Option<Word>>) {
    for command in script.items.iter_mut().flat_map(|i| &mut i.stages) {
        let redirects = match command {
            Command::Simple(simple) => &mut simple.redirects,
            Command::Compound(compound, redirects) => {
                for inner in compound.scripts() {
                    fill_here(inner, texts);
                }
                redirects
            }
        };
        for redirect in redirects {
            if let Redirect::Text(word) = redirect
                && word.parts.is_empty()
                && let Some(Some(text)) = texts.next()
            {
                *word = text;
            }
        }
    }
}

impl Parser {
    pub(super) fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    pub(super) fn second(&self) -> Option<char> {
        self.chars.get(self.at + 1).copied()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let n = text.chars().count();
        let fits = self.chars[self.at..]
            .iter()
            .copied()
            .take(n)
            .eq(text.chars());
        if fits {
            self.at += n;
        }
        fits
    }

    /// Skips blanks, joined lines and comments.
    pub(super) fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r') => self.at += 1,
                Some('\\') if self.second() == Some('\n') => self.at += 2,
                Some('#')
                    if self.at == 0
                        || self.chars[self.at - 1].is_whitespace()
                        || self.chars[self.at - 1] == ';' =>
                {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    /// Skips blanks and ends of lines; here-documents that begin after them are read.
    pub(super) fn lines(&mut self) -> Result<(), ParseError> {
        loop {
            self.blanks();
            if self.peek() != Some('\n') {
                return Ok(());
            }
            self.at += 1;
            self.bodies()?;
        }
    }

    fn here_documents(&mut self, _script: &Script) -> Result<(), ParseError> {
        if self.here.iter().any(|h| h.text.is_none()) {
            return Err(ParseError::Open("<<"));
        }
        Ok(())
    }

    /// Reads the bodies of the here-documents announced on the line that just ended.
    fn bodies(&mut self) -> Result<(), ParseError> {
        for i in 0..self.here.len() {
            if self.here[i].text.is_some() {
                continue;
            }
            let mut body = String::new();
            loop {
                if self.at >= self.chars.len() {
                    return Err(ParseError::Open("<<"));
                }
                let mut line = String::new();
                while let Some(c) = self.next() {
                    if c == '\n' {
                        break;
                    }
                    line.push(c);
                }
                let line = if self.here[i].strip_tabs {
                    line.trim_start_matches('\t')
                } else {
                    &line
                };
                if line == self.here[i].end {
                    break;
                }
                body.push_str(line);
                body.push('\n');
            }
            let word = if self.here[i].literal {
                Word {
                    parts: vec![Part::Quoted(body)],
                }
            } else {
                self.inner(&body)?
            };
            self.here[i].text = Some(word);
        }
        Ok(())
    }

    /// The body of a here-document whose variables are replaced.
    pub(super) fn inner(&mut self, body: &str) -> Result<Word, ParseError> {
        let mut parser = Parser {
            chars: body.chars().collect(),
            at: 0,
            depth: self.depth,
            commands: self.commands,
            here: Vec::new(),
        };
        let mut parts = vec![Part::Quoted(String::new())];
        while let Some(c) = parser.next() {
            match c {
                '\\' if matches!(parser.peek(), Some('$' | '`' | '\\')) => {
                    let c = parser.next().unwrap_or('\\');
                    push_text(&mut parts, c);
                }
                '$' => parser.dollar(true, &mut parts)?,
                c => push_text(&mut parts, c),
            }
        }
        self.commands = parser.commands;
        Ok(Word { parts })
    }

    pub(super) fn word_ahead(&mut self, word: &str) -> bool {
        self.blanks();
        let n = word.chars().count();
        self.chars[self.at..]
            .iter()
            .copied()
            .take(n)
            .eq(word.chars())
            && self
                .chars
                .get(self.at + n)
                .is_none_or(|c| c.is_whitespace() || matches!(c, ';' | '&' | '|' | ')'))
    }

    /// A list up to one of the closing words.
    pub(super) fn list(&mut self, closing: &[&str]) -> Result<Script, ParseError> {
        let mut items: Vec<Item> = Vec::new();
        let mut when = When::Always;
        loop {
            self.lines()?;
            if self.peek().is_none() || closing.iter().any(|c| self.closes(c)) {
                if when != When::Always {
                    return Err(ParseError::Open("&&"));
                }
                return Ok(Script { items });
            }
            items.push(self.pipeline(when)?);
            self.blanks();
            when = if self.eat("&&") {
                When::Succeeded
            } else if self.eat("||") {
                When::Failed
            } else if closing.contains(&";;") && self.closes(";;") {
                return Ok(Script { items });
            } else if self.eat(";") || self.peek() == Some('\n') {
                When::Always
            } else if self.peek().is_none() || closing.iter().any(|c| self.closes(c)) {
                return Ok(Script { items });
            } else if self.peek() == Some('&') {
                return Err(ParseError::TooMuch(
                    "no job is put into the background here: end the line without &, the next can be typed while it waits",
                ));
            } else {
                let c = self.peek().unwrap_or(' ');
                return Err(ParseError::Unexpected(c.to_string()));
            };
        }
    }

    fn closes(&mut self, closing: &str) -> bool {
        if closing == ")" {
            self.blanks();
            self.peek() == Some(')')
        } else if closing == ";;" {
            self.blanks();
            self.peek() == Some(';') && self.second() == Some(';')
        } else {
            self.word_ahead(closing)
        }
    }

    fn pipeline(&mut self, when: When) -> Result<Item, ParseError> {
        self.blanks();
        let negate = self.word_ahead("!") && self.eat("!");
        let mut stages = Vec::new();
        loop {
            self.lines()?;
            stages.push(self.command()?);
            self.blanks();
            if self.peek() == Some('|') && self.second() != Some('|') {
                self.at += 1;
                if self.peek() == Some('&') {
                    self.at += 1;
                    match stages.last_mut() {
                        Some(Command::Simple(simple)) => simple.redirects.push(Redirect::ErrToOut),
                        Some(Command::Compound(_, redirects)) => redirects.push(Redirect::ErrToOut),
                        None => {}
                    }
                }
                self.lines()?;
                if self.peek().is_none() {
                    return Err(ParseError::Open("|"));
                }
            } else {
                return Ok(Item {
                    when,
                    negate,
                    stages,
                });
            }
        }
    }

    fn command(&mut self) -> Result<Command, ParseError> {
        self.commands += 1;
        if self.commands > COMMANDS_MAX {
            return Err(ParseError::TooMuch(
                "too many commands in one line (256 at most)",
            ));
        }
        self.blanks();
        match self.compound()? {
            Some(compound) => {
                let redirects = self.redirects()?;
                Ok(Command::Compound(compound, redirects))
            }
            None => self.simple().map(Command::Simple),
        }
    }

    pub(super) fn nested<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(ParseError::TooMuch(
                "commands are nested too deep (8 levels at most)",
            ));
        }
        let answer = inner(self);
        self.depth -= 1;
        answer
    }

    pub(super) fn expect(&mut self, text: &'static str) -> Result<(), ParseError> {
        self.lines()?;
        if self.eat(text) {
            Ok(())
        } else if let Some(c) = self.peek() {
            Err(ParseError::Unexpected(c.to_string()))
        } else {
            Err(ParseError::Open(text))
        }
    }

    pub(super) fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(c) = self.peek() {
            if c.is_ascii_alphanumeric() || c == '_' {
                name.push(c);
                self.at += 1;
            } else {
                break;
            }
        }
        name
    }

    fn simple(&mut self) -> Result<Simple, ParseError> {
        let mut simple = Simple::default();
        loop {
            self.blanks();
            if self.redirect(&mut simple.redirects)? {
                continue;
            }
            match self.peek() {
                None | Some('\n' | ';' | '|' | ')' | '&') => break,
                Some('(') if simple.words.len() == 1 && self.second() == Some(')') => {
                    return Err(ParseError::TooMuch(
                        "functions are not supported here: put the commands into a file and run it with bash FILE",
                    ));
                }
                Some('(') => return Err(ParseError::Unexpected("(".to_owned())),
                Some(_) => {
                    if simple.words.is_empty()
                        && let Some(assignment) = self.assignment()?
                    {
                        simple.assignments.push(assignment);
                        continue;
                    }
                    if simple.words.is_empty() && self.word_ahead("[[") {
                        self.double_test(&mut simple.words)?;
                        continue;
                    }
                    let word = self.word()?;
                    simple.words.push(word);
                }
            }
        }
        if simple == Simple::default() {
            let found = self.peek().map_or("newline".to_owned(), |c| c.to_string());
            return Err(ParseError::Unexpected(found));
        }
        Ok(simple)
    }

    /// The redirections behind a compound command.
    fn redirects(&mut self) -> Result<Vec<Redirect>, ParseError> {
        let mut redirects = Vec::new();
        loop {
            self.blanks();
            if !self.redirect(&mut redirects)? {
                return Ok(redirects);
            }
        }
    }

    /// A redirection, if that is what comes.
    fn redirect(&mut self, redirects: &mut Vec<Redirect>) -> Result<bool, ParseError> {
        match self.peek() {
            Some('&') if self.second() == Some('>') => {
                self.at += 2;
                let append = self.eat(">");
                let path = self.target()?;
                redirects.push(Redirect::File {
                    out: true,
                    err: true,
                    append,
                    path,
                });
            }
            Some('>' | '<') => self.redirect_one(redirects, 1)?,
            Some(fd @ ('1' | '2')) if matches!(self.second(), Some('>')) => {
                self.at += 1;
                self.redirect_one(redirects, if fd == '2' { 2 } else { 1 })?;
            }
            Some(_) | None => return Ok(false),
        }
        Ok(true)
    }

    /// `NAME=value`, if that is what comes.
    fn assignment(&mut self) -> Result<Option<(String, Word)>, ParseError> {
        let start = self.at;
        if self.peek().is_some_and(|c| c.is_ascii_digit()) {
            return Ok(None);
        }
        let name = self.name();
        if name.is_empty() || self.peek() != Some('=') {
            self.at = start;
            return Ok(None);
        }
        self.at += 1;
        let word = match self.peek() {
            None | Some(' ' | '\t' | '\n' | ';' | '|' | '&' | ')') => Word::default(),
            Some(_) => self.word()?,
        };
        Ok(Some((name, word)))
    }

    fn target(&mut self) -> Result<Word, ParseError> {
        self.blanks();
        match self.peek() {
            None | Some('\n') => Err(ParseError::Unexpected("newline".to_owned())),
            Some(c @ (';' | '|' | '&' | '<' | '>' | '(' | ')')) => {
                Err(ParseError::Unexpected(c.to_string()))
            }
            Some(_) => self.word(),
        }
    }

    fn redirect_one(&mut self, redirects: &mut Vec<Redirect>, fd: u8) -> Result<(), ParseError> {
        if self.eat("<<<") {
            let mut word = self.target()?;
            word.parts.push(Part::Quoted("\n".to_owned()));
            redirects.push(Redirect::Text(word));
        } else if self.eat("<<") {
            let strip_tabs = self.eat("-");
            let end = self.target()?;
            let literal = end.parts.iter().any(|p| matches!(p, Part::Quoted(_)));
            let end = end.parts.iter().map(|p| match p {
                Part::Text(text) | Part::Quoted(text) => text.as_str(),
                Part::Variable { .. } | Part::Output { .. } | Part::Arithmetic(_) => "",
            });
            self.here.push(Here {
                end: end.collect(),
                literal,
                strip_tabs,
                text: None,
            });
            redirects.push(Redirect::Text(Word::default()));
        } else if self.eat("<") {
            let path = self.target()?;
            redirects.push(Redirect::Input(path));
        } else if self.eat(">&") {
            match self.next() {
                Some('1') => redirects.push(Redirect::ErrToOut),
                Some('2') => redirects.push(Redirect::OutToErr),
                Some(c) => return Err(ParseError::Unexpected(c.to_string())),
                None => return Err(ParseError::Unexpected("newline".to_owned())),
            }
        } else {
            self.at += 1;
            let append = self.eat(">");
            let path = self.target()?;
            redirects.push(Redirect::File {
                out: fd == 1,
                err: fd == 2,
                append,
                path,
            });
        }
        Ok(())
    }
}
