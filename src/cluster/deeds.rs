//! Along a line of time by what a person did: back before the last deed, forward over the next one.

use super::History;

impl History {
    /// The next command begins a deed of its own. Commands that follow belong to it until the next call.
    pub fn begin_deed(&mut self) {
        let at = self.cluster().log().len();
        if let Err(place) = self.deeds.binary_search(&at) {
            self.deeds.insert(place, at);
        }
    }

    /// Where in the log deeds begin, in order.
    pub fn deeds(&self) -> &[usize] {
        &self.deeds
    }

    pub(super) fn deeds_set(&mut self, deeds: Vec<usize>) {
        self.deeds = deeds;
    }

    /// Index of the first command of the last deed before the present moment.
    pub fn undoable(&self) -> Option<usize> {
        let done = self.cluster().log().len();
        self.deeds.iter().rev().copied().find(|deed| *deed < done)
    }

    /// Index behind the last command of the next deed after the present moment.
    pub fn redoable(&self) -> Option<usize> {
        let (done, all) = (self.cluster().log().len(), self.log().len());
        let next = self.deeds.iter().copied().find(|deed| *deed > done);
        (done < all).then(|| next.unwrap_or(all).min(all))
    }

    /// Goes back to the moment before the last deed. False when there is none.
    pub fn undo(&mut self) -> bool {
        let Some(index) = self.undoable() else {
            return false;
        };
        self.leave();
        let entry = self.log[index].clone();
        self.jump(true, |c| {
            c.log().len() <= index && c.events_done() <= entry.after_events && c.now() <= entry.at
        });
        self.replay_until(index);
        while self.present.events_done() < entry.after_events && self.present.step() {}
        // Nothing is due before the command's moment: only the clock moves.
        self.present.advance_to(entry.at, 0);
        true
    }

    /// Goes forward to the moment after the next deed. False when there is none.
    pub fn redo(&mut self) -> bool {
        let Some(behind) = self.redoable() else {
            return false;
        };
        self.leave();
        let last = self.log[behind - 1].clone();
        self.jump(false, |c| {
            c.log().len() < behind && c.events_done() <= last.after_events && c.now() <= last.at
        });
        self.replay_until(behind);
        true
    }

    fn replay_until(&mut self, index: usize) {
        while self.present.log().len() < index {
            let entry = self.log[self.present.log().len()].clone();
            self.present.replay(&entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::cluster::{Cluster, Command, History, Setup, SimSpan};

    fn cordon(history: &mut History, node: &'static str) {
        history.begin_deed();
        for node in [node, "n3"] {
            history
                .cluster_mut()
                .dispatch(Command::NodeStop { node: node.into() });
        }
    }

    #[test]
    fn deeds_are_undone_and_redone_whole() {
        let mut history = History::new(Setup {
            nodes: vec![Cluster::node("n1"), Cluster::node("n2")],
            ..Setup::default()
        });
        let mut hashes = Vec::new();
        for (secs, node) in [(5, "n1"), (5, "n2"), (0, "n1")] {
            let until = history.cluster().now() + SimSpan::from_secs(secs);
            history.advance_to(until, 100_000);
            let here = history.cluster();
            hashes.push((here.now(), here.events_done(), here.log().len()));
            cordon(&mut history, node);
        }
        let until = history.cluster().now() + SimSpan::from_secs(90);
        history.advance_to(until, 100_000);
        let hash = history.cluster().api().trace().hash();
        assert!(!history.redo(), "nothing lies ahead");
        for wanted in hashes.iter().rev() {
            assert!(history.undo());
            let here = history.cluster();
            assert_eq!((here.now(), here.events_done(), here.log().len()), *wanted);
        }
        assert!(!history.undo(), "the first deed is undone");
        for done in [2, 4, 6] {
            assert!(history.redo());
            assert_eq!(history.cluster().log().len(), done);
        }
        assert!(!history.redo());
        assert!(history.rewound(), "time after the last deed lies ahead");
        history.seek(history.end());
        assert_eq!(history.cluster().api().trace().hash(), hash);
        assert_eq!(history.deeds(), [0, 2, 4]);
    }

    #[test]
    fn a_deed_in_the_past_gives_up_what_lay_ahead() {
        let mut history = History::new(Setup {
            nodes: vec![Cluster::node("n1")],
            ..Setup::default()
        });
        cordon(&mut history, "n1");
        cordon(&mut history, "n2");
        history.undo();
        cordon(&mut history, "n3");
        assert_eq!(history.deeds(), [0, 2]);
        assert_eq!(history.log().len(), 4);
        assert!(history.redoable().is_none());
        assert_eq!(history.undoable(), Some(2));
    }
}
