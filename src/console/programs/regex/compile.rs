//! Patterns to nodes.

use super::Node;

pub(super) struct Parser<'a> {
    pub(super) chars: &'a [char],
    pub(super) at: usize,
    pub(super) basic: bool,
    pub(super) groups: usize,
    pub(super) depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    /// The next characters are the operator, written as this syntax writes it.
    fn operator(&self, op: char) -> bool {
        if self.basic {
            self.peek() == Some('\\') && self.chars.get(self.at + 1) == Some(&op)
        } else {
            self.peek() == Some(op)
        }
    }

    fn eat_operator(&mut self, op: char) -> bool {
        let found = self.operator(op);
        if found {
            self.at += if self.basic { 2 } else { 1 };
        }
        found
    }

    pub(super) fn either(&mut self) -> Result<Node, String> {
        self.depth += 1;
        if self.depth > 100 {
            return Err("Regular expression too big".to_owned());
        }
        let mut options = vec![self.sequence()?];
        while self.eat_operator('|') {
            options.push(self.sequence()?);
        }
        self.depth -= 1;
        Ok(if options.len() == 1 {
            options.remove(0)
        } else {
            Node::Either(options)
        })
    }

    fn sequence(&mut self) -> Result<Node, String> {
        let mut nodes = Vec::new();
        while self.at < self.chars.len() && !self.operator('|') && !self.operator(')') {
            let first = nodes.is_empty();
            let atom = self.atom(first)?;
            nodes.push(self.repeats(atom)?);
        }
        Ok(match nodes.len() {
            0 => Node::Empty,
            1 => nodes.remove(0),
            _ => Node::Sequence(nodes),
        })
    }

    fn repeats(&mut self, mut atom: Node) -> Result<Node, String> {
        loop {
            let (min, max) = if self.peek() == Some('*') {
                self.at += 1;
                (0, usize::MAX)
            } else if self.eat_operator('+') {
                (1, usize::MAX)
            } else if self.eat_operator('?') {
                (0, 1)
            } else if self.operator('{') && self.counted() {
                self.eat_operator('{');
                self.bounds()?
            } else {
                return Ok(atom);
            };
            let lazy = !self.basic && self.peek() == Some('?');
            if lazy {
                self.at += 1;
            }
            atom = Node::Repeat {
                node: Box::new(atom),
                min,
                max,
                lazy,
            };
        }
    }

    /// A `{` that begins a count; elsewhere it stands for itself.
    fn counted(&self) -> bool {
        let after = self.at + if self.basic { 2 } else { 1 };
        self.chars
            .get(after)
            .is_some_and(|c| c.is_ascii_digit() || *c == ',')
    }

    fn bounds(&mut self) -> Result<(usize, usize), String> {
        let number = |parser: &mut Self| {
            let mut n: Option<usize> = None;
            while let Some(d) = parser.peek().and_then(|c| c.to_digit(10)) {
                n = Some((n.unwrap_or(0) * 10 + d as usize).min(1000));
                parser.at += 1;
            }
            n
        };
        let min = number(self);
        let max = if self.peek() == Some(',') {
            self.at += 1;
            number(self).unwrap_or(usize::MAX)
        } else {
            min.unwrap_or(0)
        };
        if !self.eat_operator('}') {
            return Err("Unmatched { or \\{".to_owned());
        }
        Ok((min.unwrap_or(0), max))
    }

    fn atom(&mut self, first: bool) -> Result<Node, String> {
        if self.eat_operator('(') {
            return self.group();
        }
        let Some(c) = self.peek() else {
            return Ok(Node::Empty);
        };
        self.at += 1;
        Ok(match c {
            '.' => Node::Any,
            '[' => self.class()?,
            '^' if !self.basic || first => Node::Start,
            '$' if !self.basic
                || self.at == self.chars.len()
                || self.operator(')')
                || self.operator('|') =>
            {
                Node::End
            }
            '\\' => self.escape()?,
            c => Node::Char(c),
        })
    }

    fn group(&mut self) -> Result<Node, String> {
        let mut index = None;
        let mut look = None;
        if !self.basic && self.peek() == Some('?') {
            let rest: String = self.chars[self.at..].iter().take(3).collect();
            let (skip, kind) = match rest.as_str() {
                "?<!" => (3, Some((true, false))),
                "?<=" => (3, Some((true, true))),
                r if r.starts_with("?!") => (2, Some((false, false))),
                r if r.starts_with("?=") => (2, Some((false, true))),
                r if r.starts_with("?:") => (2, None),
                _ => return Err("Invalid preceding regular expression".to_owned()),
            };
            self.at += skip;
            look = kind;
        } else {
            self.groups += 1;
            index = Some(self.groups - 1);
        }
        let node = Box::new(self.either()?);
        if !self.eat_operator(')') {
            return Err("Unmatched ( or \\(".to_owned());
        }
        Ok(match look {
            Some((behind, wanted)) => Node::Look {
                node,
                behind,
                wanted,
            },
            None => Node::Group(node, index),
        })
    }

    fn escape(&mut self) -> Result<Node, String> {
        let Some(c) = self.peek() else {
            return Err("Trailing backslash".to_owned());
        };
        self.at += 1;
        Ok(match c {
            'b' => Node::Word(true),
            'B' => Node::Word(false),
            'n' => Node::Char('\n'),
            't' => Node::Char('\t'),
            '1'..='9' => Node::Back(c.to_digit(10).map_or(1, |d| d as usize) - 1),
            c => match shorthand(c) {
                Some((ranges, negated)) => Node::Class(ranges, negated),
                None => Node::Char(c),
            },
        })
    }

    fn class(&mut self) -> Result<Node, String> {
        let unmatched = || "Unmatched [, [^, [:, [., or [=".to_owned();
        let negated = self.peek() == Some('^');
        if negated {
            self.at += 1;
        }
        let mut ranges = Vec::new();
        let mut first = true;
        loop {
            let c = self.peek().ok_or_else(unmatched)?;
            self.at += 1;
            if c == ']' && !first {
                return Ok(Node::Class(ranges, negated));
            }
            first = false;
            if c == '[' && self.peek() == Some(':') {
                let name: String = self.chars[self.at + 1..]
                    .iter()
                    .take_while(|c| **c != ':')
                    .collect();
                self.at += name.chars().count() + 3;
                ranges.extend(posix(&name).ok_or("Invalid character class name")?);
                continue;
            }
            if c == '\\'
                && !self.basic
                && let Some(next) = self.peek()
            {
                if let Some((more, false)) = shorthand(next) {
                    self.at += 1;
                    ranges.extend(more);
                    continue;
                }
                if !next.is_alphanumeric() {
                    self.at += 1;
                    ranges.push((next, next));
                    continue;
                }
            }
            let dash = self.peek() == Some('-') && self.chars.get(self.at + 1) != Some(&']');
            if dash && let Some(to) = self.chars.get(self.at + 1).copied() {
                self.at += 2;
                ranges.push((c, to));
            } else {
                ranges.push((c, c));
            }
        }
    }
}

/// `\w` and the like: ranges, negated.
fn shorthand(c: char) -> Option<(Vec<(char, char)>, bool)> {
    let ranges = match c.to_ascii_lowercase() {
        'w' => vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')],
        'd' => vec![('0', '9')],
        's' => vec![(' ', ' '), ('\t', '\r')],
        _ => return None,
    };
    Some((ranges, c.is_ascii_uppercase()))
}

fn posix(name: &str) -> Option<Vec<(char, char)>> {
    Some(match name {
        "alpha" => vec![('a', 'z'), ('A', 'Z')],
        "digit" => vec![('0', '9')],
        "alnum" => vec![('a', 'z'), ('A', 'Z'), ('0', '9')],
        "upper" => vec![('A', 'Z')],
        "lower" => vec![('a', 'z')],
        "space" => vec![(' ', ' '), ('\t', '\r')],
        "blank" => vec![(' ', ' '), ('\t', '\t')],
        "punct" => vec![('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "xdigit" => vec![('a', 'f'), ('A', 'F'), ('0', '9')],
        _ => return None,
    })
}
