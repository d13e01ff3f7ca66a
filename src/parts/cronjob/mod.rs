//! The CronJob controller: Jobs at their times.
//!
//! Schedules are read in UTC and in zones at a fixed distance from it. Rules of places (`Europe/Berlin`) are not
//! known here: such a CronJob gets the warning that a controller without a time zone database gives.
//!
//! Upstream: pkg/controller/cronjob

mod missed;
mod schedule;
mod sync;

use super::Part;
use crate::k8s::{Kind, Object};
use crate::sim::store::NsName;
use crate::sim::workqueue::WorkQueue;
use crate::sim::{Ctx, Delivery, Informer, Recorder};

/// Runs CronJobs.
#[derive(Clone, Debug)]
pub struct CronJobController {
    informer: Informer,
    queue: WorkQueue<NsName>,
    recorder: Recorder,
    working: bool,
}

impl Default for CronJobController {
    fn default() -> Self {
        Self {
            informer: Informer::default(),
            queue: WorkQueue::default(),
            recorder: Recorder::new(Self::NAME, ""),
            working: false,
        }
    }
}

/// A moment that the controller asked for.
#[derive(Clone, Debug)]
pub enum Timer {
    /// The worker takes the next key.
    Work,
    /// A delayed key is due.
    Due,
}

impl Part for CronJobController {
    type Timer = Timer;
    const NAME: &'static str = "cronjob-controller";
    const KINDS: &'static [Kind] = &[Kind::CronJob, Kind::Job];

    fn start(&mut self, _ctx: &mut Ctx<'_, Timer>) {}

    fn on_watch(&mut self, ctx: &mut Ctx<'_, Timer>, delivery: &Delivery) {
        for delta in self.informer.apply(delivery) {
            if delta.kind() == Kind::CronJob {
                self.queue.add(NsName::of(delta.object()));
                continue;
            }
            for job in [&delta.old, &delta.new].into_iter().flatten() {
                if let Some(owner) = self.owner(job) {
                    self.queue.add(owner);
                }
            }
        }
        self.work_soon(ctx);
    }

    fn on_timer(&mut self, ctx: &mut Ctx<'_, Timer>, timer: Timer) {
        match timer {
            Timer::Due => self.queue.due(ctx.now()),
            Timer::Work => {
                self.working = false;
                if let Some(key) = self.queue.take() {
                    let again = match self.sync(ctx, &key) {
                        Ok(next) => {
                            self.queue.forget(&key);
                            next.map(|delay| self.queue.add_after(key.clone(), ctx.now(), delay))
                        }
                        Err(_) => Some(self.queue.add_rate_limited(key.clone(), ctx.now())),
                    };
                    if let Some(at) = again {
                        ctx.at(at, Timer::Due);
                    }
                    self.queue.done(&key);
                }
            }
        }
        self.work_soon(ctx);
    }
}

impl CronJobController {
    fn work_soon(&mut self, ctx: &mut Ctx<'_, Timer>) {
        if !self.working && !self.queue.is_idle() {
            self.working = true;
            ctx.after(ctx.latency.write, Timer::Work);
        }
    }

    /// The CronJob that controls the Job.
    fn owner(&self, job: &Object) -> Option<NsName> {
        let owner = job.meta().controller().filter(|o| o.kind == "CronJob")?;
        let cron = self
            .informer
            .get(Kind::CronJob, job.namespace(), &owner.name)?;
        (*cron.uid() == owner.uid).then(|| NsName::of(cron))
    }
}
