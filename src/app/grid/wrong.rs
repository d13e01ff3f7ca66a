//! What is wrong with the cluster as a whole.

use crate::app::session::Dispatch;
use crate::cluster::{Command, PartId};

/// What is wrong, as the log of commands tells.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Wrong {
    pub registry: bool,
    pub slow: bool,
    pub api: bool,
    pub controller: bool,
    pub scheduler: bool,
}

/// What is wrong now.
pub fn wrong(dispatch: Dispatch) -> Wrong {
    let mut wrong = dispatch.cluster(|cluster| {
        let log = cluster.log().iter().rev();
        let registry = log.clone().find_map(|entry| match entry.command {
            Command::Registry { up } => Some(!up),
            _ => None,
        });
        let slow = log.clone().find_map(|entry| match entry.command {
            Command::SlowPulls { factor } => Some(factor > 1),
            _ => None,
        });
        Wrong {
            registry: registry.unwrap_or(false),
            slow: slow.unwrap_or(false),
            api: !cluster.api().faults.rules().is_empty(),
            ..Wrong::default()
        }
    });
    wrong.controller = !dispatch.alive(PartId::DaemonSet);
    wrong.scheduler = !dispatch.alive(PartId::Scheduler);
    wrong
}
