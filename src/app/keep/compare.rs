//! Two lines of time side by side, in lockstep: over the grid, moved by the one time line.

use super::branches::called;
use super::state::{KeepCells, use_keep};
use crate::app::grid::hue;
use crate::app::session::{Dispatch, Session, use_dispatch};
use crate::app::words::{t, tell};
use crate::cluster::{History, SimTime};
use crate::k8s::Str;
use crate::say;
use crate::view::branches::fork;
use crate::view::compare::{Cell, Compared, Figures, Measure, Side, compare};
use crate::view::{Counters, age};
use leptos::prelude::*;
use std::time::Duration;

/// Events of one slice of a measurement, and of one step of the line beside.
const SLICE: usize = 1500;
const STEP: usize = 5000;

/// The line beside, and what is shown of both.
#[derive(Clone, Copy)]
pub struct Beside {
    other: StoredValue<Option<History>, LocalStorage>,
    compared: RwSignal<Option<Compared>>,
    figures: RwSignal<[Option<Figures>; 2]>,
    /// Where the lines part, in milliseconds since people arrived.
    fork: RwSignal<u64>,
    /// Counts comparisons: a measurement of an earlier one stops.
    turn: StoredValue<u32>,
}

impl Default for Beside {
    fn default() -> Self {
        Self {
            other: StoredValue::new_local(None),
            compared: RwSignal::new(None),
            figures: RwSignal::new([None, None]),
            fork: RwSignal::new(0),
            turn: StoredValue::new(0),
        }
    }
}

impl KeepCells {
    /// Brings the line beside to the moment of the one in front.
    pub fn follow(&self, session: &Session, set: Option<(Str, Str)>) {
        if self.beside.get_untracked().is_none() {
            return;
        }
        let cell = self.compare;
        cell.other.update_value(|other| {
            let Some(other) = other else {
                return;
            };
            let now = session.history.cluster().now();
            if now < other.cluster().now() {
                other.seek(now);
            } else {
                other.advance_to(now, STEP);
            }
            if let Some((namespace, name)) = set {
                let (a, b) = (session.history.cluster(), other.cluster());
                cell.compared.set(Some(compare(a, b, &namespace, &name)));
            }
        });
    }
}

impl Dispatch {
    /// Puts a line beside the one in front and measures both.
    pub fn compare(self, id: u32) {
        let cell = self.keep.compare;
        let Some((namespace, name)) = self.front_name() else {
            self.keep.beside.set(None);
            return;
        };
        let measures = self.session.with_value(|session| {
            let line = session.branches.find(id)?;
            let (a, b) = (&session.history, &line.history);
            let part = fork(a, b);
            let start = SimTime::of(a.cluster().setup().start);
            cell.fork.set(part.since(start).as_millis());
            cell.other.set_value(Some(b.clone()));
            Some([a, b].map(|history| Measure::new(history, part, &namespace, &name)))
        });
        let Some(measures) = measures else {
            return;
        };
        cell.figures.set([None, None]);
        cell.turn.update_value(|turn| *turn += 1);
        measure(cell, measures, cell.turn.get_value());
        self.show();
    }

    /// Namespace and name of the DaemonSet in front.
    pub(in crate::app) fn front_name(self) -> Option<(Str, Str)> {
        let uid = self.screen.set.get_untracked();
        self.screen.sets.with_untracked(|sets| {
            let row = sets.iter().find(|row| row.uid == uid).or(sets.first())?;
            Some((row.namespace.clone(), row.name.clone()))
        })
    }
}

fn measure(cell: Beside, mut measures: [Measure; 2], turn: u32) {
    set_timeout(
        move || {
            if cell.turn.get_value() != turn {
                return;
            }
            for (i, one) in measures.iter_mut().enumerate() {
                let known = cell.figures.with_untracked(|figures| figures[i].is_some());
                if known {
                    continue;
                }
                if let Some(found) = one.run(SLICE) {
                    cell.figures.update(|figures| figures[i] = Some(found));
                }
            }
            if cell
                .figures
                .with_untracked(|figures| figures.iter().any(Option::is_none))
            {
                measure(cell, measures, turn);
            }
        },
        Duration::ZERO,
    );
}

/// The two grids, while a line stands beside.
#[component]
pub fn Compare() -> impl IntoView {
    let (dispatch, keep) = (use_dispatch(), use_keep());
    let both = move || {
        let id = keep.beside.get()?;
        let rows = keep.branches.get();
        let name = |wanted: &dyn Fn(&crate::view::BranchRow) -> bool| {
            rows.iter()
                .find(|row| wanted(row))
                .map(|row| called(row.id, &row.name))
                .unwrap_or_default()
        };
        let names = [name(&|row| row.front), name(&|row| row.id == id)];
        let parted = move || {
            tell(&say!(
                "They part at {}",
                &age::clock(keep.compare.fork.get())
            ))
        };
        let differences = move || {
            let n = keep
                .compare
                .compared
                .with(|c| c.as_ref().map_or(0, |c| c.differences));
            tell(&match n {
                1 => say!("1 node differs"),
                n => say!("{} nodes differ", &n),
            })
        };
        let [left, right] = names;
        Some(view! {
            <div class="compare" data-testid="compare" role="region" aria-label=t("Two branches side by side")>
                <div class="row wrap head">
                    <b>{t("Two branches side by side")}</b>
                    <span class="dim">{parted}</span>
                    <span class="dim" data-testid="differences">{differences}</span>
                    <span class="grow"></span>
                    <button class="small" data-testid="compare-switch" on:click=move |_| dispatch.switch(id)>
                        {t("Go on with the right one")}
                    </button>
                    <button
                        class="small"
                        data-testid="compare-close"
                        on:click=move |_| keep.beside.set(None)
                    >
                        {t("Close")}
                    </button>
                </div>
                <div class="sides">
                    <Half place=0 name=left />
                    <Half place=1 name=right />
                </div>
            </div>
        })
    };
    view! { {both} }
}

/// By the words of kubectl.
const COUNTERS: [(&str, fn(&Counters) -> i64); 5] = [
    ("DESIRED", |c| c.desired),
    ("CURRENT", |c| c.current),
    ("READY", |c| c.ready),
    ("UP-TO-DATE", |c| c.updated),
    ("AVAILABLE", |c| c.available),
];

/// One side: counters, figures, cells.
#[component]
fn Half(place: usize, name: String) -> impl IntoView {
    let cell = use_keep().compare;
    let side = Memo::new(move |_| {
        let read = |c: &Compared| c.sides[place].clone();
        cell.compared
            .with(|c| c.as_ref().map(read).unwrap_or_default())
    });
    let counters = COUNTERS.map(|(words, read)| {
        let number =
            move || side.with(|s: &Side| s.counters.as_ref().map(read).map(|n| n.to_string()));
        view! {
            <div class="pair">
                <dt>{words}</dt>
                <dd>{move || number().unwrap_or_else(|| "–".to_owned())}</dd>
            </div>
        }
    });
    let figure = move |read: fn(&Figures) -> String| {
        move || {
            cell.figures
                .with(|f| f[place].as_ref().map_or_else(|| "…".to_owned(), read))
        }
    };
    let lowest = figure(|f| f.lowest.map_or_else(|| "–".to_owned(), |n| n.to_string()));
    let label = name.clone();
    let cells = move || side.with(|s| s.cells.iter().map(draw).collect_view());
    view! {
        <section class="side" aria-label=label data-testid="side">
            <h3>{name}</h3>
            <dl class="numbers">{counters}</dl>
            <dl class="numbers figures">
                <div class="pair">
                    <dt>{t("Rolled out after")}</dt>
                    <dd data-testid="rolled-out">{figure(|f| tell(&f.duration()))}</dd>
                </div>
                <div class="pair">
                    <dt>{t("Lowest available")}</dt>
                    <dd data-testid="lowest">{lowest}</dd>
                </div>
            </dl>
            <ul class="cells">{cells}</ul>
        </section>
    }
}

fn draw(cell: &Cell) -> impl IntoView + use<> {
    let pods = cell.pods.iter().map(|(revision, state)| {
        view! {
            <span class="mini" data-state=state.name() data-hue=hue(*revision)>
                {format!("{revision}{}", state.tick())}
            </span>
        }
    });
    let states: Vec<_> = (cell.pods.iter())
        .map(|(r, state)| format!("{r} {}", state.name()))
        .collect();
    let title = format!("{}: {}", cell.node, states.join(", "));
    view! {
        <li
            class="cell"
            title=title
            data-ready=cell.ready.to_string()
            data-cordoned=cell.cordoned.to_string()
            data-differs=cell.differs.to_string()
        >
            <small>{cell.node.to_string()}</small>
            <span class="row">{pods.collect_view()}</span>
        </li>
    }
}
