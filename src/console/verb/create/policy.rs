//! `kubectl create priorityclass`, `poddisruptionbudget`, `quota`.
//!
//! Upstream: kubectl/pkg/cmd/create/create_priorityclass.go, create_pdb.go, create_quota.go

use super::{Told, generated, name, sets};
use crate::console::args::{Flag, Takes, long};
use crate::console::error::Failure;
use crate::console::kubectl::{Call, Command, Run};
use crate::console::task::Io;
use crate::k8s::selector::{Operator, Selector};
use crate::k8s::{Kind, Str, Value};
use crate::value;

const PRIORITY_CLASS: &[Flag] = &[
    long("value", Takes::Int),
    long("global-default", Takes::Bool),
    long("description", Takes::Text),
    long("preemption-policy", Takes::Text),
];

const BUDGET: &[Flag] = &[
    long("min-available", Takes::Text),
    long("max-unavailable", Takes::Text),
    long("selector", Takes::Text),
];

const QUOTA: &[Flag] = &[long("hard", Takes::Text), long("scopes", Takes::Text)];

pub static COMMANDS: &[Command] = &[
    Command {
        path: "create priorityclass",
        about: "Create a priority class with the specified name",
        usage: "NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]",
        flags: sets!(PRIORITY_CLASS),
        required: &[],
        run: Run::Once(priority_class),
    },
    Command {
        path: "create poddisruptionbudget",
        about: "Create a pod disruption budget with the specified name",
        usage: "NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none]",
        flags: sets!(BUDGET),
        required: &[],
        run: Run::Once(budget),
    },
    Command {
        path: "create quota",
        about: "Create a quota with the specified name",
        usage: "NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none]",
        flags: sets!(QUOTA),
        required: &[],
        run: Run::Once(quota),
    },
];

fn priority_class(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let name = name(call)?;
    let policy = call
        .flags
        .text("preemption-policy")
        .filter(|p| !p.is_empty());
    let mut value = value!({
        "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass",
        "metadata": {"name": Value::str(name)},
        "preemptionPolicy": Value::str(policy.unwrap_or("PreemptLowerPriority")),
        "value": call.flags.int("value").unwrap_or(0),
    });
    if call.flags.is("global-default") {
        value.set("globalDefault", true);
    }
    if let Some(text) = call.flags.text("description").filter(|d| !d.is_empty()) {
        value.set("description", Str::new(text));
    }
    generated(
        call,
        Kind::PriorityClass,
        value,
        Told::Inside("priorityclass"),
        io,
    )
}

/// A number or a percentage.
fn number_or_text(text: &str) -> Value {
    text.parse::<i64>()
        .map_or_else(|_| Value::str(text), Value::Int)
}

/// A selector's text as its labels and expressions.
///
/// Upstream: apimachinery/pkg/apis/meta/v1/helpers.go `ParseToLabelSelector`
pub fn label_selector(text: &str) -> Result<Value, Failure> {
    let selector = Selector::parse(text).map_err(|why| {
        let text = crate::console::args::quoted(text);
        Failure::client(format!("couldn't parse the selector string {text}: {why}"))
    })?;
    let no = |why: &str| Err(Failure::client(why));
    let mut labels = Value::map();
    let mut expressions: Vec<Value> = Vec::new();
    for requirement in selector.requirements() {
        let operator = match requirement.operator() {
            Operator::Equals | Operator::DoubleEquals => {
                labels.set(requirement.key().clone(), requirement.values()[0].clone());
                continue;
            }
            Operator::In => "In",
            Operator::NotIn => "NotIn",
            Operator::Exists => "Exists",
            Operator::DoesNotExist => "DoesNotExist",
            Operator::NotEquals => return no("\"!=\" is not a valid label selector operator"),
            Operator::GreaterThan => return no("\"gt\" isn't supported in label selectors"),
            Operator::LessThan => return no("\"lt\" isn't supported in label selectors"),
        };
        let mut expression = value!({"key": requirement.key().clone(), "operator": operator});
        if !requirement.values().is_empty() {
            let values = requirement.values().iter().cloned().map(Value::Str);
            expression.set("values", values.collect::<Value>());
        }
        expressions.push(expression);
    }
    let mut whole = Value::map();
    if !expressions.is_empty() {
        whole.set(
            "matchExpressions",
            expressions.into_iter().collect::<Value>(),
        );
    }
    if labels.as_map().is_some_and(|m| !m.is_empty()) {
        whole.set("matchLabels", labels);
    }
    Ok(whole)
}

fn budget(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let name = name(call)?;
    let text = |flag: &str| call.flags.text(flag).unwrap_or("");
    let (min, max, selector) = (
        text("min-available"),
        text("max-unavailable"),
        text("selector"),
    );
    if selector.is_empty() {
        return Err(Failure::client("a selector must be specified"));
    }
    if min.is_empty() && max.is_empty() {
        return Err(Failure::client(
            "one of min-available or max-unavailable must be specified",
        ));
    }
    if !min.is_empty() && !max.is_empty() {
        return Err(Failure::client(
            "min-available and max-unavailable cannot be both specified",
        ));
    }
    for (flag, value) in [("min-available", min), ("max-unavailable", max)] {
        let digits = value.strip_suffix('%').unwrap_or(value);
        if !value.is_empty() && !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Failure::client(format!(
                "invalid format specified for {flag}"
            )));
        }
    }
    let mut spec = value!({"selector": label_selector(selector)?});
    if min.is_empty() {
        spec.set("maxUnavailable", number_or_text(max));
    } else {
        spec.set("minAvailable", number_or_text(min));
    }
    let value = value!({
        "apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
        "metadata": {"name": Value::str(name)}, "spec": spec,
        "status": {
            "currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0,
        },
    });
    let told = Told::Inside("poddisruptionbudgets");
    generated(call, Kind::PodDisruptionBudget, value, told, io)
}

fn quota(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    let name = name(call)?;
    let mut spec = Value::map();
    for pair in call
        .flags
        .text("hard")
        .unwrap_or("")
        .split(',')
        .filter(|p| !p.is_empty())
    {
        let Some((resource, amount)) = pair.split_once('=') else {
            return Err(Failure::client(format!(
                "Invalid argument syntax {pair}, expected <resource>=<value>"
            )));
        };
        if let Err(why) = crate::k8s::quantity::Quantity::parse(amount) {
            return Err(Failure::client(why.to_string()));
        }
        spec.at_mut(&["hard"])
            .set(Str::new(resource), Str::new(amount));
    }
    let scopes = call.flags.text("scopes").unwrap_or("");
    if !scopes.is_empty() {
        spec.set(
            "scopes",
            scopes.split(',').map(Value::str).collect::<Value>(),
        );
    }
    let value = value!({
        "apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": Value::str(name)},
        "spec": spec, "status": {},
    });
    generated(call, Kind::ResourceQuota, value, Told::Inside("quota"), io)
}
