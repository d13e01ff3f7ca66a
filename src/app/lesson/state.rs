//! Which lesson is open, and how far people came in each.

use crate::cluster::Cluster;
use crate::k8s::ordered::BTreeMap;
use crate::lesson::{Lesson, check};
use leptos::prelude::*;

/// The state of the lessons; it outlives their tab.
#[derive(Clone, Copy)]
pub struct Lessons {
    /// The place of the open one.
    pub open: RwSignal<Option<usize>>,
    /// Counts how often one was begun anew.
    pub begun: RwSignal<u32>,
    /// Goals met, by the place of the lesson.
    reached: StoredValue<BTreeMap<usize, usize>>,
}

impl Default for Lessons {
    fn default() -> Self {
        Self {
            open: RwSignal::new(None),
            begun: RwSignal::new(0),
            reached: StoredValue::new(BTreeMap::new()),
        }
    }
}

impl Lessons {
    /// How many goals of a lesson have been met.
    pub fn reached(self, place: usize) -> usize {
        self.reached
            .with_value(|all| all.get(&place).copied().unwrap_or(0))
    }

    /// The same after a look at the cluster.
    pub fn look(self, place: usize, lesson: &Lesson, cluster: &Cluster) -> usize {
        let reached = check::reached(lesson, self.reached(place), cluster);
        self.reached.update_value(|all| {
            all.insert(place, reached);
        });
        reached
    }

    /// No goal of a lesson has been met.
    pub fn begin(self, place: usize) {
        self.reached.update_value(|all| {
            all.remove(&place);
        });
        self.begun.update(|n| *n += 1);
    }
}

/// The lessons' state.
pub fn use_lessons() -> Lessons {
    use_context().unwrap_or_default()
}
