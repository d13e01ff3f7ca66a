//! One pass over a CronJob.
//!
//! Upstream: pkg/controller/cronjob/cronjob_controllerv2.go `sync`

use super::schedule::Schedule;
use super::zone::Zone;
use super::{CronJobController, Timer, missed};
use crate::k8s::order::InOrder;
use crate::k8s::{Kind, Object, Str, Timestamp, Value};
use crate::sim::apiserver::{DeleteOptions, Propagation};
use crate::sim::control::{controlled_by, controller_ref};
use crate::sim::store::NsName;
use crate::sim::{Ctx, EventType, ObjectRef, SimSpan, SimTime, Status};
use crate::value;
use std::sync::Arc;

/// The annotation that tells a Job for which moment it was made.
const SCHEDULED: &str = "batch.kubernetes.io/cronjob-scheduled-timestamp";

/// A CronJob during a pass, with the status as it will be written.
struct Pass {
    cron: Arc<Object>,
    status: Value,
}

impl Pass {
    fn active(&self) -> &[Value] {
        self.status.get("active").items()
    }

    fn is_active(&self, uid: &str) -> bool {
        self.active().iter().any(|r| r.get("uid").text() == uid)
    }

    fn forget(&mut self, uid: &str) {
        let rest = self.active().iter().filter(|r| r.get("uid").text() != uid);
        let rest: Vec<Value> = rest.cloned().collect();
        if rest.is_empty() {
            self.status.remove("active");
        } else {
            self.status.set("active", Value::from(rest));
        }
    }

    fn spec(&self, field: &str) -> &Value {
        self.cron.value().get("spec").get(field)
    }
}

/// `Complete` or `Failed`, for a Job that has ended.
fn ended(job: &Object) -> Option<&str> {
    let conditions = job.value().at(&["status", "conditions"]).items().iter();
    conditions
        .filter(|c| c.get("status").text() == "True")
        .map(|c| c.get("type").text())
        .find(|kind| ["Complete", "Failed"].contains(kind))
}

impl CronJobController {
    /// Returns after how long to look again.
    pub(super) fn sync(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        key: &NsName,
    ) -> Result<Option<SimSpan>, Status> {
        let cron = self.informer.get(Kind::CronJob, &key.namespace, &key.name);
        let Some(cron) = cron.cloned() else {
            return Ok(None);
        };
        let jobs = self.informer.of(Kind::Job).iter(Some(&key.namespace));
        let jobs: Vec<Arc<Object>> = jobs.filter(|j| controlled_by(j, &cron)).cloned().collect();
        let status = cron.value().get("status").clone();
        let mut pass = Pass { cron, status };
        self.clean_up(ctx, &mut pass, &jobs);
        let result = self.run(ctx, &mut pass, &jobs);
        if pass.status != *pass.cron.value().get("status") {
            let mut value = pass.cron.value().clone();
            value.set("status", &pass.status);
            pass.cron = ctx.client.update_status(Kind::CronJob, value)?;
        }
        result
    }

    fn say(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        pass: &Pass,
        kind: EventType,
        reason: &'static str,
        text: &str,
    ) {
        let about = ObjectRef::of(&pass.cron);
        self.recorder
            .event(&mut ctx.client, &about, kind, reason, text);
    }

    /// Removes the oldest ended Jobs beyond the two history limits.
    fn clean_up(&mut self, ctx: &mut Ctx<'_, Timer>, pass: &mut Pass, jobs: &[Arc<Object>]) {
        let limits = [
            ("Complete", "successfulJobsHistoryLimit"),
            ("Failed", "failedJobsHistoryLimit"),
        ];
        for (kind, field) in limits {
            let Some(limit) = pass.spec(field).as_i64() else {
                continue;
            };
            let mut old: Vec<&Arc<Object>> =
                jobs.iter().filter(|j| ended(j) == Some(kind)).collect();
            old.order_by_key(|job| {
                let start = job.value().at(&["status", "startTime"]).to_str();
                (start.is_empty(), start, job.name().clone())
            });
            let keep = usize::try_from(limit).unwrap_or(0);
            for job in old.iter().take(old.len().saturating_sub(keep)) {
                if !job.meta().terminating() {
                    self.delete_job(ctx, pass, job);
                }
            }
        }
    }

    /// Upstream: `deleteJob`
    fn delete_job(&mut self, ctx: &mut Ctx<'_, Timer>, pass: &mut Pass, job: &Object) -> bool {
        let options = DeleteOptions {
            propagation: Some(Propagation::Background),
            ..DeleteOptions::default()
        };
        let (namespace, name) = (job.namespace(), job.name());
        match ctx.client.delete(Kind::Job, namespace, name, &options) {
            Ok(_) => {
                pass.forget(job.uid());
                let text = format!("Deleted job {name}");
                self.say(ctx, pass, EventType::Normal, "SuccessfulDelete", &text);
                true
            }
            Err(status) => {
                let text = format!("Deleted job: {status}");
                self.say(ctx, pass, EventType::Warning, "FailedDelete", &text);
                false
            }
        }
    }

    /// Upstream: `syncCronJob`
    fn run(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        pass: &mut Pass,
        jobs: &[Arc<Object>],
    ) -> Result<Option<SimSpan>, Status> {
        self.account(ctx, pass, jobs)?;
        if pass.cron.meta().terminating() {
            return Ok(None);
        }
        let Some(schedule) = self.schedule(ctx, pass) else {
            return Ok(None);
        };
        let now = ctx.now();
        let due = match missed::due(&pass.cron, now, &schedule, true) {
            Ok(due) => due,
            Err(why) => {
                let text = format!("invalid schedule: {} : {why}", pass.spec("schedule").text());
                self.say(ctx, pass, EventType::Warning, "InvalidSchedule", &text);
                return Ok(None);
            }
        };
        let later = |pass: &Pass| Ok(missed::until_next(&pass.cron, now, &schedule));
        let Some(at) = due.at else {
            return later(pass);
        };
        if due.many_missed {
            let text = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds \
                        or check clock skew";
            self.say(ctx, pass, EventType::Warning, "TooManyMissedTimes", text);
        }
        let deadline = pass.spec("startingDeadlineSeconds").as_i64();
        if deadline.is_some_and(|s| SimTime::of(Timestamp(at.0 + s)) < now) {
            let text = format!("Missed scheduled time to start a job: {}", rfc1123(at));
            self.say(ctx, pass, EventType::Warning, "MissSchedule", &text);
            return later(pass);
        }
        let name = format!("{}-{}", pass.cron.name(), at.0.div_euclid(60));
        let made = pass.active().iter().any(|r| r.get("name").text() == name);
        if made || pass.status.get("lastScheduleTime").text() == at.to_string() {
            return later(pass);
        }
        match pass.spec("concurrencyPolicy").text() {
            "Forbid" if !pass.active().is_empty() => {
                let text = "Not starting job because prior execution is running and concurrency \
                            policy is Forbid";
                self.say(ctx, pass, EventType::Normal, "JobAlreadyActive", text);
                return later(pass);
            }
            "Replace" => self.replace(ctx, pass)?,
            _ => {}
        }
        if self.create(ctx, pass, &name, at)? {
            // The wait counts from the run that has just begun.
            let mut value = pass.cron.value().clone();
            value.set("status", &pass.status);
            let begun = Object::read(Kind::CronJob, value, None);
            return Ok(missed::until_next(&begun, now, &schedule));
        }
        Ok(None)
    }

    /// Brings the list of active Jobs up to what is there.
    fn account(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        pass: &mut Pass,
        jobs: &[Arc<Object>],
    ) -> Result<(), Status> {
        let key = NsName::of(&pass.cron);
        for job in jobs {
            let listed = pass.is_active(job.uid());
            let Some(condition) = ended(job) else {
                let live = || ctx.client.get(Kind::CronJob, &key.namespace, &key.name);
                if !listed {
                    let live = live()?;
                    let active = live.value().at(&["status", "active"]).items();
                    if !active
                        .iter()
                        .any(|r| r.get("uid").text() == job.uid().as_str())
                    {
                        let text = format!(
                            "Saw a job that the controller did not create or forgot: {}",
                            job.name()
                        );
                        self.say(ctx, pass, EventType::Warning, "UnexpectedJob", &text);
                    }
                }
                continue;
            };
            if listed {
                pass.forget(job.uid());
                let name = job.name();
                let text = format!("Saw completed job: {name}, condition: {condition}");
                self.say(ctx, pass, EventType::Normal, "SawCompletedJob", &text);
            }
            let done = job.value().at(&["status", "completionTime"]);
            let before = pass.status.get("lastSuccessfulTime");
            if condition == "Complete" && done.text() > before.text() {
                pass.status.set("lastSuccessfulTime", done);
            }
        }
        for listed in pass.active().to_vec() {
            let uid = listed.get("uid").text();
            if jobs.iter().any(|job| job.uid().as_str() == uid) {
                continue;
            }
            let name = listed.get("name").text();
            match ctx.client.get(Kind::Job, &key.namespace, name) {
                Ok(_) => {}
                Err(status) if status.is_not_found() => {
                    let text = format!("Active job went missing: {name}");
                    self.say(ctx, pass, EventType::Normal, "MissingJob", &text);
                    pass.forget(uid);
                }
                Err(status) => return Err(status),
            }
        }
        Ok(())
    }

    /// The schedule of a CronJob that is to run; None (and a warning) if it cannot.
    fn schedule(&mut self, ctx: &mut Ctx<'_, Timer>, pass: &Pass) -> Option<Schedule> {
        let zone = pass.spec("timeZone").to_str();
        let Some(known) = Zone::find(&zone) else {
            let text = format!("invalid timeZone: \"{zone}\": unknown time zone {zone}");
            self.say(ctx, pass, EventType::Warning, "UnknownTimeZone", &text);
            return None;
        };
        if pass.spec("suspend").as_bool() == Some(true) {
            return None;
        }
        let text = pass.spec("schedule").to_str();
        let schedule = Schedule::parse(&text, known);
        if schedule.is_none() {
            let text = format!("unparseable schedule: \"{text}\"");
            self.say(ctx, pass, EventType::Warning, "UnparseableSchedule", &text);
        }
        schedule
    }

    /// Ends what still runs when its successor is due.
    fn replace(&mut self, ctx: &mut Ctx<'_, Timer>, pass: &mut Pass) -> Result<(), Status> {
        for listed in pass.active().to_vec() {
            let name = listed.get("name").text();
            let job = match ctx.client.get(Kind::Job, pass.cron.namespace(), name) {
                Ok(job) => job,
                Err(status) => {
                    let text = format!("Get job: {status}");
                    self.say(ctx, pass, EventType::Warning, "FailedGet", &text);
                    return Err(status);
                }
            };
            if !self.delete_job(ctx, pass, &job) {
                return Err(Status::internal("could not replace job"));
            }
        }
        Ok(())
    }

    /// Makes the Job of a moment and lists it; false if somebody else has it.
    fn create(
        &mut self,
        ctx: &mut Ctx<'_, Timer>,
        pass: &mut Pass,
        name: &str,
        at: Timestamp,
    ) -> Result<bool, Status> {
        let namespace = pass.cron.namespace().clone();
        let body = job(&pass.cron, name, at);
        let job = match ctx.client.create(Kind::Job, &namespace, body) {
            Ok(job) => {
                let text = format!("Created job {}", job.name());
                self.say(ctx, pass, EventType::Normal, "SuccessfulCreate", &text);
                job
            }
            Err(status) if status.is_already_exists() => {
                let job = ctx.client.get(Kind::Job, &namespace, name)?;
                if !controlled_by(&job, &pass.cron) || pass.is_active(job.uid()) {
                    return Ok(false);
                }
                job
            }
            Err(status) if status.has_cause("NamespaceTerminating") => return Err(status),
            Err(status) => {
                let text = format!("Error creating job: {status}");
                self.say(ctx, pass, EventType::Warning, "FailedCreate", &text);
                return Err(status);
            }
        };
        pass.status.at_mut(&["active"]).push(value!({
            "apiVersion": "batch/v1", "kind": "Job", "namespace": job.namespace(),
            "name": job.name(), "uid": job.uid(),
            "resourceVersion": job.meta().resource_version.to_string(),
        }));
        pass.status.set("lastScheduleTime", at.to_string());
        Ok(true)
    }
}

/// Upstream: `getJobFromTemplate2`
fn job(cron: &Object, name: &str, at: Timestamp) -> Value {
    let template = cron.value().at(&["spec", "jobTemplate"]);
    let mut metadata = value!({
        "name": Str::new(name), "namespace": cron.namespace(),
        "ownerReferences": [controller_ref(cron)],
    });
    for field in ["labels", "annotations"] {
        let given = template.at(&["metadata", field]);
        if !given.is_empty() {
            metadata.set(field, given);
        }
    }
    metadata
        .at_mut(&["annotations"])
        .set(SCHEDULED, at.to_string());
    value!({
        "apiVersion": "batch/v1", "kind": "Job", "metadata": metadata,
        "spec": template.get("spec"),
    })
}

/// `Sat, 21 Nov 2026 08:54:00 +0000`
fn rfc1123(at: Timestamp) -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let civil = at.civil();
    let of = |names: &'static [&'static str], i: u32| {
        let at = usize::try_from(i).ok();
        at.and_then(|at| names.get(at)).copied().unwrap_or("")
    };
    format!(
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000",
        of(&DAYS, civil.weekday),
        civil.day,
        of(&MONTHS, civil.month - 1),
        civil.year,
        civil.hour,
        civil.minute,
        civil.second
    )
}
