//! `kubectl wait`.
//!
//! Upstream: kubectl/pkg/cmd/wait/wait.go, condition.go, json.go, delete.go

use crate::cluster::{SimSpan, SimTime};
use crate::console::args::{Flag, Takes, long, quoted};
use crate::console::error::Failure;
use crate::console::format::{go, jsonpath};
use crate::console::kubectl::items::{self, Item, Items};
use crate::console::kubectl::request::short_title;
use crate::console::kubectl::{Call, Command, Run, fail, flags, say};
use crate::console::task::{Io, Step, Task, Wake};
use crate::k8s::{Object, Value};

const FLAGS: &[Flag] = &[
    long("for", Takes::Each),
    long("timeout", Takes::Duration),
    long("local", Takes::Bool),
];

/// How often `--for=create` looks.
const LOOK: SimSpan = SimSpan::from_millis(500);

pub static COMMANDS: &[Command] = &[Command {
    path: "wait",
    about: "Wait for a specific condition on one or many resources",
    usage: "([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]",
    flags: &[
        FLAGS,
        flags::FILES,
        flags::SELECTOR,
        flags::FIELD_SELECTOR,
        flags::ALL,
        flags::ALL_NAMESPACES,
        flags::OUTPUT,
    ],
    required: &[],
    run: Run::Task(start),
}];

/// One `--for`.
#[derive(Clone)]
enum Condition {
    Created,
    Deleted,
    Is {
        name: String,
        status: String,
    },
    Path {
        path: jsonpath::Template,
        /// None: any value will do.
        value: Option<String>,
    },
}

fn start(call: Call) -> Result<Box<dyn Task>, Failure> {
    Ok(Box::new(Wait {
        call,
        conditions: Vec::new(),
        state: State::New,
        until: None,
        failures: Vec::new(),
        spent: false,
    }))
}

#[derive(Clone)]
struct Wait {
    call: Call,
    conditions: Vec<Condition>,
    state: State,
    /// None: only one look.
    until: Option<SimTime>,
    failures: Vec<Failure>,
    /// The time ran out on an object before.
    spent: bool,
}

#[derive(Clone)]
enum State {
    New,
    /// `--for=create`: the next look.
    Creating(SimTime),
    /// The objects that are left; the first is waited for, with this condition.
    Waiting(Vec<Item>, usize),
}

fn parse(call: &Call) -> Result<Vec<Condition>, Failure> {
    let texts = call.flags.list("for");
    let mut conditions = Vec::new();
    for text in texts {
        let lower = text.to_lowercase();
        conditions.push(if lower == "delete" {
            Condition::Deleted
        } else if lower == "create" {
            Condition::Created
        } else if let Some(rest) = text.strip_prefix("condition=") {
            let (name, status) = rest.split_once('=').unwrap_or((rest, "true"));
            Condition::Is {
                name: name.to_owned(),
                status: status.to_owned(),
            }
        } else if let Some(rest) = text.strip_prefix("jsonpath=") {
            path_condition(rest)?
        } else {
            return Err(Failure::client(format!(
                "unrecognized condition: {}",
                quoted(text)
            )));
        });
    }
    if conditions.is_empty() {
        return Err(Failure::client("unrecognized condition: []"));
    }
    Ok(conditions)
}

/// `{.status.phase}=Running`; a doubled `=` does not split.
fn path_condition(text: &str) -> Result<Condition, Failure> {
    let mut parts = vec![String::new()];
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        if c != '=' {
            parts.last_mut().expect("never empty").push(c);
        } else if letters.next_if_eq(&'=').is_some() {
            parts.last_mut().expect("never empty").push_str("==");
        } else {
            parts.push(String::new());
        }
    }
    if parts.len() > 2 {
        return Err(Failure::client(
            "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or \
             --for=jsonpath='{.status.readyReplicas}'",
        ));
    }
    let path = jsonpath::relaxed(&parts[0]).map_err(Failure::client)?;
    if path.is_empty() {
        return Err(Failure::client("jsonpath expression cannot be empty"));
    }
    let path = jsonpath::parse(&path).map_err(Failure::client)?;
    let value = parts.get(1).map(|v| v.trim_matches(['\'', '"']).to_owned());
    if value.as_deref() == Some("") {
        return Err(Failure::client(
            "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3",
        ));
    }
    Ok(Condition::Path { path, value })
}

impl Task for Wait {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        match self.go_on(io) {
            Ok(Some(wake)) => Step::Wait(wake),
            Ok(None) => match Failure::gather(std::mem::take(&mut self.failures)) {
                Ok(()) => Step::Exit(0),
                Err(failure) => fail(io, &failure),
            },
            Err(failure) => fail(io, &failure),
        }
    }
}

impl Wait {
    fn go_on(&mut self, io: &mut Io<'_>) -> Result<Option<Wake>, Failure> {
        if let State::New = self.state {
            say::check(&self.call, io)?;
            self.conditions = parse(&self.call)?;
            let millis = self.call.flags.millis("timeout").unwrap_or(30_000);
            let millis = if millis < 0 {
                7 * 24 * 3600 * 1000
            } else {
                millis
            };
            let span = SimSpan::from_millis(u64::try_from(millis).unwrap_or(0));
            self.until = (millis != 0).then(|| io.now() + span);
            let creating = self
                .conditions
                .iter()
                .any(|c| matches!(c, Condition::Created));
            self.state = if creating {
                State::Creating(io.now())
            } else {
                let found = self.find(io)?;
                self.begin(found)?
            };
        }
        if let State::Creating(at) = self.state {
            if at > io.now() {
                return Ok(Some(Wake::at(at)));
            }
            let found = self.find(io)?;
            if found.items.is_empty() {
                let last = self.until.unwrap_or(io.now());
                if last <= io.now() {
                    return Err(Failure::client("timed out waiting for the condition"));
                }
                let next = last.min(io.now() + LOOK);
                self.state = State::Creating(next);
                return Ok(Some(Wake::at(next)));
            }
            self.state = self.begin(found)?;
        }
        self.objects(io)
    }

    fn find(&self, io: &mut Io<'_>) -> Result<Items, Failure> {
        items::find_or_all(&self.call, self.call.args(), io)
    }

    fn begin(&mut self, found: Items) -> Result<State, Failure> {
        let deleting = self
            .conditions
            .iter()
            .any(|c| matches!(c, Condition::Deleted));
        self.failures = found.failures;
        if deleting {
            self.failures
                .retain(|f| !matches!(f, Failure::Api(status) if status.is_not_found()));
        }
        if found.items.is_empty() && self.failures.is_empty() && !deleting {
            return Err(Failure::client("no matching resources found"));
        }
        Ok(State::Waiting(found.items, 0))
    }

    /// Goes through the objects, one after another; None when all are done.
    fn objects(&mut self, io: &mut Io<'_>) -> Result<Option<Wake>, Failure> {
        let State::Waiting(mut left, mut nth) = std::mem::replace(&mut self.state, State::New)
        else {
            return Ok(None);
        };
        while let Some(item) = left.first() {
            let Some(condition) = self.conditions.get(nth) else {
                left.remove(0);
                nth = 0;
                continue;
            };
            match self.met(item, condition, io) {
                Ok(Some(value)) => {
                    say::object(&self.call, item.ty, &item.name, &value, "condition met", io)?;
                    nth += 1;
                }
                Ok(None) => {
                    self.state = State::Waiting(left, nth);
                    return Ok(Some(Wake::change_or(self.until)));
                }
                Err(failure) => {
                    self.spent |= self.until.is_some_and(|until| until <= io.now());
                    self.failures.push(failure);
                    left.remove(0);
                    nth = 0;
                }
            }
        }
        self.state = State::Waiting(left, nth);
        Ok(None)
    }

    /// The object when the condition is met; None while there is hope.
    fn met(
        &self,
        item: &Item,
        condition: &Condition,
        io: &Io<'_>,
    ) -> Result<Option<Value>, Failure> {
        let title = short_title(item.ty, &item.name);
        let late = self.until.is_some_and(|until| until <= io.now());
        let live = item.live(io.cluster.api());
        let deleting = matches!(condition, Condition::Deleted);
        // When time was used up on an object before, the others are not looked at.
        if late && !deleting {
            return Err(timed_out(&title));
        }
        if late && self.spent {
            return Err(Failure::client(
                "client rate limiter Wait returned an error: context deadline exceeded",
            ));
        }
        let met = match (condition, live.clone()) {
            (Condition::Created, _) => return Ok(Some(item.tree().clone())),
            (Condition::Deleted, Ok(object)) => {
                object.uid().as_str() != item.tree().at(&["metadata", "uid"]).text()
            }
            (Condition::Deleted, Err(_)) => true,
            (_, Err(status)) if self.until.is_none() => return Err(status.into()),
            (_, Err(_)) => false,
            (Condition::Is { name, status }, Ok(object)) => is(&object, name, status),
            (Condition::Path { path, value }, Ok(object)) => {
                fits(&object, path, value.as_deref()).map_err(Failure::client)?
            }
        };
        if met {
            let value = live.map_or_else(|_| item.tree().clone(), |o| o.value().clone());
            return Ok(Some(value));
        }
        if self.until.is_none() {
            return Err(Failure::client(format!("condition not met for {title}")));
        }
        if late {
            Err(timed_out(&title))
        } else {
            Ok(None)
        }
    }
}

fn timed_out(title: &str) -> Failure {
    Failure::client(format!("timed out waiting for the condition on {title}"))
}

/// The object's condition has the status, and was observed for the present generation.
fn is(object: &Object, name: &str, status: &str) -> bool {
    let value = object.value();
    let conditions = value.at(&["status", "conditions"]).items();
    let found = conditions
        .iter()
        .find(|c| c.get("type").text().eq_ignore_ascii_case(name) && c.field("status").is_some());
    let Some(condition) = found else {
        return false;
    };
    if let Some(generation) = value.at(&["metadata", "generation"]).as_i64() {
        let own = condition.get("observedGeneration").as_i64();
        let observed = own.or_else(|| value.at(&["status", "observedGeneration"]).as_i64());
        if observed.is_some_and(|observed| observed < generation) {
            return false;
        }
    }
    condition.get("status").text().eq_ignore_ascii_case(status)
}

fn fits(object: &Object, path: &jsonpath::Template, want: Option<&str>) -> Result<bool, String> {
    let results = jsonpath::find(path, object.value())?;
    let Some(first) = results.first().and_then(|r| r.first()) else {
        return Ok(false);
    };
    if results.len() > 1 {
        return Err("given jsonpath expression matches more than one list".to_owned());
    }
    if results[0].len() > 1 {
        return Err("given jsonpath expression matches more than one value".to_owned());
    }
    let Some(want) = want else {
        return Ok(true);
    };
    if matches!(first, Value::Map(_) | Value::List(_)) {
        return Err("jsonpath leads to a nested object or list which is not supported".to_owned());
    }
    Ok(go::print(first).trim() == want.trim())
}
