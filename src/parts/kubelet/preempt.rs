//! Room for a critical pod: lesser pods of the node stop at once.
//!
//! Upstream: pkg/kubelet/preemption/preemption.go

use super::Kx;
use super::admit::{self, Refusal, Shortage};
use super::node::Kubelet;
use super::state::PodRun;
use crate::k8s::api::PodSpec;
use crate::k8s::{Object, Str, qos};
use crate::sim::EventType;
use std::cmp::Ordering;
use std::sync::Arc;

const CONDITION: &str = "Pod was preempted by Kubelet to accommodate a critical pod.";

/// What is still to be freed, by resource.
type Needs = Vec<(Str, i64)>;

/// A pod that may have to go.
#[derive(Clone)]
struct Candidate {
    uid: Str,
    spec: Arc<PodSpec>,
}

impl Kubelet {
    /// Stops as many lesser pods as a critical pod lacks room for.
    pub(super) fn make_room(
        &mut self,
        ctx: &mut Kx<'_>,
        object: &Arc<Object>,
        shortages: &[Shortage],
    ) -> Result<(), Refusal> {
        let needs = shortages
            .iter()
            .map(|short| (short.resource.clone(), short.lacking()))
            .collect();
        let victims = self.victims(object, &needs).map_err(|why| Refusal {
            reason: "UnexpectedAdmissionError".into(),
            text: format!(
                "Unexpected error while attempting to recover from admission failure: preemption: error finding a \
                 set of pods to preempt: {why}"
            ),
        })?;
        for victim in victims {
            if let Some(mut pod) = self.pods.remove(&victim.uid) {
                self.preempt(ctx, &mut pod);
                self.pods.insert(victim.uid, pod);
            }
        }
        Ok(())
    }

    /// Nothing else happens on the node until the pod's containers have stopped.
    fn preempt(&mut self, ctx: &mut Kx<'_>, pod: &mut PodRun) {
        let text = "Preempted in order to admit critical pod";
        self.pod_event(ctx, pod, None, EventType::Warning, "Preempting", text);
        self.mark_disrupted(ctx, pod, CONDITION);
        pod.stage = super::state::Stage::Stopping;
        pod.work = None;
        pod.turn += 1;
        self.stop_containers(ctx, pod);
    }

    /// The pods that go: those of the better classes only as far as the lesser ones do not suffice.
    ///
    /// Upstream: `getPodsToPreempt`
    fn victims(&self, object: &Arc<Object>, needs: &Needs) -> Result<Vec<Candidate>, String> {
        let mut classes: [Vec<Candidate>; 3] = Default::default();
        for (uid, run) in self.pods.iter().filter(|(_, run)| admit::active(run)) {
            if !may_go(object, run) {
                continue;
            }
            let place = match qos::class(run.object.value().get("spec")) {
                "BestEffort" => 0,
                "Burstable" => 1,
                _ => 2,
            };
            classes[place].push(Candidate {
                uid: uid.clone(),
                spec: run.spec().clone(),
            });
        }
        let [best_effort, burstable, guaranteed] = classes;
        let without = |groups: &[&[Candidate]]| rest(needs, groups.iter().copied().flatten());
        let never = without(&[&best_effort, &burstable, &guaranteed]);
        if !never.is_empty() {
            return Err(nothing_to_reclaim(&never));
        }
        let mut last = nearest(guaranteed, without(&[&best_effort, &burstable]))?;
        let mut middle = nearest(burstable, without(&[&best_effort, &last]))?;
        let mut victims = nearest(best_effort, without(&[&middle, &last]))?;
        victims.append(&mut middle);
        victims.append(&mut last);
        Ok(victims)
    }
}

/// A critical pod drives off others that are not, and any pod of a lower priority.
///
/// Upstream: `kubetypes.Preemptable`
fn may_go(preemptor: &Object, run: &PodRun) -> bool {
    let critical = run.is_static || admit::is_mirror(&run.object) || admit::is_critical(run.spec());
    let own = preemptor.pod().and_then(|pod| pod.spec.priority);
    let lower = own
        .zip(run.spec().priority)
        .is_some_and(|(own, its)| own > its);
    !critical || lower
}

fn nothing_to_reclaim(needs: &Needs) -> String {
    let list: String = needs
        .iter()
        .map(|(resource, amount)| format!("(res: {resource}, q: {amount}), "))
        .collect();
    format!("no set of running pods found to reclaim resources: [{list}]")
}

/// What is left to free when these pods go.
fn rest<'a>(needs: &Needs, pods: impl Iterator<Item = &'a Candidate> + Clone) -> Needs {
    let left = needs.iter().map(|(resource, amount)| {
        let freed = pods.clone().fold(0_i64, |sum, pod| {
            sum.saturating_add(admit::taken(&pod.spec, resource))
        });
        (resource.clone(), amount.saturating_sub(freed))
    });
    left.filter(|(_, amount)| *amount > 0).collect()
}

/// Again and again the pod that fulfils most of the needs; of equals the smaller one.
///
/// Upstream: `getPodsToPreemptByDistance`
fn nearest(mut pods: Vec<Candidate>, mut needs: Needs) -> Result<Vec<Candidate>, String> {
    let mut chosen = Vec::new();
    while !needs.is_empty() {
        let mut best = 0;
        for (i, pod) in pods.iter().enumerate().skip(1) {
            let order = compare(&needs, &pod.spec, &pods[best].spec);
            if order.is_lt() || (order.is_eq() && smaller(&pod.spec, &pods[best].spec)) {
                best = i;
            }
        }
        if pods.is_empty() {
            return Err(nothing_to_reclaim(&needs));
        }
        let pod = pods.swap_remove(best);
        needs = rest(&needs, std::iter::once(&pod));
        chosen.push(pod);
    }
    Ok(chosen)
}

/// Which of two pods leaves less of the needs: the sum of the squares of the unfulfilled shares.
///
/// Upstream: `admissionRequirementList.distance`; in whole numbers, a share being counted in 2³⁰ parts
fn compare(needs: &Needs, a: &PodSpec, b: &PodSpec) -> Ordering {
    let distance = |spec: &PodSpec| -> i128 {
        let shares = needs.iter().map(|(resource, amount)| {
            let left = amount.saturating_sub(admit::taken(spec, resource)).max(0);
            let share = (i128::from(left) << 30) / i128::from((*amount).max(1));
            share * share
        });
        shares.sum()
    };
    distance(a).cmp(&distance(b))
}

/// Upstream: `smallerResourceRequest`
fn smaller(a: &PodSpec, b: &PodSpec) -> bool {
    let of = |spec: &PodSpec| ["memory", "cpu"].map(|name| admit::taken(spec, name));
    of(a) <= of(b)
}
