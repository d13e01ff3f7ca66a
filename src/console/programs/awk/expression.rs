//! The expressions of an awk program, from the loosest to the tightest binding.

use super::super::decimal::Decimal;
use super::super::regex::{Regex, Syntax};
use super::function;
use super::parse::{Parsed, Parser, unescaped};
use super::program::{Comparison, Expression, Operator, Place};

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Parsed<Expression> {
        self.deeper(|p| {
            let left = p.choice()?;
            let Expression::Place(place) = left else {
                return Ok(left);
            };
            p.blanks();
            if p.rest.starts_with('=') && !p.rest.starts_with("==") {
                p.eat("=");
                p.lines();
                let value = p.expression()?;
                return Ok(Expression::Assign(place, None, Box::new(value)));
            }
            for (sign, operator) in [
                ("+=", Operator::Plus),
                ("-=", Operator::Minus),
                ("*=", Operator::Times),
                ("/=", Operator::Over),
                ("%=", Operator::Rest),
                ("^=", Operator::Power),
            ] {
                if p.eat(sign) {
                    p.lines();
                    let value = p.expression()?;
                    return Ok(Expression::Assign(place, Some(operator), Box::new(value)));
                }
            }
            Ok(Expression::Place(place))
        })
    }

    fn choice(&mut self) -> Parsed<Expression> {
        let test = self.either()?;
        if !self.eat("?") {
            return Ok(test);
        }
        self.lines();
        let yes = self.expression()?;
        self.lines();
        self.expect(":")?;
        self.lines();
        let no = self.expression()?;
        Ok(Expression::Choice(
            Box::new(test),
            Box::new(yes),
            Box::new(no),
        ))
    }

    fn either(&mut self) -> Parsed<Expression> {
        let mut left = self.both()?;
        while self.eat("||") {
            self.lines();
            left = Expression::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Parsed<Expression> {
        let mut left = self.membership()?;
        while self.eat("&&") {
            self.lines();
            left = Expression::And(Box::new(left), Box::new(self.membership()?));
        }
        Ok(left)
    }

    fn membership(&mut self) -> Parsed<Expression> {
        let mut left = self.matching()?;
        while self.word("in") {
            let array = self.name();
            if array.is_empty() {
                return Err(self.near());
            }
            let keys = match left {
                Expression::List(keys) => keys,
                other => vec![other],
            };
            left = Expression::In(keys, array);
        }
        Ok(left)
    }

    fn matching(&mut self) -> Parsed<Expression> {
        let mut left = self.comparison()?;
        loop {
            let wanted = if self.eat("!~") {
                false
            } else if self.eat("~") {
                true
            } else {
                return Ok(left);
            };
            left = Expression::Matches {
                text: Box::new(left),
                pattern: Box::new(self.comparison()?),
                wanted,
            };
        }
    }

    fn comparison(&mut self) -> Parsed<Expression> {
        let left = self.joined()?;
        self.blanks();
        for (sign, comparison) in [
            ("==", Comparison::Equal),
            ("!=", Comparison::NotEqual),
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::MoreOrEqual),
            ("<", Comparison::Less),
            (">", Comparison::More),
        ] {
            if self.in_print && comparison == Comparison::More {
                continue;
            }
            if self.eat(sign) {
                let right = self.joined()?;
                return Ok(Expression::Compare(
                    Box::new(left),
                    comparison,
                    Box::new(right),
                ));
            }
        }
        Ok(left)
    }

    fn joined(&mut self) -> Parsed<Expression> {
        let mut left = self.sum()?;
        loop {
            self.blanks();
            let more = self.rest.starts_with(|c: char| {
                c.is_ascii_alphanumeric() || matches!(c, '"' | '$' | '(' | '_' | '.')
            }) || (self.rest.starts_with('!')
                && !self.rest.starts_with("!=")
                && !self.rest.starts_with("!~"));
            let before = self.rest;
            if !more || self.word("in") {
                self.rest = before;
                return Ok(left);
            }
            left = Expression::Join(Box::new(left), Box::new(self.sum()?));
        }
    }

    fn sum(&mut self) -> Parsed<Expression> {
        let mut left = self.product()?;
        loop {
            self.blanks();
            let operator = if self.rest.starts_with("+=") || self.rest.starts_with("-=") {
                return Ok(left);
            } else if self.eat("+") {
                Operator::Plus
            } else if self.eat("-") {
                Operator::Minus
            } else {
                return Ok(left);
            };
            left = Expression::Arithmetic(Box::new(left), operator, Box::new(self.product()?));
        }
    }

    fn product(&mut self) -> Parsed<Expression> {
        let mut left = self.unary()?;
        loop {
            self.blanks();
            if self.rest.get(1..2) == Some("=") {
                return Ok(left);
            }
            let operator = if self.eat("*") {
                Operator::Times
            } else if self.eat("/") {
                Operator::Over
            } else if self.eat("%") {
                Operator::Rest
            } else {
                return Ok(left);
            };
            left = Expression::Arithmetic(Box::new(left), operator, Box::new(self.unary()?));
        }
    }

    fn unary(&mut self) -> Parsed<Expression> {
        self.blanks();
        if self.rest.starts_with("++") || self.rest.starts_with("--") {
            return self.power();
        }
        if self.eat("!") {
            let inner = self.deeper(Self::unary)?;
            return Ok(Expression::Not(Box::new(inner)));
        }
        if self.eat("-") {
            let inner = self.deeper(Self::unary)?;
            return Ok(Expression::Negate(Box::new(inner)));
        }
        if self.eat("+") {
            let inner = self.deeper(Self::unary)?;
            return Ok(Expression::Sign(Box::new(inner)));
        }
        self.power()
    }

    fn power(&mut self) -> Parsed<Expression> {
        let left = self.stepped()?;
        self.blanks();
        if self.rest.starts_with("^=") || !self.eat("^") {
            return Ok(left);
        }
        let right = self.deeper(Self::unary)?;
        Ok(Expression::Arithmetic(
            Box::new(left),
            Operator::Power,
            Box::new(right),
        ))
    }

    /// A place with `++` or `--` before or behind it, or another primary expression.
    fn stepped(&mut self) -> Parsed<Expression> {
        for (sign, up) in [("++", true), ("--", false)] {
            if self.eat(sign) {
                return match self.primary()? {
                    Expression::Place(place) => Ok(Expression::Step {
                        place,
                        up,
                        before: true,
                    }),
                    _ => Err(self.near()),
                };
            }
        }
        let left = self.primary()?;
        let Expression::Place(place) = left else {
            return Ok(left);
        };
        for (sign, up) in [("++", true), ("--", false)] {
            if self.eat(sign) {
                return Ok(Expression::Step {
                    place,
                    up,
                    before: false,
                });
            }
        }
        Ok(Expression::Place(place))
    }

    fn primary(&mut self) -> Parsed<Expression> {
        self.blanks();
        match self.rest.chars().next() {
            Some('"') => self.text(),
            Some('/') => self.regex(),
            Some('(') => {
                self.eat("(");
                let mut inner = self.deeper(|p| p.listed(")"))?;
                match inner.len() {
                    0 => Err(self.near()),
                    // In brackets it is a value, no longer a place.
                    1 => Ok(match inner.remove(0) {
                        Expression::Place(place) => {
                            let place = Expression::Place(place);
                            Expression::Choice(
                                Box::new(Expression::Number(Decimal::whole(1))),
                                Box::new(place.clone()),
                                Box::new(place),
                            )
                        }
                        other => other,
                    }),
                    _ => Ok(Expression::List(inner)),
                }
            }
            Some('$') => {
                self.eat("$");
                let index = self.deeper(|p| {
                    p.blanks();
                    if p.rest.starts_with("++") || p.rest.starts_with("--") {
                        p.stepped()
                    } else if p.eat("-") {
                        Ok(Expression::Negate(Box::new(p.primary()?)))
                    } else {
                        p.primary()
                    }
                })?;
                Ok(Expression::Place(Place::Field(Box::new(index))))
            }
            Some(c) if c.is_ascii_digit() || c == '.' => self.number(),
            Some(c) if c.is_ascii_alphabetic() || c == '_' => self.named(),
            _ => Err(self.near()),
        }
    }

    fn number(&mut self) -> Parsed<Expression> {
        let (mut number, taken) = Decimal::leading(self.rest);
        if taken == 0 {
            return Err(self.near());
        }
        self.rest = &self.rest[taken..];
        if let Some(after) = self.rest.strip_prefix(['e', 'E']) {
            let (exponent, n) = Decimal::leading(after);
            if n > 0 {
                number = number.times(Decimal::whole(10).power(exponent));
                self.rest = &after[n..];
            }
        }
        Ok(Expression::Number(number))
    }

    fn named(&mut self) -> Parsed<Expression> {
        let name = self.name();
        if name == "getline" {
            return Err("getline is not supported here: pipe the lines in".to_owned());
        }
        if function::NAMES.contains(&name.as_str()) {
            let args = if self.eat("(") {
                self.deeper(|p| p.listed(")"))?
            } else if name == "length" {
                Vec::new()
            } else {
                return Err(self.near());
            };
            return Ok(Expression::Call(name, args));
        }
        if self.rest.starts_with('(') {
            return Err(format!("function {name} is not known here"));
        }
        if self.rest.starts_with('[') {
            self.eat("[");
            let keys = self.deeper(|p| p.listed("]"))?;
            return Ok(Expression::Place(Place::Element(name, keys)));
        }
        Ok(Expression::Place(Place::Variable(name)))
    }

    /// The text up to a closing sign; what a backslash precedes does not close.
    fn until(&mut self, end: char) -> Parsed<String> {
        let mut chars = self.rest.char_indices().skip(1);
        while let Some((i, c)) = chars.next() {
            if c == '\\' {
                chars.next();
            } else if c == end {
                let text = self.rest[1..i].to_owned();
                self.rest = &self.rest[i + 1..];
                return Ok(text);
            } else if c == '\n' {
                break;
            }
        }
        Err(if end == '/' {
            "unterminated regexp".to_owned()
        } else {
            "unterminated string".to_owned()
        })
    }

    fn text(&mut self) -> Parsed<Expression> {
        Ok(Expression::Text(unescaped(&self.until('"')?)))
    }

    fn regex(&mut self) -> Parsed<Expression> {
        let text = self.until('/')?.replace("\\/", "/");
        let regex = Regex::new(&text, Syntax::Extended, false)?;
        Ok(Expression::Regex(Box::new(regex)))
    }
}
