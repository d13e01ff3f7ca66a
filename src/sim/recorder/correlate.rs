//! What becomes of an event: a new object, a raised count, or nothing.
//!
//! Upstream: client-go/tools/record/events_cache.go `EventCorrelate`, and client-go/tools/events for the new API.
//! Keys are kept as 64-bit hashes.

use super::Emitted;
use crate::k8s::order::InOrder;
use crate::k8s::ordered::BTreeMap;
use crate::sim::{SimSpan, SimTime};

/// From this many distinct messages on, events of one kind about one object are combined.
const DISTINCT_MAX: usize = 10;

/// After this long without one, the distinct messages are counted anew.
const AGGREGATE_SPAN: SimSpan = SimSpan::from_secs(600);

/// How many events about one object may come at once.
const BURST: u64 = 25;

/// One more is allowed each time this has passed.
const REFILL: SimSpan = SimSpan::from_secs(300);

/// Upstream's caches hold this many keys.
const CACHE_MAX: usize = 4096;

/// An event whose like was seen this short a time ago belongs to its series.
const SERIES_SPAN: SimSpan = SimSpan::from_secs(360);

/// A series is written again after this time.
const SERIES_REFRESH: SimSpan = SimSpan::from_secs(1800);

/// An event object as its component remembers it.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// The end of its name.
    pub stamp: u64,
    pub first: SimTime,
    last: SimTime,
    pub count: u32,
    /// It stands for many messages.
    pub combined: bool,
}

/// What is to be done.
pub(super) enum Deed {
    Create(Seen),
    Repeat(Seen),
    Drop,
}

/// The memory of the three stages.
#[derive(Clone, Default, Debug)]
pub(super) struct Correlator {
    aggregates: BTreeMap<u64, Aggregate>,
    counted: BTreeMap<u64, Seen>,
    buckets: BTreeMap<u64, Bucket>,
}

#[derive(Clone, Debug)]
struct Aggregate {
    messages: Vec<u64>,
    last: SimTime,
}

/// A token bucket; tokens are counted as the time that refills them.
#[derive(Clone, Debug)]
struct Bucket {
    credit: SimSpan,
    last: SimTime,
}

impl Correlator {
    pub(super) fn observe(&mut self, now: SimTime, stamp: u64, emitted: &Emitted<'_>) -> Deed {
        let object = object_hash(emitted);
        let similar = mix(object, &[emitted.kind.name(), emitted.reason]);
        let message = mix(0, &[emitted.message]);
        let combined = self.aggregate(now, similar, message);
        let key = if combined {
            similar
        } else {
            let place = &emitted.about.field_path;
            mix(similar, &[place.as_str(), emitted.message])
        };
        let seen = self
            .counted
            .entry(key)
            .and_modify(|seen| {
                seen.count = seen.count.saturating_add(1);
                seen.last = now;
            })
            .or_insert(Seen {
                stamp,
                first: now,
                last: now,
                count: 1,
                combined,
            })
            .clone();
        bound(&mut self.counted, |seen| seen.last);
        if !self.allow(now, object) {
            return Deed::Drop;
        }
        if seen.count == 1 {
            Deed::Create(seen)
        } else {
            Deed::Repeat(seen)
        }
    }

    /// Notes the message; true when events like it are combined now.
    fn aggregate(&mut self, now: SimTime, similar: u64, message: u64) -> bool {
        let aggregate = self.aggregates.entry(similar).or_insert(Aggregate {
            messages: Vec::new(),
            last: now,
        });
        if now.since(aggregate.last) > AGGREGATE_SPAN {
            aggregate.messages.clear();
        }
        aggregate.last = now;
        if !aggregate.messages.contains(&message) {
            aggregate.messages.push(message);
        }
        let combined = aggregate.messages.len() >= DISTINCT_MAX;
        if combined {
            aggregate.messages.remove(0);
        }
        bound(&mut self.aggregates, |aggregate| aggregate.last);
        combined
    }

    fn allow(&mut self, now: SimTime, object: u64) -> bool {
        let full = REFILL.times(BURST);
        let bucket = self.buckets.entry(object).or_insert(Bucket {
            credit: full,
            last: now,
        });
        bucket.credit = (bucket.credit + now.since(bucket.last)).min(full);
        bucket.last = now;
        let allowed = bucket.credit >= REFILL;
        if allowed {
            let left = bucket.credit.as_millis() - REFILL.as_millis();
            bucket.credit = SimSpan::from_millis(left);
        }
        bound(&mut self.buckets, |bucket| bucket.last);
        allowed
    }
}

/// Events of the new API: like ones within minutes are one series.
///
/// Upstream: client-go/tools/events/event_broadcaster.go `recordToSink`
#[derive(Clone, Default, Debug)]
pub(super) struct Series {
    cache: BTreeMap<u64, (Seen, SimTime)>,
}

impl Series {
    pub(super) fn observe(&mut self, now: SimTime, stamp: u64, emitted: &Emitted<'_>) -> Deed {
        let version = &emitted.about.resource_version;
        let key = mix(
            object_hash(emitted),
            &[
                version,
                &emitted.about.field_path,
                emitted.kind.name(),
                emitted.reason,
                emitted.action,
            ],
        );
        if let Some((seen, written)) = self.cache.get_mut(&key)
            && now.since(seen.last) <= SERIES_SPAN
        {
            seen.count = seen.count.saturating_add(1);
            seen.last = now;
            if seen.count > 2 && now.since(*written) < SERIES_REFRESH {
                return Deed::Drop;
            }
            *written = now;
            return Deed::Repeat(seen.clone());
        }
        let seen = Seen {
            stamp,
            first: now,
            last: now,
            count: 1,
            combined: false,
        };
        self.cache.insert(key, (seen.clone(), now));
        bound(&mut self.cache, |(seen, _)| seen.last);
        Deed::Create(seen)
    }
}

/// Keeps a cache at its size: the oldest quarter goes when it is full.
fn bound<T: Clone>(cache: &mut BTreeMap<u64, T>, last: impl Fn(&T) -> SimTime) {
    if cache.len() <= CACHE_MAX {
        return;
    }
    let mut times: Vec<SimTime> = cache.values().map(&last).collect();
    times.order();
    let limit = times[CACHE_MAX / 4];
    cache.retain(|_, value| last(value) > limit);
}

fn object_hash(emitted: &Emitted<'_>) -> u64 {
    let about = emitted.about;
    mix(
        0,
        &[
            &about.api_version,
            &about.kind,
            &about.namespace,
            &about.name,
            &about.uid,
        ],
    )
}

/// FNV-1a, over texts with ends.
fn mix(start: u64, texts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325 ^ start.rotate_left(17);
    for text in texts {
        for byte in text.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        hash = (hash ^ 0xff).wrapping_mul(0x0100_0000_01b3);
    }
    hash
}
