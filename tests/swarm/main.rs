//! Random worlds under faults: a seed picks nodes, DaemonSets, edits and faults; invariants hold after each event;
//! when the faults end the cluster settles and stays settled.
//!
//! Reading order: this file (a world's life), [`deeds`] (what can happen to it), [`budget`] (the unavailability
//! budget, recounted). `make swarm SEEDS=1000` runs more seeds; a failure prints the command that repeats it.

mod budget;
mod deeds;

use budget::Budget;
use daemonset_playground::cluster::check::{
    check, check_books, check_settled, lonely_pods, ordered_revisions,
};
use daemonset_playground::cluster::{
    Cluster, Command, Event, History, PartId, Setup, SimSpan, SimTime, parts::Timer,
};
use daemonset_playground::k8s::{Kind, Str};
use daemonset_playground::sim::{Latencies, Rng};
use daemonset_playground::value;

/// Seeds of a plain test run; `make test` runs 10,000.
const SEEDS: u64 = 40;

/// Parts that faults hit.
const PARTS: [PartId; 7] = [
    PartId::DaemonSet,
    PartId::Kubelets,
    PartId::Scheduler,
    PartId::NodeLifecycle,
    PartId::TaintEviction,
    PartId::GarbageCollector,
    PartId::PodGc,
];

/// A world, its chance and what was done to it.
struct Swarm {
    history: History,
    rng: Rng,
    events: u64,
    deeds: Vec<String>,
    budget: Budget,
    /// A creation was carried out and its caller told otherwise, or pods lost their owner: two pods may meet.
    doubled: bool,
    /// A deletion was carried out and its caller told otherwise: another one may follow.
    overdrawn: bool,
    /// The controller may not know of all revisions: a number may be taken twice for a while.
    blind: bool,
    /// Changes of the store that were checked.
    checked: u64,
}

/// How far the watches lag behind.
fn lag(rng: &mut Rng) -> SimSpan {
    let lags = [0, 1, 3, 3, 3, 50, 300, 2000];
    let i = usize::try_from(rng.below(lags.len() as u64)).expect("small");
    SimSpan::from_millis(lags[i])
}

impl Swarm {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed).fork("swarm");
        let nodes = (0..rng.range(2, 4))
            .map(|i| deeds::node(&format!("node-{i}"), &mut rng))
            .collect();
        let watch = lag(&mut rng);
        let blind = watch > Latencies::default().watch;
        let history = History::new(Setup {
            seed,
            nodes,
            bare_nodes: rng.below(2) == 0,
            warm_up: SimSpan::from_secs(1),
            latencies: Latencies {
                watch,
                ..Latencies::default()
            },
            ..Setup::default()
        });
        Self {
            history,
            rng,
            events: 0,
            deeds: Vec::new(),
            budget: Budget::default(),
            doubled: false,
            overdrawn: false,
            blind,
            checked: 0,
        }
    }

    fn cluster(&self) -> &Cluster {
        self.history.cluster()
    }

    fn chance(&mut self, one_in: u64) -> bool {
        self.rng.below(one_in) == 0
    }

    fn dispatch(&mut self, command: Command) {
        // A refusal is an answer like any other.
        let _ = self.history.cluster_mut().dispatch(command);
    }

    /// The user goes somewhere else in time; then on from there, or back, where all is as it was.
    fn jump(&mut self) -> Result<(), String> {
        let hash = |history: &History| history.cluster().api().trace().hash();
        let (here, before) = (self.cluster().now(), hash(&self.history));
        let span = here.since(self.history.start()).as_millis();
        let there = self.history.start() + SimSpan::from_millis(self.rng.below(span + 1));
        self.history.seek(there);
        if self.chance(2) {
            self.history.seek(here);
            if hash(&self.history) != before {
                return Err("the way back leads elsewhere".to_owned());
            }
        }
        self.checked = self.cluster().api().store().committed();
        self.budget.jump(self.history.cluster());
        Ok(())
    }

    /// If there is another event: does it concern the controller?
    fn next(&self, until: SimTime) -> Option<bool> {
        let (at, event) = self.cluster().next_event()?;
        let ours = matches!(
            event,
            Event::Deliver(PartId::DaemonSet) | Event::Timer(Timer::DaemonSet(..))
        );
        (at <= until).then_some(ours)
    }

    /// Lets time pass event by event, with a check after each.
    fn pass(&mut self, span: SimSpan) -> Result<(), String> {
        let until = self.cluster().now() + span;
        while let Some(ours) = self.next(until) {
            self.history.step();
            self.events += 1;
            self.check(ours)?;
        }
        self.history.advance_to(until, 1);
        Ok(())
    }

    fn check(&mut self, ours: bool) -> Result<(), String> {
        let cluster = self.history.cluster();
        if ours && !self.overdrawn {
            self.budget.watch(cluster)?;
        }
        let committed = cluster.api().store().committed();
        if ours || committed != self.checked {
            self.checked = committed;
            check(cluster)?;
            for daemon_set in cluster.objects(Kind::DaemonSet) {
                if !self.doubled {
                    lonely_pods(cluster, daemon_set)?;
                }
                if !self.blind {
                    ordered_revisions(cluster, daemon_set)?;
                }
            }
        }
        if self.events.is_multiple_of(16) {
            check_books(cluster)?;
        }
        Ok(())
    }

    /// Everything of the DaemonSets that a settled cluster no longer changes.
    fn fingerprint(&self) -> Vec<(Kind, Str, u64)> {
        [Kind::DaemonSet, Kind::Pod, Kind::ControllerRevision]
            .into_iter()
            .flat_map(|kind| self.cluster().objects(kind))
            .map(|o| (o.kind(), o.name().clone(), o.meta().resource_version))
            .collect()
    }

    /// Ends all faults.
    fn heal(&mut self) {
        self.dispatch(Command::ApiHeal);
        let bare = self.cluster().setup().bare_nodes;
        for part in PARTS {
            if !(bare && deeds::of_machines(part)) {
                self.dispatch(Command::PartStart { part });
            }
        }
        let nodes: Vec<Str> = self
            .cluster()
            .objects(Kind::Node)
            .map(|node| node.name().clone())
            .collect();
        for node in nodes.into_iter().filter(|_| !bare) {
            self.dispatch(Command::NodeStart { node });
        }
    }

    /// Every DaemonSet is synced once more, and given time. Expectations of what was never seen have run out by then.
    fn touch(&mut self, span: SimSpan) {
        let names: Vec<Str> = self
            .cluster()
            .objects(Kind::DaemonSet)
            .map(|o| o.name().clone())
            .collect();
        let at = self.cluster().now().as_millis().to_string();
        for name in names {
            let touch = value!({"metadata": {"annotations": {"touched": at.clone()}}});
            self.patch(Kind::DaemonSet, &name, touch);
        }
        let until = self.cluster().now() + span;
        self.history.advance_to(until, 2_000_000);
    }

    fn run(&mut self) -> Result<(), String> {
        self.create_set();
        for i in 0..10 {
            self.deed(i)?;
            let span = SimSpan::from_millis(self.rng.range(1, 1500));
            let span = if self.chance(8) { span.times(30) } else { span };
            self.pass(span)?;
        }
        self.heal();
        self.pass(SimSpan::from_secs(2))?;
        self.touch(SimSpan::from_secs(330));
        self.touch(SimSpan::from_secs(60));
        check_books(self.cluster())?;
        check_settled(self.cluster())?;
        let before = self.fingerprint();
        let until = self.cluster().now() + SimSpan::from_secs(60);
        self.history.advance_to(until, 1_000_000);
        if self.fingerprint() != before {
            return Err("the settled cluster still changes".to_owned());
        }
        Ok(())
    }
}

/// Runs a world; tells how many pods the controller has created in it.
fn run(seed: u64) -> usize {
    let mut swarm = Swarm::new(seed);
    if let Err(error) = swarm.run() {
        let deeds = swarm.deeds.join("\n");
        panic!(
            "seed {seed}: {error}\n{deeds}\nagain with: SWARM_SEED={seed} cargo test --test swarm"
        );
    }
    let trace = swarm.cluster().api().trace().entries();
    let created = |e: &&daemonset_playground::sim::trace::Entry| {
        e.actor == "daemonset-controller" && e.verb == "create" && e.key.kind == Kind::Pod
    };
    trace.filter(created).count()
}

#[allow(
    clippy::disallowed_methods,
    reason = "the number of seeds is the caller's"
)]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn swarm() {
    if let Some(seed) = number("SWARM_SEED") {
        run(seed);
        return;
    }
    let from = number("SWARM_FROM").unwrap_or(0);
    let seeds = number("SWARM_SEEDS").unwrap_or(SEEDS);
    let created: usize = (from..from + seeds).map(run).sum();
    assert!(created as u64 > seeds, "the worlds are not empty");
}
