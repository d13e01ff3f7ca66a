//! Faults of the API server: which calls it refuses.

use super::{SimSpan, Status};
use crate::k8s::{Kind, Str};

/// What happens to a call that matches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// It is refused with an internal error and changes nothing.
    Fail,
    /// It is carried out, but the caller is told that it failed.
    FailAfter,
    /// It is refused with a conflict, as if another writer had been faster.
    Conflict,
    /// It is carried out, but its caller waits this much longer for the answer; a watch tells this much later.
    Delay(SimSpan),
}

/// Which calls. Empty or None matches all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// The caller's name, or the part of it before `/`.
    pub actor: Str,
    /// `create`, `update`, `patch`, `delete`, `bind`, with `/status` where only that subresource is meant; `watch`
    /// for what the caller is told (only delays, and without an end by number); empty for all.
    pub verb: Str,
    pub kind: Option<Kind>,
    pub effect: Effect,
    /// How many matching calls are hit before the rule ends; None: until healed.
    pub times: Option<u32>,
}

impl Rule {
    fn matches(&self, actor: &str, verb: &str, kind: Kind) -> bool {
        let whole_or_head = |pattern: &str, text: &str| {
            pattern.is_empty()
                || text
                    .strip_prefix(pattern)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        whole_or_head(&self.actor, actor)
            && whole_or_head(&self.verb, verb)
            && self.kind.is_none_or(|k| k == kind)
    }
}

/// The rules in force; the first that matches decides.
#[derive(Clone, Default, Debug)]
pub struct Faults {
    rules: Vec<Rule>,
    /// How long the caller of the moment has waited for answers.
    waited: SimSpan,
}

impl Faults {
    pub fn add(&mut self, rule: Rule) {
        if rule.times != Some(0) {
            self.rules.push(rule);
        }
    }

    /// Ends all faults.
    pub fn heal(&mut self) {
        self.rules.clear();
    }

    /// The rules in force, oldest first.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// How much later a watcher hears of a kind.
    pub fn watch_delay(&self, actor: &str, kind: Kind) -> SimSpan {
        let late = self.rules.iter().find_map(|rule| match rule.effect {
            Effect::Delay(span) if rule.matches(actor, "watch", kind) => Some(span),
            Effect::Delay(_) | Effect::Fail | Effect::FailAfter | Effect::Conflict => None,
        });
        late.unwrap_or(SimSpan::ZERO)
    }

    /// Every call of this kind fails: a stream of small ones need not be made at all.
    pub fn cut_off(&self, actor: &str, verb: &str, kind: Kind) -> bool {
        self.rules
            .iter()
            .any(|rule| rule.effect == Effect::Fail && rule.matches(actor, verb, kind))
    }

    /// How long the caller waited for answers since this was asked last.
    pub fn take_waited(&mut self) -> SimSpan {
        std::mem::take(&mut self.waited)
    }

    /// What happens to a call; counts it.
    pub(super) fn hit(&mut self, actor: &str, verb: &str, kind: Kind) -> Option<Effect> {
        if self.rules.is_empty() {
            return None;
        }
        let i = self
            .rules
            .iter()
            .position(|r| r.matches(actor, verb, kind))?;
        let rule = &mut self.rules[i];
        let effect = rule.effect;
        if let Effect::Delay(span) = effect {
            self.waited = self.waited + span;
        }
        if let Some(times) = &mut rule.times {
            *times -= 1;
            if *times == 0 {
                self.rules.remove(i);
            }
        }
        Some(effect)
    }
}

/// What a caller is told when a fault hits its call.
pub(super) fn refusal(effect: Effect, kind: Kind, name: &str) -> Option<Status> {
    match effect {
        Effect::Fail => Some(Status::internal("etcdserver: leader changed")),
        Effect::FailAfter => Some(Status::plain(
            504,
            "Timeout",
            "Timeout: request did not complete within requested timeout - context deadline exceeded",
        )),
        Effect::Conflict => Some(Status::modified(kind, name)),
        Effect::Delay(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_match_by_caller_verb_and_kind_and_end() {
        let rule = |actor, verb, kind, times| Rule {
            actor: Str::from(actor),
            verb: Str::from(verb),
            kind,
            effect: Effect::Fail,
            times,
        };
        let rows = [
            (rule("", "", None, None), true),
            (rule("kubelet", "", None, None), true),
            (rule("kube", "", None, None), false),
            (rule("kubelet/a", "update", None, None), true),
            (rule("", "update/status", Some(Kind::Pod), None), true),
            (rule("", "update/status", Some(Kind::Node), None), false),
            (rule("", "create", None, None), false),
        ];
        for (rule, hit) in rows {
            let mut faults = Faults::default();
            faults.add(rule.clone());
            let effect = faults.hit("kubelet/a", "update/status", Kind::Pod);
            assert_eq!(effect.is_some(), hit, "{rule:?}");
        }
        let mut faults = Faults::default();
        faults.add(rule("", "", None, Some(2)));
        for hit in [true, true, false] {
            assert_eq!(faults.hit("x", "create", Kind::Pod).is_some(), hit);
        }
    }
}
