//! Ways along the line: to its ends, to marks and to the next change.

use crate::app::screen::Selection;
use crate::app::session::Dispatch;
use crate::app::words::tell;
use crate::cluster::{Cluster, SimSpan, SimTime};
use crate::k8s::Kind;
use crate::say;
use crate::view::timeline::{last_stop, next_stop};
use leptos::prelude::*;

/// Most events of one jump, and how far it looks ahead.
const EVENTS_MAX: usize = 50_000;
const AHEAD_MAX: SimSpan = SimSpan::from_secs(600);

impl Dispatch {
    pub fn to_start(self) {
        self.seek(0);
    }

    pub fn to_end(self) {
        self.seek(self.screen.end.get_untracked());
    }

    /// To the next command, fault or revision; without one, to the end.
    pub fn next_mark(self) {
        let found = self.marks(|marks, history| {
            let now = history.cluster().now();
            next_stop(marks.list(), now).map(|mark| mark.at)
        });
        match found {
            Some(at) => self.seek_at(at),
            None => self.to_end(),
        }
    }

    /// To the last command, fault or revision; without one, to the start.
    pub fn last_mark(self) {
        let found = self.marks(|marks, history| {
            let now = history.cluster().now();
            last_stop(marks.list(), now).map(|mark| mark.at)
        });
        match found {
            Some(at) => self.seek_at(at),
            None => self.to_start(),
        }
    }

    fn seek_at(self, at: SimTime) {
        let start = self.cluster(|cluster| SimTime::of(cluster.setup().start));
        self.seek(at.since(start).as_millis());
    }

    /// Runs until what is selected has changed. Says so when it does not.
    pub fn next_change(self) {
        self.pause();
        let selection = self.screen.selection.get_untracked();
        let found = self.session.try_update_value(|session| {
            let before = version(session.history.cluster(), &selection);
            let until = session.history.cluster().now() + AHEAD_MAX;
            for _ in 0..EVENTS_MAX {
                if session.history.cluster().now() >= until || !session.history.step() {
                    break;
                }
                session.terminal.poll(&mut session.history);
                if version(session.history.cluster(), &selection) != before {
                    return true;
                }
            }
            false
        });
        if found == Some(false) {
            let none = say!("Nothing happens to what is selected for now.");
            self.screen.said.set(tell(&none));
        }
        self.show();
    }
}

/// The version of the selected pod, or of the selected node.
fn version(cluster: &Cluster, selection: &Selection) -> Option<u64> {
    let mut objects = match &selection.pod {
        Some(_) => cluster.objects(Kind::Pod).collect::<Vec<_>>().into_iter(),
        None => cluster.objects(Kind::Node).collect::<Vec<_>>().into_iter(),
    };
    let wanted = |uid: &str, name: &str| match &selection.pod {
        Some(pod) => *pod == *uid,
        None => selection.node == *name,
    };
    let found = objects.find(|object| wanted(object.uid(), object.name()));
    found.map(|object| object.meta().resource_version)
}
