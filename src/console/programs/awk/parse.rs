//! Text to [`Program`].

use super::program::{Expression, Pattern, Program, Rule, Statement};

/// How deep brackets and statements may nest.
const DEPTH_MAX: usize = 60;
/// The longest program.
const LENGTH_MAX: usize = 20_000;

/// Parses a program; the error is what awk says after its name.
pub fn program(text: &str) -> Result<Program, String> {
    if text.len() > LENGTH_MAX {
        return Err("program too long (20000 bytes at most)".to_owned());
    }
    let mut parser = Parser {
        rest: text,
        depth: 0,
        in_print: false,
    };
    let mut program = Program::default();
    loop {
        parser.separators();
        if parser.rest.is_empty() {
            return Ok(program);
        }
        let rule = parser.rule()?;
        program.rules.push(rule);
    }
}

/// Text with `\t`, `\n`, `\\` and `\"` replaced; other backslashes stay.
pub fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('t') => out.push('\t'),
            Some('n') => out.push('\n'),
            Some(c @ ('\\' | '"' | '/')) => out.push(c),
            Some(c) => out.extend(['\\', c]),
            None => out.push('\\'),
        }
    }
    out
}

pub(super) struct Parser<'a> {
    pub(super) rest: &'a str,
    depth: usize,
    /// `>` means a file here.
    pub(super) in_print: bool,
}

pub(super) type Parsed<T> = Result<T, String>;

impl Parser<'_> {
    pub(super) fn blanks(&mut self) {
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\t', '\r']);
            if let Some(rest) = self.rest.strip_prefix("\\\n") {
                self.rest = rest;
            } else if self.rest.starts_with('#') {
                self.rest = self.rest.find('\n').map_or("", |i| &self.rest[i..]);
            } else {
                return;
            }
        }
    }

    /// Skips blanks and ends of lines.
    pub(super) fn lines(&mut self) {
        self.blanks();
        while let Some(rest) = self.rest.strip_prefix('\n') {
            self.rest = rest;
            self.blanks();
        }
    }

    fn separators(&mut self) {
        self.blanks();
        while let Some(rest) = self.rest.strip_prefix(['\n', ';']) {
            self.rest = rest;
            self.blanks();
        }
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        self.blanks();
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    pub(super) fn expect(&mut self, text: &str) -> Parsed<()> {
        if self.eat(text) {
            Ok(())
        } else {
            Err(self.near())
        }
    }

    /// A word that is not the start of a longer one.
    pub(super) fn word(&mut self, word: &str) -> bool {
        self.blanks();
        match self.rest.strip_prefix(word) {
            Some(rest) if !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    pub(super) fn near(&self) -> String {
        let near: String = self.rest.chars().take(20).collect();
        if near.is_empty() {
            "syntax error at the end of the program".to_owned()
        } else {
            format!("syntax error near {near}")
        }
    }

    pub(super) fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("program nested too deep".to_owned());
        }
        let answer = inner(self);
        self.depth -= 1;
        answer
    }

    fn rule(&mut self) -> Parsed<Rule> {
        if self.word("function") || self.word("func") {
            return Err(
                "functions of one's own are not supported here: write the statements out"
                    .to_owned(),
            );
        }
        let pattern = if self.word("BEGIN") {
            Pattern::Begin
        } else if self.word("END") {
            Pattern::End
        } else if self.rest.starts_with('{') {
            Pattern::Always
        } else {
            let first = self.expression()?;
            if self.eat(",") {
                self.lines();
                Pattern::Range(first, self.expression()?)
            } else {
                Pattern::When(first)
            }
        };
        let must = matches!(pattern, Pattern::Begin | Pattern::End);
        let action = if self.eat("{") {
            Some(self.statements()?)
        } else if must {
            return Err(self.near());
        } else {
            None
        };
        Ok(Rule { pattern, action })
    }

    /// Statements up to the closing brace.
    fn statements(&mut self) -> Parsed<Vec<Statement>> {
        let mut all = Vec::new();
        loop {
            self.separators();
            if self.eat("}") {
                return Ok(all);
            }
            if self.rest.is_empty() {
                return Err(self.near());
            }
            all.push(self.statement()?);
            self.blanks();
            if !self.rest.starts_with(['}', ';', '\n'])
                && !matches!(
                    all.last(),
                    Some(
                        Statement::Block(_)
                            | Statement::If(..)
                            | Statement::While(..)
                            | Statement::For(..)
                            | Statement::Each(..)
                    )
                )
            {
                return Err(self.near());
            }
        }
    }

    fn statement(&mut self) -> Parsed<Statement> {
        self.deeper(Self::statement_here)
    }

    fn statement_here(&mut self) -> Parsed<Statement> {
        self.lines();
        if self.eat("{") {
            return Ok(Statement::Block(self.statements()?));
        }
        if self.rest.starts_with(';') {
            return Ok(Statement::Block(Vec::new()));
        }
        if self.word("if") {
            return self.condition();
        }
        if self.word("while") {
            let test = self.bracketed()?;
            let body = self.statement()?;
            return Ok(Statement::While(test, Box::new(body)));
        }
        if self.word("do") {
            let body = self.statement()?;
            self.separators();
            if !self.word("while") {
                return Err(self.near());
            }
            return Ok(Statement::Do(Box::new(body), self.bracketed()?));
        }
        if self.word("for") {
            return self.for_loop();
        }
        self.simple()
    }

    fn bracketed(&mut self) -> Parsed<Expression> {
        self.expect("(")?;
        let inner = self.outside_print(Self::expression)?;
        self.expect(")")?;
        Ok(inner)
    }

    fn outside_print<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let before = std::mem::replace(&mut self.in_print, false);
        let answer = inner(self);
        self.in_print = before;
        answer
    }

    fn condition(&mut self) -> Parsed<Statement> {
        let test = self.bracketed()?;
        let then = self.statement()?;
        let before = self.rest;
        self.separators();
        let other = if self.word("else") {
            Some(Box::new(self.statement()?))
        } else {
            self.rest = before;
            None
        };
        Ok(Statement::If(test, Box::new(then), other))
    }

    fn for_loop(&mut self) -> Parsed<Statement> {
        self.expect("(")?;
        let before = self.rest;
        let name = self.name();
        if !name.is_empty() && self.word("in") {
            let array = self.name();
            if !array.is_empty() && self.eat(")") {
                let body = self.statement()?;
                return Ok(Statement::Each(name, array, Box::new(body)));
            }
        }
        self.rest = before;
        let first = self.optional(";")?;
        self.blanks();
        let test = if self.rest.starts_with(';') {
            None
        } else {
            Some(self.expression()?)
        };
        self.expect(";")?;
        let step = self.optional(")")?;
        let body = self.statement()?;
        Ok(Statement::For(first, test, step, Box::new(body)))
    }

    /// A simple statement or nothing, and what ends it.
    fn optional(&mut self, end: &str) -> Parsed<Option<Box<Statement>>> {
        if self.eat(end) {
            return Ok(None);
        }
        let statement = self.simple()?;
        self.expect(end)?;
        Ok(Some(Box::new(statement)))
    }

    fn simple(&mut self) -> Parsed<Statement> {
        if self.word("print") {
            return Ok(Statement::Print(self.printed()?));
        }
        if self.word("printf") {
            let items = self.printed()?;
            if items.is_empty() {
                return Err("printf: no format".to_owned());
            }
            return Ok(Statement::Printf(items));
        }
        for (word, statement) in [
            ("next", Statement::Next),
            ("break", Statement::Break),
            ("continue", Statement::Continue),
        ] {
            if self.word(word) {
                return Ok(statement);
            }
        }
        if self.word("exit") {
            self.blanks();
            let nothing = self.rest.is_empty() || self.rest.starts_with(['}', ';', '\n']);
            let code = if nothing {
                None
            } else {
                Some(self.expression()?)
            };
            return Ok(Statement::Exit(code));
        }
        if self.word("delete") {
            let name = self.name();
            if name.is_empty() {
                return Err(self.near());
            }
            let keys = if self.eat("[") {
                Some(self.listed("]")?)
            } else {
                None
            };
            return Ok(Statement::Delete(name, keys));
        }
        if self.word("getline") {
            return Err("getline is not supported here: pipe the lines in".to_owned());
        }
        Ok(Statement::Expression(self.expression()?))
    }

    /// What `print` and `printf` print.
    fn printed(&mut self) -> Parsed<Vec<Expression>> {
        self.blanks();
        let mut items = Vec::new();
        let before = std::mem::replace(&mut self.in_print, true);
        if !self.rest.is_empty() && !self.rest.starts_with(['}', ';', '\n', '>', '|', ')']) {
            loop {
                items.push(self.expression()?);
                if !self.eat(",") {
                    break;
                }
                self.lines();
            }
        }
        self.in_print = before;
        self.blanks();
        if self.rest.starts_with(['>', '|']) {
            return Err(
                "print to files and programs is not supported here: put > or | after awk"
                    .to_owned(),
            );
        }
        if let [Expression::List(_)] = &items[..]
            && let Some(Expression::List(inner)) = items.pop()
        {
            return Ok(inner);
        }
        Ok(items)
    }

    /// Expressions with commas up to a closing bracket.
    pub(super) fn listed(&mut self, end: &str) -> Parsed<Vec<Expression>> {
        self.outside_print(|p| {
            let mut all = Vec::new();
            if p.eat(end) {
                return Ok(all);
            }
            loop {
                p.lines();
                all.push(p.expression()?);
                p.lines();
                if p.eat(end) {
                    return Ok(all);
                }
                p.expect(",")?;
            }
        })
    }

    pub(super) fn name(&mut self) -> String {
        self.blanks();
        let first = self
            .rest
            .starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let end = self
            .rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(self.rest.len());
        if !first {
            return String::new();
        }
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        name.to_owned()
    }
}
