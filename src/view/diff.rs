//! Two texts line by line: what went, what came, what stayed.

/// Lines, multiplied, up to which the longest common lines are looked for; beyond, the middle is replaced as a whole.
const CELLS_MAX: usize = 4_000_000;

/// Equal lines shown around a change.
const CONTEXT: usize = 3;

/// What happened to a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    Same,
    Gone,
    Come,
    /// So many equal lines are not shown.
    Skipped(usize),
}

/// One line of a difference.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DiffLine {
    pub change: Change,
    /// Its number in the old and in the new text, counted from 1; 0 where it is not.
    pub old: usize,
    pub new: usize,
    pub text: String,
}

/// The difference, with a little of what is equal around it; empty for equal texts.
pub fn diff(before: &str, after: &str) -> Vec<DiffLine> {
    let whole = whole(before, after);
    let changed: Vec<usize> = (0..whole.len())
        .filter(|i| whole[*i].change != Change::Same)
        .collect();
    let (Some(_), mut next) = (changed.first(), changed.iter().copied().peekable()) else {
        return Vec::new();
    };
    let (mut out, mut skipped, mut last) = (Vec::new(), 0, None::<usize>);
    for (i, line) in whole.into_iter().enumerate() {
        while next.peek().is_some_and(|n| *n < i) {
            last = next.next();
        }
        let near = next.peek().is_some_and(|n| n - i <= CONTEXT)
            || last.is_some_and(|last| i - last <= CONTEXT);
        if near {
            if skipped > 0 {
                out.push(gap(skipped));
                skipped = 0;
            }
            out.push(line);
        } else {
            skipped += 1;
        }
    }
    if skipped > 0 {
        out.push(gap(skipped));
    }
    out
}

/// How many places differ: runs of lines that went or came.
pub fn changes(before: &str, after: &str) -> usize {
    let whole = whole(before, after);
    let mut runs = 0;
    let mut inside = false;
    for line in &whole {
        let changed = line.change != Change::Same;
        runs += usize::from(changed && !inside);
        inside = changed;
    }
    runs
}

fn gap(lines: usize) -> DiffLine {
    DiffLine {
        change: Change::Skipped(lines),
        old: 0,
        new: 0,
        text: String::new(),
    }
}

fn whole(before: &str, after: &str) -> Vec<DiffLine> {
    // Empty lines at the end make no difference.
    let (before, after) = (before.trim_end(), after.trim_end());
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(rest);
    let tail = tail.take_while(|(a, b)| a == b).count();
    let mut out: Vec<DiffLine> = Vec::with_capacity(old.len().max(new.len()));
    let same = |i: usize, j: usize| line(Change::Same, i + 1, j + 1, old[i]);
    out.extend((0..head).map(|i| same(i, i)));
    let (a, b) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    for (change, i, j) in middle(a, b) {
        out.push(match change {
            Change::Come => line(change, 0, head + j + 1, b[j]),
            Change::Gone => line(change, head + i + 1, 0, a[i]),
            Change::Same | Change::Skipped(_) => same(head + i, head + j),
        });
    }
    let (i, j) = (old.len() - tail, new.len() - tail);
    out.extend((0..tail).map(|k| same(i + k, j + k)));
    out
}

fn line(change: Change, old: usize, new: usize, text: &str) -> DiffLine {
    DiffLine {
        change,
        old,
        new,
        text: text.to_owned(),
    }
}

/// The steps through two texts that keep the longest common lines.
fn middle(a: &[&str], b: &[&str]) -> Vec<(Change, usize, usize)> {
    let mut out = Vec::with_capacity(a.len() + b.len());
    if a.len() * b.len() > CELLS_MAX {
        out.extend((0..a.len()).map(|i| (Change::Gone, i, 0)));
        out.extend((0..b.len()).map(|j| (Change::Come, a.len(), j)));
        return out;
    }
    // common[i][j]: the longest common lines of a[i..] and b[j..].
    let width = b.len() + 1;
    let mut common = vec![0_u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i * width + j] = if a[i] == b[j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            out.push((Change::Same, i, j));
            (i, j) = (i + 1, j + 1);
        } else if j == b.len()
            || i < a.len() && common[(i + 1) * width + j] >= common[i * width + j + 1]
        {
            out.push((Change::Gone, i, j));
            i += 1;
        } else {
            out.push((Change::Come, i, j));
            j += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str) -> Vec<String> {
        let sign = |line: DiffLine| match line.change {
            Change::Same => format!(" {}", line.text),
            Change::Gone => format!("-{}", line.text),
            Change::Come => format!("+{}", line.text),
            Change::Skipped(n) => format!("…{n}"),
        };
        diff(before, after).into_iter().map(sign).collect()
    }

    #[test]
    fn lines_go_come_and_stay() {
        let rows: [(&str, &str, &[&str]); 6] = [
            ("a\nb\n", "a\nb\n", &[]),
            ("a\nb\nc\n", "a\nx\nc\n", &[" a", "-b", "+x", " c"]),
            ("", "a\n", &["+a"]),
            ("a\n", "", &["-a"]),
            ("a\nb\n", "b\na\n", &["-a", " b", "+a"]),
            (
                "1\n2\n3\n4\n5\n6\n",
                "1\n2\n3\n4\n5\n7\n",
                &["…2", " 3", " 4", " 5", "-6", "+7"],
            ),
        ];
        for (before, after, lines) in rows {
            assert_eq!(shown(before, after), lines, "{before:?} {after:?}");
        }
    }

    #[test]
    fn numbers_are_those_of_the_texts() {
        let found = diff("a\nb\nc\n", "x\na\nc\n");
        let numbers: Vec<_> = found.iter().map(|l| (l.old, l.new)).collect();
        assert_eq!(numbers, [(0, 1), (1, 2), (2, 0), (3, 3)]);
        assert_eq!(changes("a\nb\nc\n", "x\na\nc\n"), 2);
        assert_eq!(changes("a\n", "a\n"), 0);
    }

    #[test]
    fn any_two_texts_give_both_back() {
        let mut state = 7_u32;
        let mut below = move |n: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % n
        };
        for _ in 0..300 {
            let mut text = || {
                let lines = below(9);
                let lines = (0..lines).map(|_| format!("{}\n", below(3)));
                lines.collect::<String>()
            };
            let (a, b) = (text(), text());
            let whole = whole(&a, &b);
            let side = |without: Change| {
                let kept = whole.iter().filter(|l| l.change != without);
                kept.map(|l| format!("{}\n", l.text)).collect::<String>()
            };
            assert_eq!((side(Change::Come), side(Change::Gone)), (a, b));
        }
    }
}
