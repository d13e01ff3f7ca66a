//! The phase of a pod, told from its containers.

use super::state::{PodRun, RunState, Stage, is_sidecar};
use crate::k8s::api::Phase;

/// The phase that the containers' states amount to.
///
/// Upstream: pkg/kubelet/kubelet_pods.go `getPhase`
pub fn phase(pod: &PodRun) -> Phase {
    let spec = pod.spec();
    let (mut pending_init, mut failed_init) = (0, 0);
    for (container, run) in spec.init_containers.iter().zip(&pod.containers) {
        if is_sidecar(container) {
            if !run.was_started() {
                pending_init += 1;
            }
            continue;
        }
        match &run.state {
            RunState::Running { .. } => pending_init += 1,
            RunState::Exited(exit) if exit.code != 0 => failed_init += 1,
            RunState::Exited(_) => {}
            RunState::Waiting => match &run.last {
                Some(exit) if exit.code != 0 => failed_init += 1,
                Some(_) | None => pending_init += 1,
            },
        }
    }
    if failed_init > 0 && spec.restart_policy == "Never" {
        return Phase::Failed;
    }
    let (mut running, mut waiting, mut stopped, mut succeeded) = (0, 0, 0, 0);
    for run in &pod.containers[pod.inits()..] {
        match &run.state {
            RunState::Running { .. } => running += 1,
            // In back-off: waits, with an end behind it.
            RunState::Exited(exit) => {
                stopped += 1;
                succeeded += i32::from(exit.code == 0);
            }
            RunState::Waiting if run.last.is_some() => stopped += 1,
            RunState::Waiting => waiting += 1,
        }
    }
    if pod.stage == Stage::Stopped && !pod.is_static {
        // Torn down: what has not succeeded has failed.
        let well = waiting == 0 && pending_init + failed_init == 0 && succeeded == stopped;
        return if well {
            Phase::Succeeded
        } else {
            Phase::Failed
        };
    }
    if (!pod.initialized() && pending_init > 0) || failed_init > 0 || waiting > 0 {
        return Phase::Pending;
    }
    if running > 0 {
        return Phase::Running;
    }
    let all_well = succeeded == stopped;
    let over = pod.stage == Stage::Stopping && !pod.is_static;
    match spec.restart_policy.as_str() {
        _ if over && all_well => Phase::Succeeded,
        _ if over => Phase::Failed,
        "Never" | "OnFailure" if all_well => Phase::Succeeded,
        "Never" => Phase::Failed,
        _ => Phase::Running,
    }
}

#[cfg(test)]
mod tests {
    use super::super::state::{ContainerRun, Exit};
    use super::*;
    use crate::k8s::{Kind, Object, Str, Timestamp, Value};
    use crate::sim::SimTime;
    use crate::value;

    /// Never started, running, ended with a code, or waiting to be started again after such an end.
    fn container(word: &str) -> ContainerRun {
        let exit = |code: &str| {
            let code = code.parse().expect("a number");
            Box::new(Exit {
                code,
                ..Exit::lost(SimTime::default(), "")
            })
        };
        let mut run = ContainerRun::default();
        match word.split_once(' ') {
            Some(("exit", code)) => run.state = RunState::Exited(exit(code)),
            Some(("again", code)) => run.last = Some(exit(code)),
            _ if word == "running" => {
                let (id, since) = (Str::default(), Timestamp(0));
                run.state = RunState::Running { id, since };
            }
            _ => assert_eq!(word, "waiting"),
        }
        run
    }

    /// A pod of `init | app` containers; an init container `side:…` is a sidecar.
    fn pod(policy: &'static str, containers: &str) -> PodRun {
        let (inits, apps) = containers.split_once('|').unwrap_or(("", containers));
        let words = |list: &str| -> Vec<String> {
            let words = list.split(',').map(|word| word.trim().to_owned());
            words.filter(|word| !word.is_empty()).collect()
        };
        let (inits, apps) = (words(inits), words(apps));
        let spec = |word: &String| {
            let mut container = value!({"name": "c"});
            if word.starts_with("side:") {
                container.set("restartPolicy", "Always");
            }
            container
        };
        let tree = value!({"spec": {
            "restartPolicy": policy,
            "initContainers": inits.iter().map(spec).collect::<Value>(),
            "containers": apps.iter().map(spec).collect::<Value>(),
        }});
        let mut pod = PodRun::new(Object::shared(Kind::Pod, tree), SimTime::default());
        let words = inits.iter().chain(&apps);
        let states = words.map(|word| container(word.trim_start_matches("side:")));
        pod.containers = states.collect();
        pod.stage = Stage::Syncing;
        pod
    }

    #[test]
    fn phases_of_containers() {
        use Phase::{Failed, Pending, Running, Succeeded};
        // Containers, then the phase under Always, OnFailure, Never.
        let rows = [
            ("waiting", [Pending; 3]),
            ("running, waiting", [Pending; 3]),
            ("running", [Running; 3]),
            ("running, exit 1", [Running; 3]),
            ("running, again 1", [Running; 3]),
            ("exit 0", [Running, Succeeded, Succeeded]),
            ("exit 0, exit 0", [Running, Succeeded, Succeeded]),
            ("exit 3", [Running, Running, Failed]),
            ("exit 0, exit 3", [Running, Running, Failed]),
            ("exit 3, waiting", [Pending; 3]),
            ("again 3", [Running, Running, Failed]),
            ("running | waiting", [Pending; 3]),
            ("waiting | waiting", [Pending; 3]),
            ("exit 0 | waiting", [Pending; 3]),
            ("exit 0 | running", [Running; 3]),
            ("exit 2 | waiting", [Pending, Pending, Failed]),
            ("exit 0, running | waiting", [Pending; 3]),
            ("side:running, exit 0 | running", [Running; 3]),
            ("side:waiting | waiting", [Pending; 3]),
            ("side:exit 1 | running", [Running; 3]),
        ];
        for (containers, phases) in rows {
            for (policy, wanted) in ["Always", "OnFailure", "Never"].into_iter().zip(phases) {
                assert_eq!(
                    phase(&pod(policy, containers)),
                    wanted,
                    "{containers}, {policy}"
                );
            }
        }
    }

    #[test]
    fn phases_of_pods_that_are_torn_down() {
        let rows = [
            ("exit 0", Phase::Succeeded),
            ("exit 0, exit 0", Phase::Succeeded),
            ("exit 0, exit 143", Phase::Failed),
            ("exit 137", Phase::Failed),
            ("waiting", Phase::Failed),
            ("exit 0 | waiting", Phase::Failed),
            ("exit 0 | exit 0", Phase::Succeeded),
        ];
        for (containers, wanted) in rows {
            let mut pod = pod("Always", containers);
            pod.stage = Stage::Stopped;
            assert_eq!(phase(&pod), wanted, "{containers}");
        }
        let mut fixed = pod("Always", "exit 0");
        (fixed.stage, fixed.is_static) = (Stage::Stopped, true);
        assert_eq!(
            phase(&fixed),
            Phase::Running,
            "a static pod is started again"
        );
    }
}
