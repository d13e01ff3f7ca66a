//! `$((…))`: whole numbers, comparisons, logic, variables and their assignment.

use crate::k8s::ordered::BTreeMap;

/// How deep brackets may nest.
const DEPTH_MAX: usize = 60;

/// The value of an expression; variables are read from and written to the map.
pub fn evaluate(text: &str, variables: &mut BTreeMap<String, String>) -> Result<i64, String> {
    let mut reader = Reader {
        rest: text,
        whole: text,
        variables,
        depth: 0,
        quiet: false,
    };
    if text.trim().is_empty() {
        return Ok(0);
    }
    let value = reader.list()?;
    reader.blanks();
    if reader.rest.is_empty() {
        Ok(value)
    } else {
        Err(reader.wrong())
    }
}

struct Reader<'a> {
    rest: &'a str,
    whole: &'a str,
    variables: &'a mut BTreeMap<String, String>,
    depth: usize,
    /// What is read is not done: the side of `&&`, `||` or `?:` that does not count.
    quiet: bool,
}

/// Operators of two sides by how tight they bind, the loosest first.
const LEVELS: &[&[&str]] = &[
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

impl Reader<'_> {
    fn blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, sign: &str) -> bool {
        self.blanks();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn wrong(&self) -> String {
        let (whole, rest) = (self.whole, self.rest.trim_start());
        if rest.is_empty() {
            format!("{whole}: syntax error: operand expected (error token is \"\")")
        } else {
            format!("{whole}: syntax error in expression (error token is \"{rest}\")")
        }
    }

    fn deeper<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, String>,
    ) -> Result<T, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("expression nested too deep".to_owned());
        }
        let answer = inner(self);
        self.depth -= 1;
        answer
    }

    fn list(&mut self) -> Result<i64, String> {
        let mut value = self.assigned()?;
        while self.eat(",") {
            value = self.assigned()?;
        }
        Ok(value)
    }

    fn name(&mut self) -> Option<String> {
        self.blanks();
        let text = self.rest.strip_prefix('$').unwrap_or(self.rest);
        if !text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            return None;
        }
        let end = text
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(text.len());
        self.rest = &text[end..];
        Some(text[..end].to_owned())
    }

    fn put(&mut self, name: &str, value: i64) -> i64 {
        if !self.quiet {
            self.variables.insert(name.to_owned(), value.to_string());
        }
        value
    }

    fn read(&self, name: &str) -> i64 {
        let text = self.variables.get(name).map_or("", |t| t.trim());
        text.parse().unwrap_or(0)
    }

    fn assigned(&mut self) -> Result<i64, String> {
        self.deeper(|r| {
            let before = r.rest;
            if let Some(name) = r.name() {
                r.blanks();
                if r.rest.starts_with('=') && !r.rest.starts_with("==") {
                    r.eat("=");
                    let value = r.assigned()?;
                    return Ok(r.put(&name, value));
                }
                for sign in ["+=", "-=", "*=", "/=", "%="] {
                    if r.eat(sign) {
                        let right = r.assigned()?;
                        let value = r.apply(&sign[..1], r.read(&name), right)?;
                        return Ok(r.put(&name, value));
                    }
                }
                r.rest = before;
            }
            r.choice()
        })
    }

    fn choice(&mut self) -> Result<i64, String> {
        let test = self.either()?;
        if !self.eat("?") {
            return Ok(test);
        }
        let yes = self.silent(test == 0, Self::assigned)?;
        if !self.eat(":") {
            return Err(self.wrong());
        }
        let no = self.silent(test != 0, Self::assigned)?;
        Ok(if test == 0 { no } else { yes })
    }

    fn silent(
        &mut self,
        silent: bool,
        inner: impl FnOnce(&mut Self) -> Result<i64, String>,
    ) -> Result<i64, String> {
        let before = self.quiet;
        self.quiet |= silent;
        let answer = inner(self);
        self.quiet = before;
        answer
    }

    fn either(&mut self) -> Result<i64, String> {
        let mut left = self.both()?;
        while self.eat("||") {
            let right = self.silent(left != 0, Self::both)?;
            left = i64::from(left != 0 || right != 0);
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<i64, String> {
        let mut left = self.level(0)?;
        while self.eat("&&") {
            let right = self.silent(left == 0, |r| r.level(0))?;
            left = i64::from(left != 0 && right != 0);
        }
        Ok(left)
    }

    fn level(&mut self, level: usize) -> Result<i64, String> {
        let Some(signs) = LEVELS.get(level) else {
            return self.power();
        };
        let mut left = self.level(level + 1)?;
        loop {
            self.blanks();
            let found = signs.iter().find(|s| self.begins(s));
            let Some(sign) = found else {
                return Ok(left);
            };
            self.eat(sign);
            let right = self.level(level + 1)?;
            left = self.apply(sign, left, right)?;
        }
    }

    /// The operator comes, and not a longer one.
    fn begins(&self, sign: &str) -> bool {
        let Some(after) = self.rest.strip_prefix(sign) else {
            return false;
        };
        match sign {
            "|" => !after.starts_with('|'),
            "&" => !after.starts_with('&'),
            "<" | ">" => !after.starts_with(sign),
            _ => true,
        }
    }

    fn apply(&self, sign: &str, a: i64, b: i64) -> Result<i64, String> {
        if b == 0 && matches!(sign, "/" | "%") {
            if self.quiet {
                return Ok(0);
            }
            return Err(format!(
                "{}: division by 0 (error token is \"0\")",
                self.whole
            ));
        }
        let shift = u32::try_from(b.rem_euclid(64)).unwrap_or(0);
        Ok(match sign {
            "|" => a | b,
            "^" => a ^ b,
            "&" => a & b,
            "==" => i64::from(a == b),
            "!=" => i64::from(a != b),
            "<=" => i64::from(a <= b),
            ">=" => i64::from(a >= b),
            "<" => i64::from(a < b),
            ">" => i64::from(a > b),
            "<<" => a.wrapping_shl(shift),
            ">>" => a.wrapping_shr(shift),
            "+" => a.wrapping_add(b),
            "-" => a.wrapping_sub(b),
            "*" => a.wrapping_mul(b),
            "/" => a.wrapping_div(b),
            _ => a.wrapping_rem(b),
        })
    }

    fn power(&mut self) -> Result<i64, String> {
        let base = self.unary()?;
        if !self.eat("**") {
            return Ok(base);
        }
        let exponent = self.deeper(Self::power)?;
        match u32::try_from(exponent) {
            Ok(exponent) => Ok(base.wrapping_pow(exponent)),
            Err(_) => Err(format!("{}: exponent less than 0", self.whole)),
        }
    }

    fn unary(&mut self) -> Result<i64, String> {
        self.deeper(|r| {
            for (sign, by) in [("++", 1), ("--", -1)] {
                if r.eat(sign) {
                    let Some(name) = r.name() else {
                        return r.unary();
                    };
                    let value = r.read(&name).wrapping_add(by);
                    return Ok(r.put(&name, value));
                }
            }
            if r.eat("!") {
                return Ok(i64::from(r.unary()? == 0));
            }
            if r.eat("-") {
                return Ok(r.unary()?.wrapping_neg());
            }
            if r.eat("~") {
                return Ok(!r.unary()?);
            }
            if r.eat("+") {
                return r.unary();
            }
            r.primary()
        })
    }

    fn primary(&mut self) -> Result<i64, String> {
        if self.eat("(") {
            let value = self.list()?;
            return if self.eat(")") {
                Ok(value)
            } else {
                Err(self.wrong())
            };
        }
        if let Some(name) = self.name() {
            let value = self.read(&name);
            for (sign, by) in [("++", 1), ("--", -1)] {
                if self.eat(sign) {
                    self.put(&name, value.wrapping_add(by));
                }
            }
            return Ok(value);
        }
        let end = self
            .rest
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        let value = match digits.strip_prefix("0x") {
            Some(hex) => i64::from_str_radix(hex, 16),
            None => digits.parse(),
        };
        match value {
            Ok(value) => {
                self.rest = rest;
                Ok(value)
            }
            Err(_) => Err(self.wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions() {
        let rows = [
            ("1 + 2 * 3", 7),
            ("(1+2)*3 % 5", 4),
            ("n * 2", 10),
            ("$n - 1", 4),
            ("n > 3 && n < 9", 1),
            ("n == 5 ? 10 : 1/0", 10),
            ("2**10 - !0", 1023),
            ("-n + +1", -4),
            ("n++ + n", 11),
            ("m = n += 2, m * 2", 14),
            ("nosuch", 0),
            ("", 0),
            ("0x1f", 31),
            ("1 << 4 | 1", 17),
        ];
        for (text, want) in rows {
            let mut variables: BTreeMap<String, String> =
                [("n".to_owned(), "5".to_owned())].into_iter().collect();
            assert_eq!(evaluate(text, &mut variables), Ok(want), "{text}");
        }
    }

    #[test]
    fn wrong_ones_are_refused() {
        let deep = "(".repeat(10_000);
        for text in [
            "1/0",
            "1 +",
            "1 2",
            "a b",
            "(1",
            "é",
            "9999999999999999999999",
            "++",
            &deep,
        ] {
            assert!(evaluate(text, &mut BTreeMap::new()).is_err(), "{text:.20}");
        }
    }
}
