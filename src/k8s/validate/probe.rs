//! Probes and lifecycle hooks, and the handlers that both use.

use super::syntax::{header_name, port_name, port_number};
use super::{Errors, Path};
use crate::k8s::Value;

/// Upstream: `pkg/apis/core/validation ValidatePortNumOrName`. An absent port counts as number 0.
pub fn port_number_or_name(errors: &mut Errors, at: &Path<'_>, port: &Value) {
    if let Some(name) = port.as_str() {
        errors.invalid_each(at, name, port_name(name));
    } else {
        let number = port.as_i64().unwrap_or(0);
        errors.invalid_each(at, number, port_number(number));
    }
}

fn http_get(errors: &mut Errors, at: &Path<'_>, action: &Value) {
    if action.get("path").text().is_empty() {
        errors.required(&at.child("path"), "");
    }
    port_number_or_name(errors, &at.child("port"), action.get("port"));
    let scheme = action.get("scheme").text();
    if !["HTTP", "HTTPS"].contains(&scheme) {
        errors.not_supported(&at.child("scheme"), scheme, &["HTTP", "HTTPS"]);
    }
    for header in action.get("httpHeaders").items() {
        let name = header.get("name").text();
        errors.invalid_each(&at.child("httpHeaders"), name, header_name(name));
    }
}

fn sleep(errors: &mut Errors, at: &Path<'_>, action: &Value, grace: &Value) {
    let seconds = action.get("seconds").as_i64().unwrap_or(0);
    if let Some(grace) = grace
        .as_i64()
        .filter(|grace| seconds < 0 || seconds > *grace)
    {
        let detail =
            format!("must be non-negative and less than terminationGracePeriodSeconds ({grace})");
        errors.invalid(at, seconds, &detail);
    }
}

/// Exactly one of the kinds must be given.
fn handler(errors: &mut Errors, at: &Path<'_>, handler: &Value, kinds: &[&str], grace: &Value) {
    let mut found = false;
    for kind in kinds {
        let action = handler.get(kind);
        if action.is_null() {
            continue;
        }
        let at = at.child(kind);
        if found {
            errors.forbidden(&at, "may not specify more than 1 handler type");
            continue;
        }
        found = true;
        match *kind {
            "exec" => {
                if action.get("command").items().is_empty() {
                    errors.required(&at.child("command"), "");
                }
            }
            "httpGet" => http_get(errors, &at, action),
            "sleep" => sleep(errors, &at, action, grace),
            _ => port_number_or_name(errors, &at.child("port"), action.get("port")),
        }
    }
    if !found {
        errors.required(at, "must specify a handler type");
    }
}

fn probe(errors: &mut Errors, at: &Path<'_>, probe: &Value) {
    let kinds = ["exec", "httpGet", "tcpSocket", "grpc"];
    handler(errors, at, probe, &kinds, &Value::Null);
    for field in [
        "initialDelaySeconds",
        "timeoutSeconds",
        "periodSeconds",
        "successThreshold",
        "failureThreshold",
    ] {
        errors.non_negative(&at.child(field), probe.get(field));
    }
    let grace = probe.get("terminationGracePeriodSeconds");
    if let Some(seconds) = grace.as_i64().filter(|seconds| *seconds <= 0) {
        let at = at.child("terminationGracePeriodSeconds");
        errors.invalid(&at, seconds, "must be greater than 0");
    }
}

/// The three probes of a container that keeps running.
pub fn probes(errors: &mut Errors, at: &Path<'_>, container: &Value) {
    for field in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let value = container.get(field);
        if value.is_null() {
            continue;
        }
        let at = at.child(field);
        probe(errors, &at, value);
        if field == "readinessProbe" {
            let grace = value.get("terminationGracePeriodSeconds");
            if !grace.is_null() {
                let at = at.child("terminationGracePeriodSeconds");
                errors.invalid(&at, grace, "must not be set for readinessProbes");
            }
        } else {
            let successes = value.get("successThreshold").as_i64().unwrap_or(0);
            if successes != 1 {
                errors.invalid(&at.child("successThreshold"), successes, "must be 1");
            }
        }
    }
}

/// Upstream: `pkg/apis/core/validation validateLifecycle`; stop signals are behind a feature that is off.
pub fn lifecycle(errors: &mut Errors, at: &Path<'_>, lifecycle: &Value, grace: &Value) {
    for hook in ["postStart", "preStop"] {
        let value = lifecycle.get(hook);
        if !value.is_null() {
            let kinds = ["exec", "httpGet", "tcpSocket", "sleep"];
            handler(errors, &at.child(hook), value, &kinds, grace);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    fn of_container(container: Value) -> Vec<String> {
        let mut errors = Errors::default();
        let at = Path::root("c");
        probes(&mut errors, &at, &container);
        lifecycle(
            &mut errors,
            &at.child("lifecycle"),
            container.get("lifecycle"),
            &Value::Int(30),
        );
        errors.lines()
    }

    #[test]
    fn probes_and_hooks() {
        let cases = [
            (
                value!({"livenessProbe": {"successThreshold": 1}}),
                "c.livenessProbe: Required value: must specify a handler type",
            ),
            (
                value!({"livenessProbe": {"exec": {"command": ["a"]}, "tcpSocket": {"port": 1}, "successThreshold": 1}}),
                "c.livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type",
            ),
            (
                value!({"startupProbe": {"grpc": {"port": 1}, "successThreshold": 3}}),
                "c.startupProbe.successThreshold: Invalid value: 3: must be 1",
            ),
            (
                value!({"readinessProbe": {"grpc": {"port": 1}, "terminationGracePeriodSeconds": 10}}),
                "c.readinessProbe.terminationGracePeriodSeconds: Invalid value: 10: must not be set for readinessProbes",
            ),
            (
                value!({"readinessProbe": {"httpGet": {"path": "/", "scheme": "HTTP"}}}),
                "c.readinessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive",
            ),
            (
                value!({"readinessProbe": {"httpGet": {"path": "/", "port": "web", "scheme": "https"}}}),
                "c.readinessProbe.httpGet.scheme: Unsupported value: \"https\": supported values: \"HTTP\", \"HTTPS\"",
            ),
            (
                value!({"lifecycle": {"preStop": {}}}),
                "c.lifecycle.preStop: Required value: must specify a handler type",
            ),
            (
                value!({"lifecycle": {"preStop": {"sleep": {"seconds": 90}}}}),
                "c.lifecycle.preStop.sleep: Invalid value: 90: must be non-negative and less than terminationGracePeriodSeconds (30)",
            ),
        ];
        for (container, want) in cases {
            assert_eq!(of_container(container), [want]);
        }
    }
}
