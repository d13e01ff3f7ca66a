//! The text of a document made piece by piece, for a page that must not stand still meanwhile.

use super::codec::{self, Packer};
use super::doc::Doc;
use crate::k8s::{Str, Value};

/// Bytes of a piece, about.
const PIECE: usize = 4096;

/// Lists and maps are taken apart down to this depth: a document, its log, a line of it, a command.
const DEPTH_MAX: usize = 5;

/// A list or a map that is being written: its items, how many are written, its end.
struct Open {
    items: Vec<(Option<Str>, Value)>,
    next: usize,
    end: char,
}

/// A document on its way to the text that [`codec::encode`] makes of it.
pub struct Encoding {
    open: Vec<Open>,
    /// What is written, and how much of it is packed: a text may be many pieces long.
    text: String,
    packed: usize,
    packer: Packer,
}

impl Encoding {
    pub fn new(doc: &Doc) -> Self {
        let mut encoding = Self {
            open: Vec::new(),
            text: String::new(),
            packed: 0,
            packer: Packer::default(),
        };
        encoding.put(&doc.to_value());
        encoding
    }

    /// Goes on for one piece; the text, once it is whole.
    pub fn step(&mut self) -> Option<String> {
        while self.text.len() - self.packed < PIECE && !self.open.is_empty() {
            self.item();
        }
        let rest = &self.text.as_bytes()[self.packed..];
        let piece = &rest[..rest.len().min(PIECE)];
        self.packer.push(piece);
        self.packed += piece.len();
        if self.packed < self.text.len() {
            return None;
        }
        self.text.clear();
        self.packed = 0;
        (self.open.is_empty()).then(|| codec::letters(&self.packer.finish()))
    }

    /// Goes on to the end.
    pub fn finish(mut self) -> String {
        loop {
            if let Some(text) = self.step() {
                return text;
            }
        }
    }

    /// The next item of what is open.
    fn item(&mut self) {
        let Some(open) = self.open.last_mut() else {
            return;
        };
        let Some((key, value)) = open.items.get(open.next).cloned() else {
            self.text.push(open.end);
            self.open.pop();
            return;
        };
        if open.next > 0 {
            self.text.push(',');
        }
        open.next += 1;
        if let Some(key) = key {
            self.text.push_str(&Value::Str(key).to_string());
            self.text.push(':');
        }
        self.put(&value);
    }

    /// Writes a value: whole, or its beginning.
    fn put(&mut self, value: &Value) {
        let (begin, end, items): (_, _, Vec<_>) = match value {
            Value::List(_) if self.open.len() < DEPTH_MAX => {
                let items = value.items().iter().map(|item| (None, item.clone()));
                ('[', ']', items.collect())
            }
            Value::Map(_) if self.open.len() < DEPTH_MAX => {
                let fields = value.fields();
                let fields = fields.map(|(key, item)| (Some(key.clone()), item.clone()));
                ('{', '}', fields.collect())
            }
            _ => return self.text.push_str(&value.to_string()),
        };
        self.text.push(begin);
        self.open.push(Open {
            items,
            next: 0,
            end,
        });
    }
}
