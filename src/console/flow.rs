//! Loops and conditions of the shell: tasks that run scripts as often as they should.

use super::runner::Runner;
use super::session::{Jump, Session};
use super::shell::{Compound, Script, Word, expand};
use super::task::{Io, Step, Task};
use std::sync::Arc;

/// Rounds of one loop; then it ends with a sentence.
const ROUNDS_MAX: usize = 1000;

/// The words that are expanded before a compound command starts.
pub fn words(compound: &Compound) -> Box<dyn Iterator<Item = &Word> + '_> {
    match compound {
        Compound::For { words, .. } => Box::new(words.iter()),
        Compound::Case { word, arms } => {
            let patterns = arms.iter().flat_map(|(patterns, _)| patterns);
            Box::new(std::iter::once(word).chain(patterns))
        }
        Compound::Arithmetic(word) => Box::new(std::iter::once(word)),
        Compound::Count { .. }
        | Compound::Loop { .. }
        | Compound::If { .. }
        | Compound::Group(_)
        | Compound::Subshell(_) => Box::new(std::iter::empty()),
    }
}

/// Makes the task of a compound command; `texts` are the outputs of its words' `$(…)`.
pub fn start(
    compound: Compound,
    session: &mut Session,
    texts: &mut impl Iterator<Item = String>,
) -> Box<dyn Task> {
    match compound {
        Compound::Group(body) => Box::new(Runner::new(Arc::new(body))),
        Compound::Subshell(body) => Box::new(Subshell(Runner::new(Arc::new(body)))),
        Compound::For {
            variable,
            words,
            body,
        } => {
            let mut values = expand::words(&words, session, texts);
            values.reverse();
            Box::new(Loop::new(Round::Values { variable, values }, body))
        }
        Compound::Count {
            first,
            test,
            step,
            body,
        } => {
            let first = expand::single(&first, session, texts);
            expand::calculated(&first, session);
            let round = Round::Count {
                test,
                step,
                begun: false,
            };
            Box::new(Loop::new(round, body))
        }
        Compound::Loop { test, until, body } => {
            let test = Arc::new(test);
            Box::new(Loop::new(Round::Test { test, until }, body))
        }
        Compound::If {
            branches,
            otherwise,
        } => Box::new(Condition {
            branches: branches
                .into_iter()
                .rev()
                .map(|(test, then)| (Arc::new(test), Arc::new(then)))
                .collect(),
            otherwise: otherwise.map(Arc::new),
            then: None,
            current: None,
        }),
        Compound::Case { word, arms } => {
            let text = expand::single(&word, session, texts);
            let mut chosen = None;
            for (patterns, body) in arms {
                for pattern in &patterns {
                    let pattern = expand::single(pattern, session, texts);
                    if chosen.is_none() && expand::fits(&pattern, &text) {
                        chosen = Some(body.clone());
                    }
                }
            }
            Box::new(Runner::new(Arc::new(chosen.unwrap_or_default())))
        }
        Compound::Arithmetic(word) => {
            let text = expand::single(&word, session, texts);
            let value = expand::calculated(&text, session);
            super::programs::ended(u8::from(value == "0"))
        }
    }
}

/// `( … )`: an `exit` within ends it only.
#[derive(Clone)]
struct Subshell(Runner);

impl Task for Subshell {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        let step = self.0.poll(io);
        if matches!(step, Step::Exit(_)) && io.session.jump == Some(Jump::Exit) {
            io.session.jump = None;
        }
        step
    }
}

/// What decides about the next round of a loop.
#[derive(Clone)]
enum Round {
    /// In reverse order.
    Values {
        variable: String,
        values: Vec<String>,
    },
    Test {
        test: Arc<Script>,
        until: bool,
    },
    Count {
        test: Word,
        step: Word,
        begun: bool,
    },
}

#[derive(Clone)]
struct Loop {
    round: Round,
    body: Arc<Script>,
    testing: Option<Runner>,
    current: Option<Runner>,
    rounds: usize,
    code: u8,
}

impl Loop {
    fn new(round: Round, body: Script) -> Self {
        Self {
            round,
            body: Arc::new(body),
            testing: None,
            current: None,
            rounds: 0,
            code: 0,
        }
    }

    /// Begins a round, or the test before it. False: there is none.
    fn next(&mut self, io: &mut Io<'_>) -> bool {
        let bounded = !matches!(self.round, Round::Values { .. });
        self.rounds += 1;
        if bounded && self.rounds > ROUNDS_MAX {
            io.err_line("-bash: a loop ended after 1000 rounds");
            self.code = 1;
            return false;
        }
        match &mut self.round {
            Round::Values { variable, values } => {
                let Some(value) = values.pop() else {
                    return false;
                };
                io.session.variables.insert(variable.clone(), value);
            }
            Round::Test { test, .. } => {
                self.testing = Some(Runner::new(test.clone()));
                return true;
            }
            Round::Count { test, step, begun } => {
                let mut nothing = std::iter::empty();
                if std::mem::replace(begun, true) {
                    let text = expand::single(step, io.session, &mut nothing);
                    expand::calculated(&text, io.session);
                }
                let text = expand::single(test, io.session, &mut nothing);
                let goes_on =
                    text.trim().is_empty() || expand::calculated(&text, io.session) != "0";
                if let Some(why) = std::mem::take(&mut io.session.complaints)
                    .into_iter()
                    .next()
                {
                    io.err_line(format!("-bash: ((: {why}"));
                    self.code = 1;
                    return false;
                }
                if !goes_on {
                    return false;
                }
            }
        }
        self.current = Some(Runner::new(self.body.clone()));
        true
    }

    /// A `break` or `continue` that ended the round. True: the loop ends.
    fn jumped(io: &mut Io<'_>) -> bool {
        match io.session.jump {
            None => false,
            Some(Jump::Exit) => true,
            Some(Jump::Break(levels)) => {
                io.session.jump = (levels > 1).then(|| Jump::Break(levels - 1));
                true
            }
            Some(Jump::Continue(levels)) => {
                io.session.jump = (levels > 1).then(|| Jump::Continue(levels - 1));
                levels > 1
            }
        }
    }
}

impl Task for Loop {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        loop {
            if let Some(testing) = &mut self.testing {
                match testing.poll(io) {
                    Step::Wait(wake) => return Step::Wait(wake),
                    Step::Exit(code) => {
                        self.testing = None;
                        let until = matches!(self.round, Round::Test { until: true, .. });
                        if Self::jumped(io) || (code == 0) == until {
                            return Step::Exit(self.code);
                        }
                        self.current = Some(Runner::new(self.body.clone()));
                    }
                }
            }
            if let Some(current) = &mut self.current {
                match current.poll(io) {
                    Step::Wait(wake) => return Step::Wait(wake),
                    Step::Exit(code) => {
                        self.current = None;
                        self.code = code;
                        if Self::jumped(io) {
                            return Step::Exit(self.code);
                        }
                    }
                }
            }
            if !self.next(io) {
                return Step::Exit(self.code);
            }
        }
    }
}

/// `if`
#[derive(Clone)]
struct Condition {
    /// In reverse order.
    branches: Vec<(Arc<Script>, Arc<Script>)>,
    otherwise: Option<Arc<Script>>,
    /// What runs when the test under way succeeds.
    then: Option<Arc<Script>>,
    current: Option<Runner>,
}

impl Task for Condition {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        loop {
            if let Some(current) = &mut self.current {
                let code = match current.poll(io) {
                    Step::Wait(wake) => return Step::Wait(wake),
                    Step::Exit(code) => code,
                };
                let Some(then) = self.then.take() else {
                    return Step::Exit(code);
                };
                if io.session.jump.is_some() {
                    return Step::Exit(code);
                }
                self.current = None;
                if code == 0 {
                    self.current = Some(Runner::new(then));
                    continue;
                }
            }
            if let Some((test, then)) = self.branches.pop() {
                self.then = Some(then);
                self.current = Some(Runner::new(test));
            } else if let Some(otherwise) = self.otherwise.take() {
                self.current = Some(Runner::new(otherwise));
            } else {
                return Step::Exit(0);
            }
        }
    }
}
