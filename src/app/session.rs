//! `Session` owns the cluster; `Dispatch` is the handle that components hold.

use super::editor;
use super::keep::Keep;
use super::samples;
use super::screen::{Answer, File, Screen, set};
use super::spare::give_back;
use super::terminal::{Kind, Terminal};
use crate::cluster::{Advanced, Cluster, Command, History, Reply, SimSpan, SimTime};
use crate::view::deferred::Deferred;
use crate::view::settle::{Rest, Settle};
use crate::view::written::Written;
use crate::view::{self, Branches, Marks, Painter, Phases, Verdict};
use leptos::prelude::*;

/// Events of one call that is not bounded by a frame: a step, a jump.
const EVENTS_MAX: usize = 200_000;

/// Events between two looks at the clock of a frame: where there are thousands of nodes, one may take some
/// milliseconds. A look at whether all is at rest costs more.
const SLICE: usize = 4;
const SLICE_TO_REST: usize = 20;

/// The time line is drawn anew with every so manieth frame.
const LINE_EVERY: u32 = 8;

/// Cells that are looked at again with one frame while time goes on.
const CELLS_A_FRAME: usize = 800;

/// How long the sample has run when the page opens.
const SETTLED: SimSpan = SimSpan::from_secs(20);

/// The only owner of the world in the page.
pub struct Session {
    pub history: History,
    pub marks: Marks,
    pub phases: Phases,
    /// The other lines of time.
    pub branches: Branches,
    pub terminal: Terminal,
    pub painter: Painter,
    /// Time runs until all is at rest.
    pub settle: Option<Settle>,
    /// Applies that wait, and those whose moment came since the page was shown last.
    pub deferred: Deferred,
    pub done: Vec<editor::Done>,
    /// What deeds did to files.
    pub written: Written,
    /// What had been done to the sample when the page opened with it.
    opened: Option<usize>,
    /// How often the page was shown.
    frames: u32,
}

impl Session {
    /// A running cluster with the first sample applied.
    pub fn sample() -> Self {
        let mut session = Self::of(History::new(samples::setup()));
        for (name, text) in samples::MANIFESTS {
            session.terminal.write(name, text);
        }
        session.history.begin_deed();
        session.terminal.run(
            &mut session.history,
            &format!("kubectl apply -f {}", samples::MANIFESTS[0].0),
        );
        // In small steps, for the time line shows what happened on the way.
        let until = session.history.cluster().now() + SETTLED;
        while session.history.cluster().now() < until {
            session.look();
            let next = session.history.cluster().now() + SimSpan::from_millis(200);
            session.history.advance_to(next.min(until), EVENTS_MAX);
        }
        let nodes = editor::nodes::text(session.cluster());
        session.terminal.write(editor::nodes::FILE, &nodes);
        session.opened = Some(session.cluster().log().len());
        session
    }

    /// A session on a line of time.
    pub fn of(history: History) -> Self {
        Self {
            history,
            marks: Marks::default(),
            phases: Phases::default(),
            branches: Branches::default(),
            terminal: Terminal::default(),
            painter: Painter::default(),
            settle: None,
            deferred: Deferred::default(),
            done: Vec::new(),
            written: Written::default(),
            opened: None,
            frames: 0,
        }
    }

    pub(in crate::app) fn cluster(&self) -> &Cluster {
        self.history.cluster()
    }

    /// Notes what the time line shows about the present moment.
    pub(in crate::app) fn look(&mut self) {
        self.marks.extend(self.history.cluster());
        self.phases.look(self.history.cluster());
    }
}

/// Sends deeds to the session and shows what came of them.
#[derive(Clone, Copy)]
pub struct Dispatch {
    pub(in crate::app) session: StoredValue<Session, LocalStorage>,
    pub(in crate::app) screen: Screen,
    pub(in crate::app) keep: Keep,
}

impl Dispatch {
    pub fn new(session: Session, screen: Screen) -> Self {
        let files = samples::MANIFESTS
            .iter()
            .enumerate()
            .map(|(i, (name, text))| File {
                name: (*name).to_owned(),
                text: (*text).to_owned(),
                applied: (i == 0).then(|| (*text).to_owned()),
            });
        let mut files: Vec<File> = files.collect();
        let nodes = editor::nodes::text(session.cluster());
        files.push(File {
            name: editor::nodes::FILE.to_owned(),
            text: nodes.clone(),
            applied: Some(nodes),
        });
        screen.files.set(files);
        let dispatch = Self {
            session: StoredValue::new_local(session),
            screen,
            keep: Keep::default(),
        };
        dispatch.show();
        dispatch
    }

    /// Runs simulated time for a frame: up to `span` further, while `more` says so.
    pub fn advance(self, span: SimSpan, mut more: impl FnMut() -> bool) {
        self.session.update_value(|session| {
            let until = session.cluster().now() + span;
            while !session.advance(until) && more() && session.rest() == Rest::NotYet {}
        });
        self.show();
        self.rested(
            self.session
                .try_update_value(Session::rest)
                .unwrap_or(Rest::NotYet),
        );
    }

    /// One event, then stop.
    pub fn step_event(self) {
        self.pause();
        self.session.update_value(|session| {
            let next = session.cluster().next_event_at();
            let due = session.deferred.next();
            match due.filter(|due| next.is_none_or(|next| *due <= next)) {
                Some(due) => {
                    session.history.advance_to(due, EVENTS_MAX);
                }
                None => {
                    session.history.step();
                }
            }
            session.terminal.poll(&mut session.history);
            session.due();
        });
        self.show();
    }

    /// One simulated second, then stop.
    pub fn step_second(self) {
        self.pause();
        let mut budget = EVENTS_MAX / 5 / SLICE;
        self.advance(SimSpan::from_secs(1), || {
            budget -= 1;
            budget > 0
        });
    }

    /// Goes to a moment, counted in milliseconds since people arrived.
    pub fn seek(self, elapsed: u64) {
        self.pause();
        self.session.update_value(|session| {
            let start = SimTime::of(session.cluster().setup().start);
            let to = (start + SimSpan::from_millis(elapsed)).min(session.history.end());
            session.history.seek(to);
            session.terminal.rewind(to);
        });
        self.jump();
    }

    /// Shows another moment: nothing moved on the way there.
    pub(in crate::app) fn jump(self) {
        self.screen.grid.still(|| self.show());
    }

    pub fn pause(self) {
        set(self.screen.playing, false);
    }

    /// A deed that kubectl has no command for.
    pub fn command(self, command: Command) {
        self.keep.doing("command");
        let reply = self.session.try_update_value(|session| {
            session.branch();
            session.history.cluster_mut().dispatch(command)
        });
        if let Some(Reply::Refused(status)) = reply {
            self.screen.said.set(status.message.clone());
        }
        self.show();
    }

    /// Types a line into the console and runs it.
    pub fn line(self, line: &str) -> Answer {
        self.keep.doing(line);
        let answer = self.session.try_update_value(|session| session.line(line));
        let answer = answer.unwrap_or_default();
        self.screen.said.set(answer.text.clone());
        self.show();
        answer
    }

    /// Why there is, or is not, a pod of the DaemonSet in front on a node.
    pub fn verdict(self, set_uid: &str, node: &str) -> Option<Verdict> {
        self.session
            .with_value(|session| view::explain::verdict(session.cluster(), set_uid, node))
    }

    /// Reads the marks of the time line.
    pub fn marks<R>(self, read: impl FnOnce(&Marks, &History) -> R) -> R {
        self.session
            .with_value(|session| read(&session.marks, &session.history))
    }

    /// Reads the phases of the time line, and where it starts.
    pub fn phases<R>(self, read: impl FnOnce(&Phases, SimTime) -> R) -> R {
        self.session.with_value(|session| {
            let start = SimTime::of(session.cluster().setup().start);
            read(&session.phases, start)
        })
    }

    /// Reads the cluster; for what is computed on request only.
    pub fn cluster<R>(self, read: impl FnOnce(&Cluster) -> R) -> R {
        self.session.with_value(|session| read(session.cluster()))
    }

    /// Nobody has done anything to the sample that the page opened with.
    pub(in crate::app) fn untouched(self) -> bool {
        self.session
            .with_value(|session| session.opened == Some(session.cluster().log().len()))
    }

    pub(in crate::app) fn show(self) {
        let screen = self.screen;
        self.session.update_value(|session| {
            session.look();
            if let Some(remains) = session.branches.gone() {
                give_back(remains);
            }
            self.keep.show(session);
            self.keep.follow(session, self.front_name());
            session.paint(screen);
            let start = SimTime::of(session.cluster().setup().start);
            set(screen.end, session.history.end().since(start).as_millis());
            // The line is drawn whole: while time goes on not with every frame.
            session.frames = session.frames.wrapping_add(1);
            if !screen.playing.get_untracked() || session.frames.is_multiple_of(LINE_EVERY) {
                set(screen.marks, session.marks.version());
                self.keep.line(session);
            }
            if let Some(lines) = session.terminal.changed(session.history.cluster().now()) {
                let printed = lines.last().filter(|line| line.kind == Kind::Printed);
                if let Some(printed) = printed {
                    screen.said.set(printed.text.trim_end().to_owned());
                }
                screen.lines.set(lines);
            }
        });
        self.show_later();
        self.open_asked();
    }
}

impl Session {
    /// Shows what changed since the last time.
    fn paint(&mut self, screen: Screen) {
        let cluster = self.history.cluster();
        let front = screen.set.get_untracked();
        // While time goes on there is a next frame: a new template makes all cells of a large field look different.
        let most = if screen.playing.get_untracked() {
            CELLS_A_FRAME
        } else {
            usize::MAX
        };
        let cells = self.painter.refresh(cluster, &front, most);
        let names = screen.grid.take(self.painter.index(), cells);
        let mut kept = screen.grid.cards();
        kept.push(screen.selection.with_untracked(|s| s.node.clone()));
        let cards = self.painter.cards(&kept, cluster.now());
        let start = SimTime::of(cluster.setup().start);
        let elapsed = cluster.now().since(start).as_millis();
        screen.paint(elapsed, self.painter.sets(cluster), &kept, cards);
        if let Some(names) = names {
            set(screen.names, names);
        }
    }

    /// Runs a slice of events towards a moment; true when it is reached. Programs of the console go on at the
    /// moments that they wait for, and after every slice.
    fn advance(&mut self, until: SimTime) -> bool {
        let now = self.cluster().now();
        let wake = self.stop().filter(|wake| *wake > now && *wake < until);
        let slice = self.settle.as_ref().map_or(SLICE, |_| SLICE_TO_REST);
        let there = self.history.advance_to(wake.unwrap_or(until), slice) == Advanced::There;
        self.terminal.poll(&mut self.history);
        self.due();
        there && wake.is_none()
    }

    /// Whether a run on its way to rest has come to it.
    fn rest(&mut self) -> Rest {
        let cluster = self.history.cluster();
        self.settle
            .as_mut()
            .map_or(Rest::NotYet, |settle| settle.look(cluster))
    }

    /// Runs a line. In the past it runs on a copy first: a deed leaves this line for a new one, a question does not.
    fn line(&mut self, line: &str) -> Answer {
        if !self.history.rewound() {
            self.history.begin_deed();
            let (terminal, written) = (&mut self.terminal, &mut self.written);
            return editor::noted(terminal, written, &mut self.history, line);
        }
        let before = self.cluster().log().len();
        let waiting = self.terminal.waiting();
        let mut trial = self.history.clone();
        trial.begin_deed();
        let answer = editor::noted(&mut self.terminal, &mut self.written, &mut trial, line);
        if trial.cluster().log().len() > before {
            self.leave();
            self.history = trial;
        } else if !self.terminal.editing() {
            // What waits for a file goes on when that is closed, which is a deed.
            self.terminal.forget_beyond(waiting);
        }
        answer
    }

    /// Before a deed. In the past it begins a new line of time; what lay ahead is kept as a branch.
    pub(in crate::app) fn branch(&mut self) {
        if self.history.rewound() {
            self.leave();
            self.history.cluster_mut();
        }
        self.history.begin_deed();
    }

    fn leave(&mut self) {
        self.branches.park(&self.history, &self.marks, &self.phases);
        self.terminal.cut(self.history.cluster().now());
        self.marks.cut(self.history.cluster());
        self.deferred.cut(self.history.cluster().now());
        self.phases.cut(self.history.cluster().now());
    }
}

/// The page's handle.
pub fn use_dispatch() -> Dispatch {
    expect_context()
}
