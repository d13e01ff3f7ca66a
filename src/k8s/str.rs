//! An immutable string that is cheap to copy: short text lies in the value itself, static text costs nothing, other
//! text takes one allocation for all copies.

use smol_str::SmolStr;
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;

/// Immutable text, cheap to clone. `Str::from("literal")` does not allocate; use [`Str::new`] for
/// text that does not live for ever.
#[derive(Clone)]
pub struct Str(SmolStr);

impl Str {
    /// Copies a text of any lifetime.
    pub fn new(text: &str) -> Self {
        Self(SmolStr::new(text))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// As texts compare, eight bytes at a time: what comes with WebAssembly goes byte by byte, and the names of a
/// DaemonSet's pods begin with twenty alike.
pub(crate) fn compare(a: &[u8], b: &[u8]) -> Ordering {
    // Longer texts are often copies of one.
    if std::ptr::eq(a, b) {
        return Ordering::Equal;
    }
    let (x, y) = (a.as_chunks::<8>().0, b.as_chunks::<8>().0);
    let mut alike = 0;
    while alike < x.len() && alike < y.len() && x[alike] == y[alike] {
        alike += 1;
    }
    alike *= 8;
    while alike < a.len() && alike < b.len() {
        if a[alike] != b[alike] {
            return a[alike].cmp(&b[alike]);
        }
        alike += 1;
    }
    a.len().cmp(&b.len())
}

impl Default for Str {
    fn default() -> Self {
        Self(SmolStr::new_static(""))
    }
}

impl Deref for Str {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Str {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Str {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl From<&'static str> for Str {
    fn from(text: &'static str) -> Self {
        Self(SmolStr::new_static(text))
    }
}

impl From<String> for Str {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl From<Str> for String {
    fn from(text: Str) -> Self {
        text.as_str().to_owned()
    }
}

impl PartialEq for Str {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (self.0.as_bytes(), other.0.as_bytes());
        a.len() == b.len() && (std::ptr::eq(a, b) || a == b)
    }
}

impl Eq for Str {}

impl PartialEq<str> for Str {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Str {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<String> for Str {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other
    }
}

impl PartialOrd for Str {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Str {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(self.0.as_bytes(), other.0.as_bytes())
    }
}

impl std::hash::Hash for Str {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
