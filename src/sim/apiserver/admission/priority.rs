//! Priority classes: resolved for pods, and only one of them the default.
//!
//! Upstream: plugin/pkg/admission/priority/admission.go

use super::name_of;
use crate::k8s::{Kind, Object, Str, Value};
use crate::sim::{ApiServer, Status};

/// Sets `priority` and `preemptionPolicy` of a pod from its class; an updated pod keeps what it has.
pub(super) fn resolve(
    api: &ApiServer,
    pod: &mut Value,
    old: Option<&Object>,
) -> Result<(), Status> {
    if let Some(old) = old {
        let before = old.value().get("spec");
        for field in ["priority", "preemptionPolicy"] {
            if pod.at(&["spec", field]).is_null() && !before.get(field).is_null() {
                pod.at_mut(&["spec"]).set(field, before.get(field));
            }
        }
        return Ok(());
    }
    let class = pod.at(&["spec", "priorityClassName"]).to_str();
    let class = if class.is_empty() {
        default_class(api)
    } else {
        let found = api.get(Kind::PriorityClass, "", &class);
        let why = format!("no PriorityClass with name {class} was found");
        Some(found.map_err(|_| Status::forbidden(Kind::Pod, name_of(pod), &why))?)
    };
    let (name, priority, policy) = class.map_or((Str::default(), 0, Str::default()), |class| {
        let value = class.value();
        let priority = value.get("value").as_i64().unwrap_or(0);
        let policy = value.get("preemptionPolicy").to_str();
        (class.name().clone(), priority, policy)
    });
    let policy = if policy.is_empty() {
        Str::from("PreemptLowerPriority")
    } else {
        policy
    };
    check_given(pod, priority, &policy)?;
    let spec = pod.at_mut(&["spec"]);
    if !name.is_empty() && spec.get("priorityClassName").is_empty() {
        spec.set("priorityClassName", name);
    }
    spec.set("priority", priority);
    spec.set("preemptionPolicy", policy);
    Ok(())
}

fn check_given(pod: &Value, priority: i64, policy: &Str) -> Result<(), Status> {
    let given = pod.at(&["spec", "priority"]).as_i64();
    if let Some(given) = given.filter(|g| *g != priority) {
        let why = format!(
            "the integer value of priority ({given}) must not be provided in pod spec; priority admission \
             controller computed {priority} from the given PriorityClass name"
        );
        return Err(Status::forbidden(Kind::Pod, name_of(pod), &why));
    }
    let given = pod.at(&["spec", "preemptionPolicy"]).text();
    if !given.is_empty() && given != policy.as_str() {
        let why = format!(
            "the string value of PreemptionPolicy ({given}) must not be provided in pod spec; priority \
             admission controller computed {policy} from the given PriorityClass name"
        );
        return Err(Status::forbidden(Kind::Pod, name_of(pod), &why));
    }
    Ok(())
}

/// The class for pods that name none: of several defaults the lowest.
fn default_class(api: &ApiServer) -> Option<&std::sync::Arc<Object>> {
    api.list(Kind::PriorityClass, None)
        .filter(|c| c.value().get("globalDefault").as_bool() == Some(true))
        .min_by_key(|c| c.value().get("value").as_i64())
}

/// Refuses a second default class.
pub(super) fn one_default(api: &ApiServer, class: &Value) -> Result<(), Status> {
    if class.get("globalDefault").as_bool() != Some(true) {
        return Ok(());
    }
    let name = name_of(class);
    match default_class(api) {
        Some(other) if other.name().as_str() != name => {
            let why = format!(
                "PriorityClass {} is already marked as default. Only one default can exist",
                other.name()
            );
            Err(Status::forbidden(Kind::PriorityClass, name, &why))
        }
        Some(_) | None => Ok(()),
    }
}
