//! Applies that wait for a moment of simulated time. They lie on the line: where time is rewound before one and goes
//! another way, it comes again.

use crate::cluster::SimTime;

/// Most that wait at a time.
const LIMIT: usize = 32;

/// One apply to come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Due {
    pub id: u32,
    pub at: SimTime,
    /// The file, and its text when the apply was asked for.
    pub name: String,
    pub text: String,
    /// Its moment came.
    pub done: bool,
}

/// All applies of a line that were put off.
#[derive(Clone, Debug, Default)]
pub struct Deferred {
    list: Vec<Due>,
    count: u32,
    version: u64,
}

impl Deferred {
    /// Puts an apply off; false when too many wait.
    pub fn add(&mut self, at: SimTime, name: &str, text: &str) -> bool {
        if self.waiting().count() >= LIMIT {
            return false;
        }
        if self.list.len() >= 2 * LIMIT
            && let Some(done) = self.list.iter().position(|due| due.done)
        {
            self.list.remove(done);
        }
        self.count += 1;
        self.version += 1;
        let place = self.list.partition_point(|due| due.at <= at);
        let due = Due {
            id: self.count,
            at,
            name: name.to_owned(),
            text: text.to_owned(),
            done: false,
        };
        self.list.insert(place, due);
        true
    }

    /// All of them, those whose moment came among them.
    pub fn all(&self) -> &[Due] {
        &self.list
    }

    /// Takes one in from elsewhere, behind those of its moment.
    pub fn take_in(&mut self, at: SimTime, name: &str, text: &str, done: bool) {
        if self.add(at, name, text) && done {
            let id = self.count;
            let own = self.list.iter_mut().filter(|due| due.id == id);
            own.for_each(|due| due.done = true);
        }
    }

    /// Grows with every change.
    pub fn version(&self) -> u64 {
        self.version
    }

    pub fn cancel(&mut self, id: u32) {
        self.version += 1;
        self.list.retain(|due| due.id != id);
    }

    /// Those to come, in their order.
    pub fn waiting(&self) -> impl Iterator<Item = &Due> {
        self.list.iter().filter(|due| !due.done)
    }

    /// The moment of the next one.
    pub fn next(&self) -> Option<SimTime> {
        self.waiting().map(|due| due.at).next()
    }

    /// The next one, if its moment has come.
    pub fn take(&mut self, now: SimTime) -> Option<Due> {
        let due = self.list.iter_mut().find(|due| !due.done)?;
        if due.at > now {
            return None;
        }
        due.done = true;
        self.version += 1;
        Some(due.clone())
    }

    /// The line goes another way from here on: what was done after this moment is to come again.
    pub fn cut(&mut self, now: SimTime) {
        for due in &mut self.list {
            due.done &= due.at <= now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SimTime {
        SimTime::from_millis(seconds * 1000)
    }

    #[test]
    fn they_come_in_their_order_and_again_on_another_line() {
        let mut deferred = Deferred::default();
        assert!(deferred.add(at(30), "b.yaml", "b"));
        assert!(deferred.add(at(20), "a.yaml", "a"));
        assert_eq!(deferred.next(), Some(at(20)));
        assert_eq!(deferred.take(at(19)), None);
        assert_eq!(
            deferred.take(at(40)).map(|due| due.name),
            Some("a.yaml".to_owned())
        );
        assert_eq!(
            deferred.take(at(40)).map(|due| due.text),
            Some("b".to_owned())
        );
        assert_eq!(deferred.take(at(40)), None);
        deferred.cut(at(25));
        assert_eq!(deferred.next(), Some(at(30)), "a.yaml lies before the cut");
        let id = deferred.waiting().map(|due| due.id).next();
        deferred.cancel(id.unwrap_or(0));
        assert_eq!(deferred.next(), None);
    }

    #[test]
    fn they_are_taken_in_as_they_were() {
        let mut deferred = Deferred::default();
        deferred.take_in(at(30), "b.yaml", "b", false);
        deferred.take_in(at(20), "a.yaml", "a", true);
        let list = |d: &Deferred| -> Vec<(String, bool)> {
            let all = d.all().iter();
            all.map(|due| (due.name.clone(), due.done)).collect()
        };
        let wanted = [("a.yaml".to_owned(), true), ("b.yaml".to_owned(), false)];
        assert_eq!(list(&deferred), wanted);
        let version = deferred.version();
        deferred.cut(at(10));
        assert_eq!(deferred.next(), Some(at(20)), "it comes again");
        assert!(deferred.take(at(20)).is_some());
        assert!(deferred.version() > version);
    }

    #[test]
    fn they_are_bounded() {
        let mut deferred = Deferred::default();
        let added = (0..100).filter(|i| deferred.add(at(*i), "a", "a")).count();
        assert_eq!(added, LIMIT);
        while deferred.take(at(1000)).is_some() {}
        assert!((0..20).all(|i| deferred.add(at(2000 + i), "a", "a")));
        while deferred.take(at(9000)).is_some() {}
        assert!((0..30).all(|i| deferred.add(at(10_000 + i), "a", "a")));
        assert!(deferred.list.len() <= 2 * LIMIT);
    }
}
