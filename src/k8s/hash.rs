//! Hashes of pod templates, as they appear in names and labels of revisions and replica sets.

use super::Value;
use super::names::SAFE_ALPHABET;
use std::fmt::Write;

/// FNV-1a, 32 bits.
#[derive(Clone, Copy)]
struct Fnv(u32);

impl Fnv {
    fn new() -> Self {
        Self(0x811c_9dc5)
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        }
    }
}

impl Write for Fnv {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.bytes(text.as_bytes());
        Ok(())
    }
}

/// FNV-1a of some bytes.
pub fn fnv32a(bytes: &[u8]) -> u32 {
    let mut fnv = Fnv::new();
    fnv.bytes(bytes);
    fnv.0
}

/// The hash that names a version of a template. Equal trees have equal hashes; a collision count gives
/// another hash for the same tree. The dump that is hashed is this project's own (sorted JSON), so the
/// letters differ from those of a real cluster while their form is the same.
///
/// Upstream: pkg/controller/controller_utils.go `ComputeHash`.
pub fn template_hash(template: &Value, collision_count: Option<i64>) -> String {
    let mut fnv = Fnv::new();
    write!(fnv, "{template}").expect("the hasher takes every text");
    if let Some(count) = collision_count {
        // Eight bytes of which the first four hold the number; the cut to 32 bits is intended.
        let [a, b, c, d, ..] = count.to_le_bytes();
        fnv.bytes(&[a, b, c, d, 0, 0, 0, 0]);
    }
    safe_encode(&fnv.0.to_string())
}

/// Maps each character to the alphabet that cannot spell words.
///
/// Upstream: apimachinery/pkg/util/rand/rand.go `SafeEncodeString`.
pub fn safe_encode(text: &str) -> String {
    text.bytes()
        .map(|byte| char::from(SAFE_ALPHABET[usize::from(byte) % SAFE_ALPHABET.len()]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn known_values() {
        assert_eq!(fnv32a(b""), 0x811c_9dc5);
        assert_eq!(fnv32a(b"a"), 0xe40c_292c);
        assert_eq!(fnv32a(b"foobar"), 0xbf9c_f968);
        assert_eq!(safe_encode("0123456789"), "456789bcdf");
    }

    #[test]
    fn same_tree_same_hash() {
        let a = value!({"metadata": {"labels": {"app": "x"}}, "spec": {"n": 1}});
        let mut b = value!({"spec": {"n": 1}, "metadata": {"labels": {"app": "x"}}});
        assert_eq!(template_hash(&a, None), template_hash(&b, None));
        let hashes: std::collections::BTreeSet<String> = [None, Some(0), Some(1), Some(2)]
            .into_iter()
            .map(|count| template_hash(&a, count))
            .collect();
        assert_eq!(hashes.len(), 4);
        b.set_at(&["spec", "n"], 2);
        assert_ne!(template_hash(&a, None), template_hash(&b, None));
        assert!((1..=10).contains(&template_hash(&a, None).len()));
    }
}
