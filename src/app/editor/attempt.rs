//! `Attempt`: a text that is applied on a copy of the cluster, slice by slice. It leaves no trace.

use super::deeds::apply_line;
use crate::app::screen::{Answer, File};
use crate::app::session::Dispatch;
use crate::app::terminal::PATIENCE;
use crate::cluster::{Cluster, SimTime};
use crate::console::{Job, Session};
use crate::view::plan::EVENTS_A_LOOK;
use leptos::prelude::*;

/// Events that an apply may take.
const EVENTS_MAX: usize = 50_000;

/// An apply on its way.
pub(super) struct Attempt {
    session: Session,
    job: Job,
    cluster: Cluster,
    until: SimTime,
    left: usize,
    code: Option<u8>,
}

impl Attempt {
    /// Lets the command go on while `more` says so; true when it has ended, or waits for longer than anybody would.
    pub fn run(&mut self, mut more: impl FnMut() -> bool) -> bool {
        let (mut events, most) = EVENTS_A_LOOK;
        loop {
            let (session, cluster) = (&mut self.session, &mut self.cluster);
            self.code = self.job.run(session, cluster, self.until, events);
            self.left = self.left.saturating_sub(events);
            if self.code.is_some() || self.left == 0 || self.cluster.now() >= self.until {
                return true;
            }
            if !more() {
                return false;
            }
            events = most.min(events * 2);
        }
    }

    /// What came of it, and the answer.
    pub fn ended(self) -> (Cluster, Answer) {
        let outputs = self.job.outputs().iter();
        let text: String = outputs.map(|o| o.text.as_str()).collect();
        let answer = Answer {
            text: text.trim_end().to_owned(),
            refused: self.code != Some(0),
        };
        (self.cluster, answer)
    }
}

impl Dispatch {
    /// The cluster as it is.
    pub(super) fn snapshot(self) -> Cluster {
        self.session
            .with_value(|session| session.history.cluster().clone())
    }

    /// Begins to apply a file on a copy of a cluster.
    pub(super) fn attempt(self, before: &Cluster, file: &File) -> Attempt {
        self.session.with_value(|session| {
            let mut own = session.terminal.session().clone();
            own.files.write(&file.name, &file.text);
            let line = apply_line(&file.name, session.terminal.folder());
            Attempt {
                session: own,
                job: Job::start_complete(&line, before.now()),
                cluster: before.clone(),
                until: before.now() + PATIENCE,
                left: EVENTS_MAX,
                code: None,
            }
        })
    }
}
