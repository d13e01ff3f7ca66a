//! Which lesson is open, and how far people came in each.

use crate::app::ui::options::{keep, kept};
use crate::cluster::Cluster;
use crate::k8s::ordered::BTreeMap;
use crate::lesson::library::names;
use crate::lesson::{Lesson, check};
use leptos::prelude::*;

const KEPT: &str = "lessons";

/// Goals met, by the place of the lesson.
type Reached = BTreeMap<usize, usize>;

/// What was met when the page was last open: a line for each lesson, with its name and a number.
fn remembered() -> Reached {
    let text = kept(KEPT).unwrap_or_default();
    let known = text.lines().filter_map(|line| {
        let (name, reached) = line.split_once(' ')?;
        let place = names().position(|one| one == name)?;
        Some((place, reached.parse().ok()?))
    });
    known.collect()
}

fn remember(reached: &Reached) {
    let lines = names()
        .enumerate()
        .filter_map(|(place, name)| Some(format!("{name} {}\n", reached.get(&place)?)));
    keep(KEPT, &lines.collect::<String>());
}

/// The state of the lessons; it outlives their tab.
#[derive(Clone, Copy)]
pub struct Lessons {
    /// The place of the open one.
    pub open: RwSignal<Option<usize>>,
    /// Counts how often one was begun anew.
    pub begun: RwSignal<u32>,
    /// Read when it is asked for first.
    reached: StoredValue<Option<Reached>>,
}

impl Default for Lessons {
    fn default() -> Self {
        Self {
            open: RwSignal::new(None),
            begun: RwSignal::new(0),
            reached: StoredValue::new(None),
        }
    }
}

impl Lessons {
    /// How many goals of a lesson have been met.
    pub fn reached(self, place: usize) -> usize {
        let of = |all: &mut Option<Reached>| {
            let all = all.get_or_insert_with(remembered);
            all.get(&place).copied().unwrap_or(0)
        };
        self.reached.try_update_value(of).unwrap_or(0)
    }

    fn set(self, place: usize, reached: usize) {
        self.reached.update_value(|all| {
            let all = all.get_or_insert_with(remembered);
            all.insert(place, reached);
            remember(all);
        });
    }

    /// The same after a look at the cluster.
    pub fn look(self, place: usize, lesson: &Lesson, cluster: &Cluster) -> usize {
        let before = self.reached(place);
        // A lesson that has become shorter since.
        let reached = check::reached(lesson, before, cluster).min(lesson.goals().count());
        if reached != before {
            self.set(place, reached);
        }
        reached
    }

    /// No goal of a lesson has been met.
    pub fn begin(self, place: usize) {
        self.set(place, 0);
        self.begun.update(|n| *n += 1);
    }
}

/// The lessons' state.
pub fn use_lessons() -> Lessons {
    use_context().unwrap_or_default()
}
