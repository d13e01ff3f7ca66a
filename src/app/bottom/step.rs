//! Stepping by syncs of the DaemonSet controller.

use crate::app::session::Dispatch;
use crate::app::words::tell;
use crate::cluster::{Cluster, SimSpan};
use crate::say;
use leptos::prelude::*;

/// Most events of one step, and how far it looks ahead.
const EVENTS_MAX: usize = 50_000;
const AHEAD_MAX: SimSpan = SimSpan::from_secs(600);

impl Dispatch {
    /// Runs until the DaemonSet controller has ended its next sync, then stops. Says so when none comes.
    pub fn step_sync(self) {
        self.pause();
        let found = self.session.try_update_value(|session| {
            let synced = |cluster: &Cluster| cluster.parts().daemonset.part().synced();
            let before = synced(session.history.cluster());
            let until = session.history.cluster().now() + AHEAD_MAX;
            let mut left = EVENTS_MAX;
            while left > 0 && session.history.cluster().now() < until {
                if !session.history.step() {
                    break;
                }
                session.terminal.poll(&mut session.history);
                if synced(session.history.cluster()) != before {
                    return true;
                }
                left -= 1;
            }
            false
        });
        if found == Some(false) {
            let none = say!("The controller has no sync to do for now.");
            self.screen.said.set(tell(&none));
        }
        self.show();
    }
}

impl Dispatch {
    /// Goes back by one event.
    pub fn step_back(self) {
        self.pause();
        self.session.update_value(|session| {
            let events = session.history.cluster().events_done();
            session.history.seek_event(events.saturating_sub(1));
            session.terminal.rewind(session.history.cluster().now());
        });
        self.show();
    }
}
