//! How many daemon pods were in which phase, along a line of time: the area under its marks.

use crate::cluster::{Change, Cluster, SimTime};
use crate::k8s::api::Phase;
use crate::k8s::{Kind, Object};
use std::sync::Arc;

/// Most samples kept; beyond it every second of the older half is dropped.
pub const SAMPLE_LIMIT: usize = 2000;

/// The bands of the area, from the bottom up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Band {
    Ready,
    /// Its containers run; it is not ready.
    Running,
    /// Pending, pulling, creating.
    Waiting,
    Terminating,
    /// Failed, or crashing again and again.
    Failed,
}

impl Band {
    pub const ALL: [Band; 5] = [
        Band::Ready,
        Band::Running,
        Band::Waiting,
        Band::Terminating,
        Band::Failed,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Band::Ready => "ready",
            Band::Running => "running",
            Band::Waiting => "waiting",
            Band::Terminating => "terminating",
            Band::Failed => "failed",
        }
    }

    fn of(object: &Object) -> Self {
        let Some(pod) = object.pod() else {
            return Band::Waiting;
        };
        if object.meta().terminating() {
            return Band::Terminating;
        }
        let crashing = || {
            let mut all = pod.status.container_statuses.iter();
            all.any(|c| c.state.waiting.get("reason").text() == "CrashLoopBackOff")
        };
        if crashing() {
            return Band::Failed;
        }
        match pod.status.phase {
            Phase::Failed => Band::Failed,
            Phase::Running | Phase::Unknown if pod.ready() => Band::Ready,
            Phase::Running | Phase::Succeeded => Band::Running,
            Phase::Pending | Phase::Unknown | Phase::None => Band::Waiting,
        }
    }
}

/// Numbers of pods by band.
pub type Counts = [u32; 5];

/// The numbers from a moment on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sample {
    pub at: SimTime,
    pub counts: Counts,
}

/// All samples of one line of time; between two, nothing changed.
#[derive(Clone, Debug, Default)]
pub struct Phases {
    list: Vec<Sample>,
    /// Up to here the line was looked at.
    seen: SimTime,
    version: u64,
    /// The last change taken in, how many there were by then, and the numbers after it.
    last: Option<Arc<Change>>,
    committed: u64,
    counts: Counts,
}

impl Phases {
    pub fn list(&self) -> &[Sample] {
        &self.list
    }

    /// Grows with every change of the list.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Looks at the present moment. A moment before the last one adds nothing: a line that is replayed has its
    /// samples already.
    pub fn look(&mut self, cluster: &Cluster) {
        if cluster.now() <= self.seen {
            return;
        }
        self.follow(cluster);
        self.add(cluster.now(), self.counts);
    }

    /// Takes in what happened since the last look; on another line of time, all pods are counted.
    fn follow(&mut self, cluster: &Cluster) {
        let store = cluster.api().store();
        let committed = store.committed();
        let before = self.committed;
        let mut changes = store.changes_since(before.min(committed).saturating_sub(1));
        let first = changes.next();
        let same = self.last.as_ref().zip(first);
        if committed >= before && same.is_some_and(|(last, first)| Arc::ptr_eq(last, first)) {
            for change in changes {
                if change.kind == Kind::Pod {
                    let (old, new) = (change.old.as_ref(), change.new.as_ref());
                    if let Some(band) = old.and_then(|pod| daemon_band(pod)) {
                        self.counts[band as usize] -= 1;
                    }
                    if let Some(band) = new.and_then(|pod| daemon_band(pod)) {
                        self.counts[band as usize] += 1;
                    }
                    self.add(change.at, self.counts);
                }
            }
        } else {
            self.counts = count(cluster);
        }
        let newest = store.changes_since(committed.saturating_sub(1));
        self.last = newest.last().cloned();
        self.committed = committed;
    }

    fn add(&mut self, at: SimTime, counts: Counts) {
        self.seen = at;
        match self.list.last_mut() {
            Some(last) if last.counts == counts => return,
            Some(last) if last.at == at => last.counts = counts,
            _ => self.list.push(Sample { at, counts }),
        }
        self.version += 1;
        if self.list.len() > SAMPLE_LIMIT {
            let mut i = 0;
            self.list.retain(|_| {
                i += 1;
                i > SAMPLE_LIMIT / 2 || i % 2 == 1
            });
        }
    }

    /// Forgets what lies after a moment: its line was given up there.
    pub fn cut(&mut self, now: SimTime) {
        self.list.retain(|sample| sample.at <= now);
        self.seen = self.seen.min(now);
        self.version += 1;
    }

    /// The largest number of pods at a moment, at least one.
    pub fn highest(&self) -> u32 {
        let sum = |s: &Sample| s.counts.iter().sum::<u32>();
        self.list.iter().map(sum).max().unwrap_or(0).max(1)
    }

    /// The numbers at the end of each of `buckets` equal pieces of a line; none before the first sample and
    /// after the last moment looked at.
    pub fn series(&self, from: SimTime, to: SimTime, buckets: usize) -> Vec<Option<Counts>> {
        let span = to.since(from).as_millis();
        let mut next = 0;
        let mut last = None;
        let mut out = Vec::with_capacity(buckets);
        for i in 1..=buckets as u64 {
            let begin = SimTime::from_millis(from.as_millis() + span * (i - 1) / buckets as u64);
            let end = SimTime::from_millis(from.as_millis() + span * i / buckets as u64);
            while let Some(sample) = self.list.get(next).filter(|s| s.at <= end) {
                last = Some(sample.counts);
                next += 1;
            }
            out.push(last.filter(|_| begin <= self.seen));
        }
        out
    }
}

/// The shape of one band as an SVG path, in pieces from the left and pods from the bottom: from the bands below it up,
/// left to right, and back. Empty when the band is empty all along.
pub fn outline(series: &[Option<Counts>], band: Band) -> String {
    // Where the band goes on at one height: first piece, the piece behind the last, below and above.
    let mut runs: Vec<(usize, usize, u32, u32)> = Vec::new();
    for (i, counts) in series.iter().enumerate() {
        let Some(counts) = counts else { continue };
        let below = counts[..band as usize].iter().sum();
        let above = below + counts[band as usize];
        match runs.last_mut() {
            Some((_, to, b, a)) if (*to, *b, *a) == (i, below, above) => *to = i + 1,
            _ => runs.push((i, i + 1, below, above)),
        }
    }
    if runs.iter().all(|(_, _, below, above)| below == above) {
        return String::new();
    }
    let mut path = String::new();
    for (i, (from, to, _, above)) in runs.iter().enumerate() {
        path.push_str(&match i {
            0 => format!("M{from} {above}H{to}"),
            _ => format!("H{from}V{above}H{to}"),
        });
    }
    for (from, to, below, _) in runs.iter().rev() {
        path.push_str(&format!("H{to}V{below}H{from}"));
    }
    path.push('Z');
    path
}

/// The band of a daemon pod.
fn daemon_band(pod: &Object) -> Option<Band> {
    let owner = pod.meta().controller()?;
    (owner.kind == "DaemonSet").then(|| Band::of(pod))
}

/// The daemon pods of a moment by band.
pub fn count(cluster: &Cluster) -> Counts {
    let mut counts = Counts::default();
    for pod in cluster.objects(Kind::Pod) {
        if let Some(band) = daemon_band(pod) {
            counts[band as usize] += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> SimTime {
        SimTime::from_millis(ms)
    }

    #[test]
    fn a_series_holds_the_last_numbers_of_each_piece() {
        let mut phases = Phases::default();
        phases.add(at(10), [1, 0, 0, 0, 0]);
        phases.add(at(20), [1, 0, 0, 0, 0]);
        phases.add(at(30), [2, 0, 1, 0, 0]);
        phases.add(at(60), [3, 0, 0, 0, 0]);
        phases.add(at(61), [3, 0, 0, 0, 0]);
        assert_eq!(phases.list().len(), 3, "what does not change is one sample");
        assert_eq!(phases.highest(), 3);
        let ready: Vec<_> = (phases.series(at(0), at(100), 5).iter())
            .map(|c| c.map(|c| c[0]))
            .collect();
        assert_eq!(ready, [Some(1), Some(2), Some(3), Some(3), None]);
        phases.cut(at(40));
        assert_eq!(phases.list().len(), 2);
    }

    #[test]
    fn an_outline_goes_along_the_top_and_back_along_the_bottom() {
        let counts = |ready, running| Some([ready, running, 0, 0, 0]);
        let series = [counts(2, 0), counts(2, 0), counts(1, 1), None, counts(1, 2)];
        assert_eq!(
            outline(&series, Band::Ready),
            "M0 2H2H2V1H3H4V1H5H5V0H4H3V0H2H2V0H0Z"
        );
        assert_eq!(
            outline(&series, Band::Running),
            "M0 2H2H2V2H3H4V3H5H5V1H4H3V1H2H2V2H0Z"
        );
        assert_eq!(outline(&series, Band::Failed), "");
    }

    #[test]
    fn what_is_followed_equals_what_is_counted() {
        use crate::cluster::{Command, DeleteOptions, Request, Setup, SimSpan, Verb};
        use crate::value;
        let node = |name: &'static str| value!({"metadata": {"name": name}});
        let mut cluster = Cluster::new(Setup {
            nodes: vec![node("w1"), node("w2")],
            ..Setup::default()
        });
        let set = value!({"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "log", "namespace": "default"},
            "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}},
                "spec": {"containers": [{"name": "c", "image": "i"}]}}}});
        let verb = Verb::Create {
            kind: Kind::DaemonSet,
            namespace: "default".into(),
            value: set,
        };
        cluster.dispatch(Command::Request(Request::new("test", verb)));
        let mut phases = Phases::default();
        let mut seen = 0;
        for _ in 0..100 {
            cluster.advance_to(cluster.now() + SimSpan::from_millis(137), 10_000);
            phases.look(&cluster);
            assert_eq!(phases.counts, count(&cluster));
            seen = seen.max(phases.counts[Band::Ready as usize]);
        }
        assert_eq!(seen, 2);

        // Who looks rarely sees every change at its moment.
        let (mut rare, mut often) = (Phases::default(), Phases::default());
        let pod = cluster.objects(Kind::Pod).next().expect("a pod");
        let verb = Verb::Delete {
            kind: Kind::Pod,
            namespace: "default".into(),
            name: pod.meta().name.clone(),
            options: DeleteOptions::default(),
        };
        rare.look(&cluster);
        often.look(&cluster);
        cluster.dispatch(Command::Request(Request::new("test", verb)));
        for _ in 0..600 {
            cluster.advance_to(cluster.now() + SimSpan::from_millis(100), 10_000);
            often.look(&cluster);
        }
        rare.look(&cluster);
        assert!(often.list().len() >= 4);
        assert_eq!(rare.list(), often.list());
    }

    #[test]
    fn samples_are_bounded() {
        let mut phases = Phases::default();
        for i in 1..10_000 {
            phases.add(at(i), [u32::try_from(i).unwrap_or(0), 0, 0, 0, 0]);
        }
        assert!(phases.list().len() <= SAMPLE_LIMIT);
        assert_eq!(phases.list()[0].at, at(1));
    }
}
