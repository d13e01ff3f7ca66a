//! Which run is due, and when the next one will be.
//!
//! Upstream: pkg/controller/cronjob/utils.go

use super::schedule::Schedule;
use crate::k8s::{Object, Timestamp};
use crate::sim::{SimSpan, SimTime};

/// Runs start this much after their time.
const PADDING: SimSpan = SimSpan::from_millis(100);

/// More missed runs than this are warned of.
const MANY: i64 = 100;

/// What a schedule asks for.
pub(super) struct Due {
    earliest: Timestamp,
    /// The latest run that should have happened by now.
    pub at: Option<Timestamp>,
    missed: bool,
    pub many_missed: bool,
}

/// The latest unmet run since the last one (or the creation). Fails for schedules that never come true.
///
/// Upstream: `mostRecentScheduleTime`
pub(super) fn due(
    cron: &Object,
    now: SimTime,
    schedule: &Schedule,
    within_deadline: bool,
) -> Result<Due, &'static str> {
    const NEVER: &str = "time difference between two schedules is less than 1 second";
    let now = now.timestamp();
    let last = Timestamp::parse(cron.value().at(&["status", "lastScheduleTime"]).text());
    let mut earliest = last.or(cron.meta().creation).unwrap_or(now);
    let deadline = cron.value().at(&["spec", "startingDeadlineSeconds"]);
    if let Some(seconds) = deadline.as_i64().filter(|_| within_deadline) {
        earliest = earliest.max(Timestamp(now.0 - seconds));
    }
    let none = Due {
        earliest,
        at: None,
        missed: false,
        many_missed: false,
    };
    let first = schedule.next(earliest).ok_or(NEVER)?;
    let second = schedule.next(first).ok_or(NEVER)?;
    if now < first {
        return Ok(none);
    }
    if now < second {
        return Ok(Due {
            at: Some(first),
            ..none
        });
    }
    let between = second.0 - first.0;
    let missed = (now.0 - first.0) / between + 1;
    let mut at = None;
    let mut next = schedule.next(Timestamp(first.0 + (missed - 2) * between));
    while let Some(moment) = next.filter(|moment| *moment <= now) {
        at = Some(moment);
        next = schedule.next(moment);
    }
    Ok(Due {
        at,
        missed: true,
        many_missed: missed > MANY,
        ..none
    })
}

/// How long to wait for the next run.
///
/// Upstream: `nextScheduleTimeDuration`
pub(super) fn until_next(cron: &Object, now: SimTime, schedule: &Schedule) -> Option<SimSpan> {
    let from = match due(cron, now, schedule, false) {
        Ok(Due { at: Some(at), .. }) => at,
        Ok(due) if !due.missed => due.earliest,
        Ok(_) | Err(_) => now.timestamp(),
    };
    let at = SimTime::of(schedule.next(from)?) + PADDING;
    Some(if at > now {
        at.since(now)
    } else {
        SimSpan::ZERO
    })
}
