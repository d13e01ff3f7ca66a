//! `sort`

use super::filter::Lines;
use super::options::Options;
use super::{Refused, filter};
use crate::console::task::{Io, Task};
use crate::k8s::order::InOrder;
use std::cmp::Ordering;

#[derive(Clone)]
struct Sort {
    keys: Vec<Key>,
    separator: Option<char>,
    /// For the whole line when there are no keys, and for keys without their own letters.
    order: Order,
    unique: bool,
    lines: Vec<String>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Order {
    numeric: bool,
    human: bool,
    version: bool,
    reverse: bool,
    fold: bool,
}

#[derive(Clone, Copy)]
struct Key {
    from: usize,
    to: Option<usize>,
    order: Order,
}

/// Starts `sort`.
pub fn start(args: &[String]) -> Result<Box<dyn Task>, Refused> {
    let long = [
        ("numeric-sort", 'n'),
        ("reverse", 'r'),
        ("unique", 'u'),
        ("human-numeric-sort", 'h'),
        ("version-sort", 'V'),
    ];
    let options = Options::parse("sort", args, "nrufhVbs", "kt", &long)?;
    let order = Order {
        numeric: options.has('n'),
        human: options.has('h'),
        version: options.has('V'),
        reverse: options.has('r'),
        fold: options.has('f'),
    };
    let mut keys = Vec::new();
    for text in options.values('k') {
        keys.push(
            key(text, order)
                .ok_or_else(|| (format!("sort: -: invalid field specification '{text}'"), 2))?,
        );
    }
    let sort = Sort {
        keys,
        separator: options.value('t').and_then(|t| t.chars().next()),
        order,
        unique: options.has('u'),
        lines: Vec::new(),
    };
    Ok(filter("sort", sort, options.operands))
}

fn key(text: &str, global: Order) -> Option<Key> {
    let (from, to) = text
        .split_once(',')
        .map_or((text, None), |(a, b)| (a, Some(b)));
    let number = |part: &str| {
        let end = part
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(part.len());
        part[..end].parse::<usize>().ok()
    };
    let letters: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    let order = if letters.is_empty() {
        global
    } else {
        Order {
            numeric: letters.contains('n'),
            human: letters.contains('h'),
            version: letters.contains('V'),
            reverse: letters.contains('r'),
            fold: letters.contains('f'),
        }
    };
    let from = number(from).filter(|n| *n > 0)? - 1;
    Some(Key {
        from,
        to: to.and_then(number),
        order,
    })
}

impl Sort {
    fn field<'a>(&self, line: &'a str, key: Key) -> &'a str {
        let starts: Vec<usize> = match self.separator {
            Some(c) => std::iter::once(0)
                .chain(line.match_indices(c).map(|(i, _)| i + c.len_utf8()))
                .collect(),
            None => {
                let mut starts = vec![0];
                let mut before = ' ';
                for (i, c) in line.char_indices() {
                    if c.is_whitespace() && !before.is_whitespace() {
                        starts.push(i);
                    }
                    before = c;
                }
                starts
            }
        };
        let from = starts.get(key.from).copied().unwrap_or(line.len());
        let to = key
            .to
            .and_then(|to| starts.get(to))
            .copied()
            .unwrap_or(line.len());
        &line[from..to.max(from)]
    }

    fn compare(&self, a: &str, b: &str) -> Ordering {
        for key in &self.keys {
            let found = order(self.field(a, *key), self.field(b, *key), key.order);
            if found != Ordering::Equal {
                return found;
            }
        }
        if self.keys.is_empty() {
            let found = order(a, b, self.order);
            if found != Ordering::Equal {
                return found;
            }
        }
        if self.order.reverse && !self.unique {
            b.cmp(a)
        } else {
            a.cmp(b)
        }
    }
}

fn order(a: &str, b: &str, order: Order) -> Ordering {
    let found = if order.numeric || order.human {
        thousandths(a, order.human).cmp(&thousandths(b, order.human))
    } else if order.version {
        version(a, b)
    } else if order.fold {
        a.to_lowercase().cmp(&b.to_lowercase())
    } else {
        a.cmp(b)
    };
    if order.reverse {
        found.reverse()
    } else {
        found
    }
}

/// The number that a text begins with, in thousandths.
fn thousandths(text: &str, human: bool) -> i128 {
    let text = text.trim_start();
    let (negative, digits) = text
        .strip_prefix('-')
        .map_or((false, text), |rest| (true, rest));
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    let mut value = digits[..end.min(18)].parse::<i128>().unwrap_or(0) * 1000;
    let mut after = &digits[end..];
    if let Some(fraction) = after.strip_prefix('.') {
        let end = fraction
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(fraction.len());
        let padded = format!("{:0<3}", &fraction[..end.min(3)]);
        value += padded.parse::<i128>().unwrap_or(0);
        after = &fraction[end..];
    }
    if human {
        let power = after
            .chars()
            .next()
            .and_then(|c| "kMGTPE".find(c).or("KMGTPE".find(c)));
        value *= power.map_or(1, |p| 1024_i128.pow(u32::try_from(p).unwrap_or(0) + 1));
    }
    if negative { -value } else { value }
}

/// Runs of digits compare as numbers.
pub fn version(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let split = |t: &str| t.find(|c: char| c.is_ascii_digit()).unwrap_or(t.len());
        let (x, y) = (split(a), split(b));
        let found = a[..x].cmp(&b[..y]);
        if found != Ordering::Equal || (a.len() == x && b.len() == y) {
            return found;
        }
        (a, b) = (&a[x..], &b[y..]);
        let digits = |t: &str| t.find(|c: char| !c.is_ascii_digit()).unwrap_or(t.len());
        let (x, y) = (digits(a), digits(b));
        let (m, n) = (
            a[..x].trim_start_matches('0'),
            b[..y].trim_start_matches('0'),
        );
        let found = m.len().cmp(&n.len()).then_with(|| m.cmp(n)).then(x.cmp(&y));
        if found != Ordering::Equal {
            return found;
        }
        (a, b) = (&a[x..], &b[y..]);
    }
}

impl Lines for Sort {
    fn line(&mut self, _: &mut Io<'_>, _: &str, line: &str, _: bool) -> bool {
        self.lines.push(line.to_owned());
        true
    }

    fn end(&mut self, io: &mut Io<'_>) -> u8 {
        let mut lines = std::mem::take(&mut self.lines);
        lines.order_by(|a, b| self.compare(a, b));
        if self.unique {
            let keyed = !self.keys.is_empty();
            lines.dedup_by(|a, b| {
                if keyed {
                    self.keys.iter().all(|k| {
                        order(self.field(a, *k), self.field(b, *k), k.order) == Ordering::Equal
                    })
                } else {
                    order(a, b, self.order) == Ordering::Equal
                }
            });
        }
        for line in lines {
            io.line(line);
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_numbers() {
        assert_eq!(version("pod-10", "pod-9"), Ordering::Greater);
        assert_eq!(version("v1.2", "v1.10"), Ordering::Less);
        assert!(thousandths(" 10", false) > thousandths("9.5", false));
        assert!(thousandths("2Ki", true) > thousandths("100", true));
    }
}
