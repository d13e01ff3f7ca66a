//! The CronJob controller: Jobs at their times.
//!
//! Upstream: pkg/controller/cronjob

mod missed;
mod schedule;
mod sync;
mod zone;

use super::Part;
use crate::k8s::{Kind, Object};
use crate::sim::store::NsName;
use crate::sim::worker::{Ended, Tick, Worker};
use crate::sim::{Ctx, Delivery, Informer, Recorder};

/// Runs CronJobs.
#[derive(Clone, Debug)]
pub struct CronJobController {
    informer: Informer,
    worker: Worker<NsName>,
    recorder: Recorder,
}

impl Default for CronJobController {
    fn default() -> Self {
        Self {
            informer: Informer::default(),
            worker: Worker::default(),
            recorder: Recorder::new(Self::NAME, ""),
        }
    }
}

/// A moment that the controller asked for.
pub type Timer = Tick;

impl Part for CronJobController {
    type Timer = Timer;
    const NAME: &'static str = "cronjob-controller";
    const KINDS: &'static [Kind] = &[Kind::CronJob, Kind::Job];

    fn start(&mut self, _ctx: &mut Ctx<'_, Timer>) {}

    fn on_watch(&mut self, ctx: &mut Ctx<'_, Timer>, delivery: &Delivery) {
        for delta in self.informer.apply(delivery) {
            if delta.kind() == Kind::CronJob {
                self.worker.add(NsName::of(delta.object()));
                continue;
            }
            for job in [&delta.old, &delta.new].into_iter().flatten() {
                if let Some(owner) = self.owner(job) {
                    self.worker.add(owner);
                }
            }
        }
        self.worker.wake(ctx);
    }

    fn on_timer(&mut self, ctx: &mut Ctx<'_, Timer>, timer: Timer) {
        if let Some(key) = self.worker.turn(ctx.now(), timer) {
            let ended = match self.sync(ctx, &key) {
                Ok(next) => next.map_or(Ended::Done, Ended::Again),
                Err(_) => Ended::Failed,
            };
            self.worker.end(ctx, &key, ended);
        }
        self.worker.wake(ctx);
    }
}

impl CronJobController {
    /// The CronJob that controls the Job.
    fn owner(&self, job: &Object) -> Option<NsName> {
        let cron = self.informer.controller(Kind::CronJob, job)?;
        Some(NsName::of(cron))
    }
}
