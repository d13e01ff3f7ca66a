//! Regular expressions of `grep` and `sed`: a bounded backtracking matcher.
//!
//! Extended syntax with classes, groups, counted repeats, `\b \w \d \s`, lazy repeats and look-around; basic syntax
//! is the same with the roles of `\(` and `(` swapped.

mod compile;
mod run;

use compile::Parser;
use run::Matcher;

/// Steps that one search may take; a pattern that needs more does not match.
const STEPS_MAX: usize = 400_000;
/// The longest pattern.
const PATTERN_MAX: usize = 8192;
/// How deep a match may recurse.
const DEPTH_MAX: usize = 6_000;

/// Which characters are special.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Syntax {
    /// `grep`, `sed`
    Basic,
    /// `grep -E`, `awk`
    Extended,
    /// Every character stands for itself.
    Fixed,
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Regex {
    root: Node,
    groups: usize,
    ignore_case: bool,
}

#[derive(Clone, Debug)]
enum Node {
    Empty,
    Char(char),
    Any,
    Class(Vec<(char, char)>, bool),
    Start,
    End,
    Word(bool),
    Group(Box<Node>, Option<usize>),
    Back(usize),
    Look {
        node: Box<Node>,
        behind: bool,
        wanted: bool,
    },
    Sequence(Vec<Node>),
    Either(Vec<Node>),
    Repeat {
        node: Box<Node>,
        min: usize,
        max: usize,
        lazy: bool,
    },
}

/// Where a match and its groups lie, as positions of characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Match {
    pub start: usize,
    pub end: usize,
    pub groups: Vec<Option<(usize, usize)>>,
}

impl Regex {
    /// Compiles a pattern; the error is what the program says after its name.
    pub fn new(pattern: &str, syntax: Syntax, ignore_case: bool) -> Result<Self, String> {
        let chars: Vec<char> = pattern.chars().collect();
        if chars.len() > PATTERN_MAX {
            return Err("Regular expression too big".to_owned());
        }
        if syntax == Syntax::Fixed {
            let nodes = chars.into_iter().map(Node::Char).collect();
            return Ok(Self {
                root: Node::Sequence(nodes),
                groups: 0,
                ignore_case,
            });
        }
        let mut parser = Parser {
            chars: &chars,
            at: 0,
            basic: syntax == Syntax::Basic,
            groups: 0,
            depth: 0,
        };
        let root = parser.either()?;
        if parser.at < chars.len() {
            return Err("Unmatched ) or \\)".to_owned());
        }
        Ok(Self {
            root,
            groups: parser.groups,
            ignore_case,
        })
    }

    /// The pattern matches somewhere.
    pub fn is_match(&self, text: &str) -> bool {
        let chars: Vec<char> = text.chars().collect();
        self.find_at(&chars, 0).is_some()
    }

    /// The leftmost match that begins at a position or later.
    pub fn find_at(&self, text: &[char], from: usize) -> Option<Match> {
        let mut matcher = Matcher {
            text,
            groups: vec![None; self.groups],
            steps: 0,
            depth: 0,
            ignore_case: self.ignore_case,
        };
        for start in from..=text.len() {
            matcher.groups.fill(None);
            let mut end = None;
            let found = matcher.run(&self.root, start, &mut |_, at| {
                end = Some(at);
                true
            });
            if let (true, Some(end)) = (found, end) {
                return Some(Match {
                    start,
                    end,
                    groups: matcher.groups,
                });
            }
            if matcher.steps > STEPS_MAX {
                return None;
            }
        }
        None
    }

    /// Replaces matches, the first one or all. `\1` to `\9`, `&` and `\&` mean what they mean to sed.
    pub fn replace(&self, text: &str, by: &str, all: bool) -> (String, bool) {
        let chars: Vec<char> = text.chars().collect();
        let mut out = String::new();
        let (mut at, mut changed) = (0, false);
        let mut last_end = None;
        while let Some(found) = self.find_at(&chars, at) {
            out.extend(&chars[at..found.start]);
            let empty = found.end == found.start;
            // Nothing right behind a match is no match of its own.
            let counts = !empty || last_end != Some(found.start);
            if counts {
                changed = true;
                expand(by, &chars, &found, &mut out);
            }
            at = found.end;
            last_end = Some(found.end);
            if empty {
                out.extend(chars.get(at));
                at += 1;
            }
            if (counts && !all) || at > chars.len() {
                break;
            }
        }
        out.extend(chars.get(at.min(chars.len())..).unwrap_or(&[]));
        (out, changed)
    }
}

fn expand(by: &str, text: &[char], found: &Match, out: &mut String) {
    let mut chars = by.chars();
    while let Some(c) = chars.next() {
        match c {
            '&' => out.extend(&text[found.start..found.end]),
            '\\' => match chars.next() {
                Some(d @ '0'..='9') => {
                    let group = d.to_digit(10).map_or(0, |d| d as usize);
                    let range = if group == 0 {
                        Some((found.start, found.end))
                    } else {
                        found.groups.get(group - 1).copied().flatten()
                    };
                    if let Some((start, end)) = range {
                        out.extend(&text[start..end]);
                    }
                }
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some(c) => out.push(c),
                None => out.push('\\'),
            },
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extended_patterns() {
        let rows = [
            ("^Name:|Taints", "Taints: x", true),
            ("^  [a-zA-Z]", "  abc", true),
            ("^(a|b)+c$", "abac", true),
            ("a{2,3}b", "ab", false),
            ("x.*y", "axbbyc", true),
            ("\\bdog\\b", "hotdog", false),
            ("(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaac", false),
            ("[^0-9]+$", "abc1", false),
            ("(?<![\\w-])ab(?!c)", "x-ab", false),
            ("(?<![\\w-])ab(?!c)", "x ab", true),
        ];
        for (pattern, text, want) in rows {
            let regex = Regex::new(pattern, Syntax::Extended, false).unwrap();
            assert_eq!(regex.is_match(text), want, "{pattern} in {text}");
        }
    }

    #[test]
    fn basic_patterns_and_replacements() {
        let rows = [
            ("a+b", "x", "a+b", "x"),
            ("\\(a\\)\\(b\\)", "\\2\\1", "ab", "ba"),
            ("o", "[&]", "foo", "f[o][o]"),
            ("^", "> ", "x", "> x"),
            ("a*", "-", "baac", "-b-c-"),
        ];
        for (pattern, by, text, want) in rows {
            let regex = Regex::new(pattern, Syntax::Basic, false).unwrap();
            assert_eq!(regex.replace(text, by, true).0, want, "{pattern} in {text}");
        }
    }
}
