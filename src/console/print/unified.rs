//! Two texts as a unified difference, as `diff -u` prints it below its two heading lines.

/// Equal lines shown around a change.
const CONTEXT: usize = 3;

/// Texts whose lines, multiplied, are more than this are not compared line by line.
const CELLS_MAX: usize = 16_000_000;

/// The hunks; nothing when the texts are equal.
pub fn diff(before: &str, after: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let edits = edits(&old, &new);
    let mut out = String::new();
    let mut at = 0;
    while let Some(first) = (at..edits.len()).find(|i| !matches!(edits[*i], Edit::Same(..))) {
        let start = first.saturating_sub(CONTEXT).max(at);
        // The hunk ends where more than twice the context is equal.
        let mut last = first;
        let mut i = first;
        while i < edits.len() && i - last <= 2 * CONTEXT {
            if !matches!(edits[i], Edit::Same(..)) {
                last = i;
            }
            i += 1;
        }
        let end = (last + 1 + CONTEXT).min(edits.len());
        hunk(&edits[start..end], &old, &new, &mut out);
        at = end;
    }
    out
}

#[derive(Clone, Copy)]
enum Edit {
    /// A line of both.
    Same(usize, usize),
    /// A line of the old text; the second number is the place in the new one.
    Gone(usize, usize),
    /// A line of the new text; the first number is the place in the old one.
    Come(usize, usize),
}

fn hunk(edits: &[Edit], old: &[&str], new: &[&str], out: &mut String) {
    let (Edit::Same(a, b) | Edit::Gone(a, b) | Edit::Come(a, b)) = edits[0];
    let count = |in_old: bool| {
        let counts = |e: &&Edit| match e {
            Edit::Same(..) => true,
            Edit::Gone(..) => in_old,
            Edit::Come(..) => !in_old,
        };
        edits.iter().filter(counts).count()
    };
    let range = |start: usize, lines: usize| match lines {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        _ => format!("{},{lines}", start + 1),
    };
    out.push_str(&format!(
        "@@ -{} +{} @@\n",
        range(a, count(true)),
        range(b, count(false))
    ));
    for edit in edits {
        let (sign, line) = match *edit {
            Edit::Same(i, _) => (' ', old[i]),
            Edit::Gone(i, _) => ('-', old[i]),
            Edit::Come(_, j) => ('+', new[j]),
        };
        out.push(sign);
        out.push_str(line);
        out.push('\n');
    }
}

/// The shortest way from one text to the other; lines that go come before lines that come.
fn edits(old: &[&str], new: &[&str]) -> Vec<Edit> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev());
    let tail = tail.take_while(|(a, b)| a == b).count();
    let (a, b) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let mut edits: Vec<Edit> = (0..head).map(|i| Edit::Same(i, i)).collect();
    middle(a, b, head, &mut edits);
    for i in 0..tail {
        edits.push(Edit::Same(old.len() - tail + i, new.len() - tail + i));
    }
    edits
}

fn middle(a: &[&str], b: &[&str], head: usize, edits: &mut Vec<Edit>) {
    let common = if a.len().saturating_mul(b.len()) > CELLS_MAX {
        Vec::new()
    } else {
        longest(a, b)
    };
    let (mut i, mut j) = (0, 0);
    for (x, y) in common.into_iter().chain([(a.len(), b.len())]) {
        for k in i..x {
            edits.push(Edit::Gone(head + k, head + j));
        }
        for k in j..y {
            edits.push(Edit::Come(head + x, head + k));
        }
        if x < a.len() {
            edits.push(Edit::Same(head + x, head + y));
        }
        (i, j) = (x + 1, y + 1);
    }
}

/// The longest common subsequence, as pairs of places.
fn longest(a: &[&str], b: &[&str]) -> Vec<(usize, usize)> {
    let width = b.len() + 1;
    let mut length = vec![0_u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            length[i * width + j] = if a[i] == b[j] {
                length[(i + 1) * width + j + 1] + 1
            } else {
                length[(i + 1) * width + j].max(length[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            pairs.push((i, j));
            i += 1;
            j += 1;
        } else if length[(i + 1) * width + j] >= length[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::diff;

    #[test]
    fn hunks() {
        let rows = [
            ("a\nb\n", "a\nb\n", ""),
            (
                "a\nb\nc\n",
                "a\nx\nc\n",
                "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n",
            ),
            ("", "a\n", "@@ -0,0 +1 @@\n+a\n"),
            (
                "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n",
                "1\nx\n3\n4\n5\n6\n7\n8\n9\ny\n",
                "@@ -1,5 +1,5 @@\n 1\n-2\n+x\n 3\n 4\n 5\n@@ -7,4 +7,4 @@\n 7\n 8\n 9\n-10\n+y\n",
            ),
        ];
        for (before, after, want) in rows {
            assert_eq!(diff(before, after), want, "{before:?} {after:?}");
        }
    }
}
