//! The scheduler: finds a node for every pod that has none.

use super::Part;
use crate::k8s::Kind;
use crate::sim::{Ctx, Delivery, Informer};

/// The default scheduler.
#[derive(Clone, Debug, Default)]
pub struct Scheduler {
    informer: Informer,
}

/// A moment that the scheduler asked for.
#[derive(Clone, Debug)]
pub enum Timer {
    /// The next scheduling cycle.
    Cycle,
}

impl Part for Scheduler {
    type Timer = Timer;
    const NAME: &'static str = "default-scheduler";
    const KINDS: &'static [Kind] = &[Kind::Pod, Kind::Node];

    fn start(&mut self, _ctx: &mut Ctx<'_, Timer>) {}

    fn on_watch(&mut self, _ctx: &mut Ctx<'_, Timer>, delivery: &Delivery) {
        self.informer.apply(delivery);
    }

    fn on_timer(&mut self, _ctx: &mut Ctx<'_, Timer>, timer: Timer) {
        match timer {
            Timer::Cycle => {}
        }
    }
}
