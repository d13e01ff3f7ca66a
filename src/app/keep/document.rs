//! From the session to a document, and back, slice by slice.

use crate::app::screen::{Answer, File, Selection};
use crate::app::session::{Dispatch, Session};
use crate::cluster::{History, Resume, Resumed, SimSpan, SimTime};
use crate::say;
use crate::share::{Branch, Doc, Later, ShareError, TextFile};
use crate::view::{Marks, Phases, Say};
use leptos::prelude::*;

/// Events that a run may take to be repeated, and each of its branches.
const EVENTS_MAX: u64 = 3_000_000;
const BRANCH_EVENTS_MAX: u64 = 500_000;

/// Events between two looks at a run that is being repeated.
const SLICE: usize = 400;

/// A document on its way to a session.
pub struct Opening {
    pub doc: Doc,
    resume: Option<Box<Resume>>,
    /// Looks at the run on the way.
    marks: Marks,
    phases: Phases,
    session: Option<Session>,
    /// Branches that are done.
    done: usize,
    /// Nothing says that another version made the run.
    exact: bool,
}

/// What came of a document.
pub struct Found {
    pub doc: Doc,
    pub session: Session,
    /// The run is the one that was kept, event by event.
    pub exact: bool,
}

/// How far an [`Opening`] came.
pub enum Opened {
    Done(Box<Found>),
    Further(Box<Opening>),
    Refused(Say),
}

impl Opening {
    pub fn new(doc: Doc) -> Self {
        let resume = Box::new(doc.resume(EVENTS_MAX));
        let mut opening = Self {
            resume: None,
            doc,
            marks: Marks::default(),
            phases: Phases::default(),
            session: None,
            done: 0,
            exact: true,
        };
        opening.look(resume.history());
        opening.resume = Some(resume);
        opening
    }

    /// Thousandths of the way.
    pub fn progress(&self) -> u64 {
        let part = self.resume.as_ref().map_or(0, |resume| resume.progress());
        let done = u64::from(self.session.is_some()) + self.done as u64;
        (done * 1000 + part) / (1 + self.doc.branches.len() as u64)
    }

    /// Goes on for one slice.
    pub fn run(mut self) -> Opened {
        let Some(resume) = self.resume.take() else {
            return self.next();
        };
        match resume.run(SLICE) {
            Resumed::Further(further) => {
                self.look(further.history());
                self.resume = Some(further);
                Opened::Further(Box::new(self))
            }
            Resumed::Done { history, exact } => {
                self.exact &= exact;
                self.look(&history);
                self.arrived(*history);
                self.next()
            }
            Resumed::Foreign | Resumed::TooLong if self.session.is_none() => {
                Opened::Refused(say!("The run in it cannot be repeated."))
            }
            // A branch that does not open is left out: the run itself is whole.
            Resumed::Foreign | Resumed::TooLong => {
                self.done += 1;
                self.next()
            }
        }
    }

    fn look(&mut self, history: &History) {
        self.marks.extend(history.cluster());
        self.phases.look(history.cluster());
    }

    fn arrived(&mut self, history: History) {
        let (marks, phases) = (
            std::mem::take(&mut self.marks),
            std::mem::take(&mut self.phases),
        );
        if let Some(session) = &mut self.session {
            let name = self.doc.branches[self.done].name.clone();
            session.branches.take_in(name, history, marks, phases);
            self.done += 1;
        } else {
            let mut session = Session::of(history);
            session.marks = marks;
            session.phases = phases;
            session.branches.rename(1, &self.doc.name);
            for file in &self.doc.files {
                session.terminal.write(&file.name, &file.text);
            }
            let start = SimTime::of(self.doc.setup.start);
            for later in &self.doc.later {
                let at = start + SimSpan::from_millis(later.at);
                let (name, text) = (&later.name, &later.text);
                session.deferred.take_in(at, name, text, later.done);
            }
            self.session = Some(session);
        }
    }

    /// The next branch, or the end.
    fn next(mut self) -> Opened {
        if let Some(branch) = self.doc.branches.get(self.done) {
            self.resume = Some(Box::new(self.doc.resume_branch(branch, BRANCH_EVENTS_MAX)));
            return Opened::Further(Box::new(self));
        }
        match self.session.take() {
            Some(session) => Opened::Done(Box::new(Found {
                doc: self.doc,
                session,
                exact: self.exact,
            })),
            None => Opened::Further(Box::new(self)),
        }
    }
}

impl Dispatch {
    /// Everything that is on the page.
    pub(in crate::app) fn document(self) -> Doc {
        let files = self.screen.files.with_untracked(|files| {
            let file = |f: &File| TextFile {
                name: f.name.clone(),
                text: f.text.clone(),
                applied: f.applied.clone(),
            };
            files.iter().map(file).collect()
        });
        self.session.with_value(|session| {
            let mut doc = Doc::of(&session.history, files);
            doc.file = self.screen.file.get_untracked();
            doc.name.clone_from(&session.branches.front().name);
            let others = session.branches.others().iter();
            doc.branches = (others.map(|line| Branch::of(&line.history, &line.tag.name))).collect();
            let start = SimTime::of(session.cluster().setup().start);
            let later = session.deferred.all().iter().map(|due| Later {
                at: due.at.since(start).as_millis(),
                name: due.name.clone(),
                text: due.text.clone(),
                done: due.done,
            });
            doc.later = later.collect();
            doc
        })
    }

    /// Shows another session in place of the present one.
    pub(in crate::app) fn replace(self, doc: &Doc, session: Session) {
        let screen = self.screen;
        let file = |f: &TextFile| File {
            name: f.name.clone(),
            text: f.text.clone(),
            applied: f.applied.clone(),
        };
        self.keep.beside.set(None);
        self.session.set_value(session);
        let files: Vec<File> = doc.files.iter().map(file).collect();
        screen.file.set(doc.file.min(files.len().saturating_sub(1)));
        screen.files.set(files);
        screen.diagnostics.set(Vec::new());
        screen.answer.set(Answer::default());
        screen.lines.set(Vec::new());
        self.show();
        let first = screen.names.with_untracked(|names| names.first().cloned());
        screen.selection.set(Selection {
            node: first.unwrap_or_default(),
            pod: None,
        });
    }
}

/// Why a document does not open, in the page's words.
pub fn sentence(error: &ShareError) -> Say {
    match error {
        ShareError::Damaged => say!("It is damaged or incomplete."),
        ShareError::TooLarge => say!("It holds more than this page opens."),
        ShareError::Newer(version) => {
            say!(
                "It was made by a newer version of the page (format {}).",
                version
            )
        }
        ShareError::Malformed(what) => say!("It does not hold a valid run ({}).", *what),
    }
}
