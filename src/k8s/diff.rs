//! The difference of two texts, line by line, in the unified form with three lines around each change.
//!
//! The matching is that of Python's difflib, which the server uses in its Go form: the longest block of equal lines
//! first, then what lies left and right of it. In long texts lines that come often begin no block.

use crate::k8s::ordered::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::ops::Range;

/// Lines around a change.
const CONTEXT: usize = 3;

/// From this many lines on, frequent ones begin no block.
const LONG: usize = 200;

/// Equal lines: where they begin on both sides, and how many there are.
#[derive(Clone, Copy)]
struct Block {
    a: usize,
    b: usize,
    size: usize,
}

/// A part of both texts: equal, or replaced (one side may be empty).
#[derive(Clone, Debug)]
struct Part {
    equal: bool,
    a: Range<usize>,
    b: Range<usize>,
}

/// The unified difference without a header; empty when the texts are equal.
///
/// Upstream: go-difflib/difflib `WriteUnifiedDiff`
pub fn unified(a: &str, b: &str) -> String {
    let (a, b): (Vec<&str>, Vec<&str>) = (a.lines().collect(), b.lines().collect());
    let mut out = String::new();
    for group in groups(&parts(&a, &b)) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else {
            continue;
        };
        let _ = writeln!(
            out,
            "@@ -{} +{} @@",
            span(first.a.start, last.a.end),
            span(first.b.start, last.b.end)
        );
        for part in group {
            let lines = |mark: char, side: &[&str], range: &Range<usize>| -> String {
                let lines = side[range.clone()].iter();
                lines.map(|line| format!("{mark}{line}\n")).collect()
            };
            if part.equal {
                out += &lines(' ', &a, &part.a);
            } else {
                out += &lines('-', &a, &part.a);
                out += &lines('+', &b, &part.b);
            }
        }
    }
    out
}

/// A range of lines as a hunk's head tells it.
fn span(start: usize, end: usize) -> String {
    match end - start {
        1 => (start + 1).to_string(),
        0 => format!("{start},0"),
        length => format!("{},{length}", start + 1),
    }
}

/// Changes with the lines around them; changes that lie near share a group.
fn groups(parts: &[Part]) -> Vec<Vec<Part>> {
    let mut parts = parts.to_vec();
    if parts.iter().all(|part| part.equal) {
        return Vec::new();
    }
    if let Some(first) = parts.first_mut().filter(|p| p.equal) {
        let skip = first.a.len().saturating_sub(CONTEXT);
        first.a.start += skip;
        first.b.start += skip;
    }
    if let Some(last) = parts.last_mut().filter(|p| p.equal) {
        let keep = last.a.len().min(CONTEXT);
        last.a.end = last.a.start + keep;
        last.b.end = last.b.start + keep;
    }
    let mut groups = vec![Vec::new()];
    for part in parts {
        let group = groups.len() - 1;
        if part.equal && part.a.len() > 2 * CONTEXT {
            groups[group].push(Part {
                equal: true,
                a: part.a.start..part.a.start + CONTEXT,
                b: part.b.start..part.b.start + CONTEXT,
            });
            groups.push(vec![Part {
                equal: true,
                a: part.a.end - CONTEXT..part.a.end,
                b: part.b.end - CONTEXT..part.b.end,
            }]);
        } else {
            groups[group].push(part);
        }
    }
    groups
}

fn parts(a: &[&str], b: &[&str]) -> Vec<Part> {
    let mut blocks = Vec::new();
    Matcher::new(a, b).collect(0..a.len(), 0..b.len(), &mut blocks);
    blocks.push(Block {
        a: a.len(),
        b: b.len(),
        size: 0,
    });
    let mut parts: Vec<Part> = Vec::new();
    let (mut i, mut j) = (0, 0);
    for block in blocks {
        if i < block.a || j < block.b {
            parts.push(Part {
                equal: false,
                a: i..block.a,
                b: j..block.b,
            });
        }
        (i, j) = (block.a + block.size, block.b + block.size);
        if block.size == 0 {
            continue;
        }
        match parts.last_mut() {
            // Blocks that touch are one.
            Some(last) if last.equal => {
                last.a.end = i;
                last.b.end = j;
            }
            Some(_) | None => parts.push(Part {
                equal: true,
                a: block.a..i,
                b: block.b..j,
            }),
        }
    }
    parts
}

struct Matcher<'t> {
    a: &'t [&'t str],
    b: &'t [&'t str],
    /// Where a line stands in `b`; frequent lines of a long text are left out.
    places: BTreeMap<&'t str, Vec<usize>>,
}

impl<'t> Matcher<'t> {
    fn new(a: &'t [&'t str], b: &'t [&'t str]) -> Self {
        let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (j, line) in b.iter().enumerate() {
            places.entry(line).or_default().push(j);
        }
        if b.len() >= LONG {
            let often = b.len() / 100 + 1;
            places.retain(|_, at| at.len() <= often);
        }
        Self { a, b, places }
    }

    /// The longest block within two ranges, the earliest of several.
    fn longest(&self, a: &Range<usize>, b: &Range<usize>) -> Block {
        let mut best = Block {
            a: a.start,
            b: b.start,
            size: 0,
        };
        let mut ending: BTreeMap<usize, usize> = BTreeMap::new();
        for i in a.clone() {
            let mut next = BTreeMap::new();
            let places = self.places.get(self.a[i]).map_or(&[][..], Vec::as_slice);
            for &j in places.iter().filter(|j| b.contains(j)) {
                let before = j.checked_sub(1).and_then(|j| ending.get(&j));
                let size = before.copied().unwrap_or(0) + 1;
                next.insert(j, size);
                if size > best.size {
                    best = Block {
                        a: i + 1 - size,
                        b: j + 1 - size,
                        size,
                    };
                }
            }
            ending = next;
        }
        while best.a > a.start && best.b > b.start && self.a[best.a - 1] == self.b[best.b - 1] {
            best.a -= 1;
            best.b -= 1;
            best.size += 1;
        }
        while best.a + best.size < a.end
            && best.b + best.size < b.end
            && self.a[best.a + best.size] == self.b[best.b + best.size]
        {
            best.size += 1;
        }
        best
    }

    /// All blocks within two ranges, in order.
    fn collect(&self, a: Range<usize>, b: Range<usize>, blocks: &mut Vec<Block>) {
        let mut work = vec![(a, b)];
        let mut found: BTreeSet<(usize, usize, usize)> = BTreeSet::new();
        while let Some((a, b)) = work.pop() {
            let block = self.longest(&a, &b);
            if block.size == 0 {
                continue;
            }
            found.insert((block.a, block.b, block.size));
            let (a_end, b_end) = (block.a + block.size, block.b + block.size);
            if a.start < block.a && b.start < block.b {
                work.push((a.start..block.a, b.start..block.b));
            }
            if a_end < a.end && b_end < b.end {
                work.push((a_end..a.end, b_end..b.end));
            }
        }
        blocks.extend(found.into_iter().map(|(a, b, size)| Block { a, b, size }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> String {
        text.split(' ').collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn hunks() {
        let rows = [
            ("a b c", "a b c", ""),
            ("a", "b", "@@ -1 +1 @@\n-a\n+b\n"),
            (
                "a b c d e",
                "a b x d e",
                "@@ -1,5 +1,5 @@\n a\n b\n-c\n+x\n d\n e\n",
            ),
            (
                "a b c d e f",
                "a b c d e f g",
                "@@ -4,3 +4,4 @@\n d\n e\n f\n+g\n",
            ),
            ("a b", "x a b", "@@ -1,2 +1,3 @@\n+x\n a\n b\n"),
            (
                "1 2 3 4 5 6 7 8 9",
                "x 2 3 4 5 6 7 8 y",
                "@@ -1,4 +1,4 @@\n-1\n+x\n 2\n 3\n 4\n@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+y\n",
            ),
        ];
        for (a, b, want) in rows {
            assert_eq!(unified(&lines(a), &lines(b)), want, "{a} -> {b}");
        }
    }

    #[test]
    fn the_longest_block_comes_first() {
        let got = unified(&lines("a b"), &lines("a c a b"));
        assert_eq!(got, "@@ -1,2 +1,4 @@\n+a\n+c\n a\n b\n");
    }
}
