//! Events live one hour after their last write.

use super::{ApiServer, Call};
use crate::k8s::{Kind, Object, Str};
use crate::sim::{SimSpan, SimTime};
use std::collections::VecDeque;

/// `--event-ttl`
pub const EVENT_TTL: SimSpan = SimSpan::from_secs(3600);

/// When which version of an event ends, in order of time.
#[derive(Clone, Default, Debug)]
pub(super) struct Expiry {
    due: VecDeque<(SimTime, Str, Str, u64)>,
}

impl Expiry {
    pub(super) fn note(&mut self, now: SimTime, event: &Object) {
        let (namespace, name) = (event.namespace().clone(), event.name().clone());
        let version = event.meta().resource_version;
        self.due
            .push_back((now + EVENT_TTL, namespace, name, version));
    }

    fn pop(&mut self, now: SimTime) -> Option<(Str, Str, u64)> {
        let (_, namespace, name, version) = self.due.pop_front_if(|(at, ..)| *at <= now)?;
        Some((namespace, name, version))
    }
}

impl ApiServer {
    /// Removes the events whose time is over. The storage does this upstream, at its own leisure.
    pub fn expire_events(&mut self, call: &Call) {
        if self.ahead {
            return;
        }
        while let Some((namespace, name, version)) = self.expiry.pop(call.now) {
            let last = self
                .store
                .get(Kind::Event, &namespace, &name)
                .is_some_and(|e| e.meta().resource_version == version);
            if last {
                self.store.remove(call.now, Kind::Event, &namespace, &name);
            }
        }
    }
}
