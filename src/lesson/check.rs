//! Goals against the cluster: pure questions about a moment.

use super::{Goal, Lesson};
use crate::cluster::Cluster;
use crate::console::read::read;

/// The cluster is as the goal says. Counters of before the last change of their object say nothing.
pub fn met(goal: &Goal, cluster: &Cluster) -> bool {
    read(goal.command, cluster).is_some_and(|answer| answer.seen && answer.text == goal.value)
}

/// How many goals have been met, one after the other, when `before` had been met already. A goal that was met stays so: later
/// steps undo what earlier ones did.
pub fn reached(lesson: &Lesson, before: usize, cluster: &Cluster) -> usize {
    let ahead = lesson.goals().skip(before);
    before + ahead.take_while(|goal| met(goal, cluster)).count()
}
