//! A reader of the table's own JSON: it borrows every text from the embedded file and copies nothing.

/// A place in the embedded file. The file has no escapes and is well-formed; anything else reads as empty.
pub(super) struct Reader {
    text: &'static str,
    at: usize,
}

/// A scalar of the table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    Text(&'static str),
    Int(i64),
    Bool(bool),
}

impl Reader {
    pub(super) fn new(text: &'static str) -> Self {
        Self { text, at: 0 }
    }

    fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied().unwrap_or(0)
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    /// A string.
    pub(super) fn string(&mut self) -> &'static str {
        if !self.eat(b'"') {
            return "";
        }
        let rest = self.text.get(self.at..).unwrap_or("");
        let end = rest.find('"').unwrap_or(rest.len());
        self.at += end + 1;
        &rest[..end]
    }

    /// The fields of a map; `each` must read the value.
    pub(super) fn map(&mut self, mut each: impl FnMut(&mut Self, &'static str)) {
        if !self.eat(b'{') {
            return;
        }
        while self.peek() == b'"' {
            let key = self.string();
            self.eat(b':');
            each(self, key);
            self.eat(b',');
        }
        self.eat(b'}');
    }

    /// The elements of a list.
    pub(super) fn list<T>(&mut self, mut each: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let mut items = Vec::new();
        if self.eat(b'[') {
            while !matches!(self.peek(), b']' | 0) {
                items.push(each(self));
                self.eat(b',');
            }
            self.eat(b']');
        }
        items
    }

    /// A list of strings.
    pub(super) fn strings(&mut self) -> Vec<&'static str> {
        self.list(Self::string)
    }

    /// A string, a whole number or a boolean.
    pub(super) fn scalar(&mut self) -> Scalar {
        if self.peek() == b'"' {
            return Scalar::Text(self.string());
        }
        let rest = self.text.get(self.at..).unwrap_or("");
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '-')
            .unwrap_or(rest.len());
        self.at += end;
        match &rest[..end] {
            "true" => Scalar::Bool(true),
            "false" => Scalar::Bool(false),
            number => Scalar::Int(number.parse().unwrap_or(0)),
        }
    }

    /// Passes over any value.
    pub(super) fn skip(&mut self) {
        match self.peek() {
            b'{' => self.map(|reader, _| reader.skip()),
            b'[' => {
                self.list(Self::skip);
            }
            _ => {
                self.scalar();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_table_is_made_of() {
        let mut reader =
            Reader::new(r#" { "a": ["x", "y"], "b": {"c": -5}, "d": true, "e": "z" }"#);
        let mut seen = Vec::new();
        reader.map(|r, key| match key {
            "a" => seen.push(r.strings().join("+")),
            "e" => seen.push(r.string().to_owned()),
            _ => r.skip(),
        });
        assert_eq!(seen, ["x+y", "z"]);
        assert!(Reader::new("-5").scalar() == Scalar::Int(-5));
    }

    #[test]
    fn never_loops_on_broken_text() {
        for text in ["", "{", "[", "{\"a", "[1,", "{\"a\":}", "]"] {
            Reader::new(text).skip();
        }
    }
}
