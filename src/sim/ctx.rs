//! `Ctx`: what a part is lent for the length of one call.

use super::apiserver::ApiServer;
use super::{Client, Latencies, Rng, SimSpan, SimTime};
use crate::k8s::Str;

/// The world as a part may touch it: a client, its own chance, its timers.
pub struct Ctx<'a, T> {
    pub client: Client<'a>,
    pub rng: &'a mut Rng,
    pub latency: &'a Latencies,
    timers: &'a mut Vec<(SimTime, T)>,
}

impl<'a, T> Ctx<'a, T> {
    pub fn new(
        api: &'a mut ApiServer,
        now: SimTime,
        actor: impl Into<Str>,
        rng: &'a mut Rng,
        latency: &'a Latencies,
        timers: &'a mut Vec<(SimTime, T)>,
    ) -> Self {
        Self {
            client: Client::new(api, now, actor),
            rng,
            latency,
            timers,
        }
    }

    pub fn now(&self) -> SimTime {
        self.client.now()
    }

    /// Calls the part back with the timer at a moment. Timers are not cancelled: a part that no longer wants
    /// one ignores it when it comes (keep a generation number in the timer).
    pub fn at(&mut self, at: SimTime, timer: T) {
        debug_assert!(at >= self.now(), "nothing is scheduled into the past");
        self.timers.push((at, timer));
    }

    /// Calls the part back after a while.
    pub fn after(&mut self, span: SimSpan, timer: T) {
        let at = self.now() + span;
        self.timers.push((at, timer));
    }
}
