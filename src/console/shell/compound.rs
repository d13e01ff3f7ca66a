//! Commands made of commands: loops, conditions, groups, arithmetic.

use super::parse::Parser;
use super::{Compound, ParseError, Part, Script, Word};

type Parsed<T> = Result<T, ParseError>;

impl Compound {
    /// The lists within, in the order in which they are written.
    pub(super) fn scripts(&mut self) -> Vec<&mut Script> {
        match self {
            Compound::For { body, .. }
            | Compound::Count { body, .. }
            | Compound::Group(body)
            | Compound::Subshell(body) => vec![body],
            Compound::Loop { test, body, .. } => vec![test, body],
            Compound::If {
                branches,
                otherwise,
            } => {
                let inner = branches.iter_mut().flat_map(|(test, then)| [test, then]);
                inner.chain(otherwise).collect()
            }
            Compound::Case { arms, .. } => arms.iter_mut().map(|(_, body)| body).collect(),
            Compound::Arithmetic(_) => Vec::new(),
        }
    }
}

impl Parser {
    /// A compound command, if that is what comes.
    pub(super) fn compound(&mut self) -> Parsed<Option<Compound>> {
        for word in ["select", "function", "coproc"] {
            if self.word_ahead(word) {
                return Err(ParseError::TooMuch(
                    "select, functions and coproc are not supported here: use for, while, if or case",
                ));
            }
        }
        for word in ["then", "else", "elif", "fi", "do", "done", "esac", "}"] {
            if self.word_ahead(word) {
                return Err(ParseError::Unexpected(word.to_owned()));
            }
        }
        let rows: [(&str, fn(&mut Self) -> Parsed<Compound>); 6] = [
            ("for", Self::for_loop),
            ("while", Self::conditional_loop),
            ("until", Self::conditional_loop),
            ("if", Self::condition),
            ("case", Self::case),
            ("{", Self::group),
        ];
        for (word, parse) in rows {
            if self.word_ahead(word) {
                return self.nested(parse).map(Some);
            }
        }
        if self.peek() == Some('(') && self.second() == Some('(') {
            self.at += 2;
            return Ok(Some(Compound::Arithmetic(self.arithmetic("))")?)));
        }
        if self.peek() == Some('(') {
            self.at += 1;
            return self.nested(|p| {
                let body = p.list(&[")"])?;
                p.expect(")")?;
                Ok(Some(Compound::Subshell(body)))
            });
        }
        Ok(None)
    }

    fn group(&mut self) -> Parsed<Compound> {
        self.expect("{")?;
        let body = self.list(&["}"])?;
        self.expect("}")?;
        Ok(Compound::Group(body))
    }

    fn for_loop(&mut self) -> Parsed<Compound> {
        self.expect("for")?;
        self.blanks();
        if self.eat("((") {
            let first = self.arithmetic(";")?;
            let test = self.arithmetic(";")?;
            let step = self.arithmetic("))")?;
            self.blanks();
            self.eat(";");
            let body = self.body()?;
            return Ok(Compound::Count {
                first,
                test,
                step,
                body,
            });
        }
        let variable = self.name();
        if variable.is_empty() {
            return Err(match self.peek() {
                Some(c) => ParseError::Unexpected(c.to_string()),
                None => ParseError::Open("in"),
            });
        }
        self.expect("in")?;
        let mut words = Vec::new();
        loop {
            self.blanks();
            match self.peek() {
                None | Some(';' | '\n') => break,
                Some(c @ ('&' | '|' | '<' | '>' | '(' | ')')) => {
                    return Err(ParseError::Unexpected(c.to_string()));
                }
                Some(_) => words.push(self.word()?),
            }
        }
        self.eat(";");
        let body = self.body()?;
        Ok(Compound::For {
            variable,
            words,
            body,
        })
    }

    /// `do … done`
    fn body(&mut self) -> Parsed<Script> {
        self.expect("do")?;
        let body = self.filled(&["done"], "done")?;
        self.expect("done")?;
        Ok(body)
    }

    /// A list that must not be empty.
    fn filled(&mut self, closing: &[&str], next: &'static str) -> Parsed<Script> {
        let list = self.list(closing)?;
        match self.peek() {
            None => Err(ParseError::Open(next)),
            Some(_) if list.items.is_empty() => Err(ParseError::Unexpected(next.to_owned())),
            Some(_) => Ok(list),
        }
    }

    fn conditional_loop(&mut self) -> Parsed<Compound> {
        let until = self.eat("until");
        if !until {
            self.expect("while")?;
        }
        let test = self.filled(&["do"], "do")?;
        let body = self.body()?;
        Ok(Compound::Loop { test, until, body })
    }

    fn condition(&mut self) -> Parsed<Compound> {
        self.expect("if")?;
        let mut branches = Vec::new();
        let mut otherwise = None;
        loop {
            let test = self.filled(&["then"], "then")?;
            self.expect("then")?;
            let then = self.filled(&["elif", "else", "fi"], "fi")?;
            branches.push((test, then));
            if self.eat("elif") {
                continue;
            }
            if self.eat("else") {
                otherwise = Some(self.filled(&["fi"], "fi")?);
            }
            self.expect("fi")?;
            return Ok(Compound::If {
                branches,
                otherwise,
            });
        }
    }

    fn case(&mut self) -> Parsed<Compound> {
        self.expect("case")?;
        self.blanks();
        let word = self.word()?;
        self.expect("in")?;
        let mut arms = Vec::new();
        loop {
            self.lines()?;
            if self.word_ahead("esac") {
                self.expect("esac")?;
                return Ok(Compound::Case { word, arms });
            }
            if self.peek().is_none() {
                return Err(ParseError::Open("esac"));
            }
            self.eat("(");
            let mut patterns = Vec::new();
            loop {
                self.blanks();
                let pattern = self.word()?;
                if pattern.parts.is_empty() {
                    let c = self.peek().map_or("newline".to_owned(), |c| c.to_string());
                    return Err(ParseError::Unexpected(c));
                }
                patterns.push(pattern);
                self.blanks();
                if !self.eat("|") {
                    break;
                }
            }
            self.expect(")")?;
            let body = self.list(&[";;", "esac"])?;
            self.eat(";;");
            arms.push((patterns, body));
        }
    }

    /// The text of an arithmetic expression up to its end, which is read over.
    pub(super) fn arithmetic(&mut self, end: &'static str) -> Parsed<Word> {
        let mut text = String::new();
        let mut open = 0_usize;
        loop {
            if open == 0 && self.eat(end) {
                return self.nested(|p| p.inner(&text));
            }
            match self.next() {
                Some(c) => {
                    open += usize::from(c == '(');
                    open = open.saturating_sub(usize::from(c == ')'));
                    text.push(c);
                }
                None => return Err(ParseError::Open(end)),
            }
        }
    }

    /// `[[ … ]]` as words.
    pub(super) fn double_test(&mut self, words: &mut Vec<Word>) -> Parsed<()> {
        let literal = |text: &str| Word {
            parts: vec![Part::Quoted(text.to_owned())],
        };
        self.expect("[[")?;
        words.push(literal("[["));
        let mut regex = false;
        loop {
            self.blanks();
            if self.word_ahead("]]") {
                self.expect("]]")?;
                words.push(literal("]]"));
                return Ok(());
            }
            if std::mem::take(&mut regex) && self.peek() != Some('"') && self.peek() != Some('\'') {
                let mut text = String::new();
                while let Some(c) = self.peek().filter(|c| !c.is_whitespace()) {
                    text.push(c);
                    self.at += 1;
                }
                words.push(self.nested(|p| p.inner(&text))?);
                continue;
            }
            if let Some(sign) = ["&&", "||", "<", ">", "(", ")"]
                .iter()
                .find(|s| self.eat(s))
            {
                words.push(literal(sign));
                continue;
            }
            if self.peek().is_none() {
                return Err(ParseError::Open("]]"));
            }
            let word = self.word()?;
            if word.parts.is_empty() {
                let c = self.peek().map_or("newline".to_owned(), |c| c.to_string());
                return Err(ParseError::Unexpected(c));
            }
            regex = word.parts == [Part::Text("=~".to_owned())];
            words.push(word);
        }
    }
}
