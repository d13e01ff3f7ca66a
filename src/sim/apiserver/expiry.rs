//! Events live one hour after their last write.

use super::{ApiServer, Call};
use crate::k8s::ordered::BTreeMap;
use crate::k8s::{Kind, Object, Str};
use crate::sim::{SimSpan, SimTime};

/// `--event-ttl`
pub const EVENT_TTL: SimSpan = SimSpan::from_secs(3600);

/// When which version of an event ends, in order of time.
#[derive(Clone, Default, Debug)]
pub(super) struct Expiry {
    /// By the version of the event. There are many, and a copy of the cluster shares them.
    due: BTreeMap<(SimTime, u64), (Str, Str)>,
}

impl Expiry {
    pub(super) fn note(&mut self, now: SimTime, event: &Object) {
        let (namespace, name) = (event.namespace().clone(), event.name().clone());
        let version = event.meta().resource_version;
        self.due
            .insert((now + EVENT_TTL, version), (namespace, name));
    }

    fn pop(&mut self, now: SimTime) -> Option<(Str, Str, u64)> {
        let ((at, version), _) = self.due.first_key_value()?;
        let (over, version) = (*at <= now, *version);
        let (_, (namespace, name)) = over.then(|| self.due.pop_first())??;
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
