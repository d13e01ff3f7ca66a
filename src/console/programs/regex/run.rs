//! Matching with backtracking.

use super::{DEPTH_MAX, Node, STEPS_MAX};

pub(super) struct Matcher<'t> {
    pub(super) text: &'t [char],
    pub(super) groups: Vec<Option<(usize, usize)>>,
    pub(super) steps: usize,
    pub(super) depth: usize,
    pub(super) ignore_case: bool,
}

type Next<'n, 't> = &'n mut dyn FnMut(&mut Matcher<'t>, usize) -> bool;

impl<'t> Matcher<'t> {
    fn same(&self, a: char, b: char) -> bool {
        a == b || self.ignore_case && a.to_lowercase().eq(b.to_lowercase())
    }

    /// The node matches at the position and what follows does, too.
    pub(super) fn run(&mut self, node: &Node, at: usize, next: Next<'_, 't>) -> bool {
        self.steps += 1;
        self.depth += 1;
        let fits = self.steps <= STEPS_MAX && self.depth <= DEPTH_MAX && self.node(node, at, next);
        self.depth -= 1;
        fits
    }

    fn node(&mut self, node: &Node, at: usize, next: Next<'_, 't>) -> bool {
        match node {
            Node::Empty => next(self, at),
            Node::Start => at == 0 && next(self, at),
            Node::End => at == self.text.len() && next(self, at),
            Node::Word(wanted) => self.boundary(at) == *wanted && next(self, at),
            Node::Char(_) | Node::Any | Node::Class(..) => {
                self.text.get(at).is_some_and(|c| self.one(node, *c)) && next(self, at + 1)
            }
            Node::Back(group) => {
                let Some((start, end)) = self.groups.get(*group).copied().flatten() else {
                    return false;
                };
                let fits = self.text[at..].starts_with(&self.text[start..end]);
                fits && next(self, at + end - start)
            }
            Node::Group(inner, index) => {
                let Some(index) = *index else {
                    return self.run(inner, at, next);
                };
                let old = self.groups[index];
                let fits = self.run(inner, at, &mut |m, end| {
                    let before = m.groups[index];
                    m.groups[index] = Some((at, end));
                    next(m, end) || {
                        m.groups[index] = before;
                        false
                    }
                });
                if !fits {
                    self.groups[index] = old;
                }
                fits
            }
            Node::Look {
                node,
                behind,
                wanted,
            } => {
                let from = if *behind { 0 } else { at };
                let found = (from..=at)
                    .any(|start| self.run(node, start, &mut |_, end| !behind || end == at));
                found == *wanted && next(self, at)
            }
            Node::Sequence(nodes) => self.sequence(nodes, at, next),
            Node::Either(options) => options.iter().any(|o| self.run(o, at, next)),
            Node::Repeat {
                node,
                min,
                max,
                lazy,
            } => match **node {
                Node::Char(_) | Node::Any | Node::Class(..) if !lazy => {
                    self.simple_repeat(node, at, (*min, *max), next)
                }
                _ => self.repeat(node, at, (*min, *max, *lazy), 0, next),
            },
        }
    }

    fn one(&self, node: &Node, c: char) -> bool {
        match node {
            Node::Char(want) => self.same(*want, c),
            Node::Any => true,
            Node::Class(ranges, negated) => {
                let inside = |c: char| ranges.iter().any(|(a, b)| (*a..=*b).contains(&c));
                let found = inside(c)
                    || self.ignore_case
                        && (c.to_lowercase().any(inside) || c.to_uppercase().any(inside));
                found != *negated
            }
            Node::Empty
            | Node::Start
            | Node::End
            | Node::Word(_)
            | Node::Group(..)
            | Node::Back(_)
            | Node::Look { .. }
            | Node::Sequence(_)
            | Node::Either(_)
            | Node::Repeat { .. } => false,
        }
    }

    fn sequence(&mut self, nodes: &[Node], at: usize, next: Next<'_, 't>) -> bool {
        match nodes.split_first() {
            None => next(self, at),
            Some((first, rest)) => self.run(first, at, &mut |m, at| m.sequence(rest, at, next)),
        }
    }

    /// Repeats of a single character need no recursion.
    fn simple_repeat(
        &mut self,
        node: &Node,
        at: usize,
        (min, max): (usize, usize),
        next: Next<'_, 't>,
    ) -> bool {
        let mut end = at;
        while end - at < max && self.text.get(end).is_some_and(|c| self.one(node, *c)) {
            end += 1;
        }
        loop {
            if end < at.saturating_add(min) {
                return false;
            }
            self.steps += 1;
            if next(self, end) {
                return true;
            }
            if end == at || self.steps > STEPS_MAX {
                return false;
            }
            end -= 1;
        }
    }

    fn repeat(
        &mut self,
        node: &Node,
        at: usize,
        (min, max, lazy): (usize, usize, bool),
        done: usize,
        next: Next<'_, 't>,
    ) -> bool {
        if done >= min && lazy && next(self, at) {
            return true;
        }
        if done < max
            && self.run(node, at, &mut |m, end| {
                (end > at || done < min) && m.repeat(node, end, (min, max, lazy), done + 1, next)
            })
        {
            return true;
        }
        done >= min && !lazy && next(self, at)
    }

    fn boundary(&self, at: usize) -> bool {
        let word = |i: Option<usize>| {
            let c = i.and_then(|i| self.text.get(i));
            c.is_some_and(|c| c.is_alphanumeric() || *c == '_')
        };
        word(at.checked_sub(1)) != word(Some(at))
    }
}
