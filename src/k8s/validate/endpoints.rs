//! Addresses that are written by hand.

use super::ports::protocol;
use super::service::external_ip;
use super::syntax::{ip, label, port_number, qualified_name, subdomain};
use super::{Errors, Path};
use crate::k8s::Value;

/// Upstream: `pkg/apis/core/validation validateEndpointSubsets`.
pub fn subsets(errors: &mut Errors, subsets: &Value) {
    let all = Path::root("subsets");
    for (i, subset) in subsets.items().iter().enumerate() {
        let at = all.index(i);
        let (good, bad) = (subset.get("addresses"), subset.get("notReadyAddresses"));
        if good.is_empty() && bad.is_empty() {
            errors.required(&at, "must specify `addresses` or `notReadyAddresses`");
        }
        for (field, list) in [("addresses", good), ("notReadyAddresses", bad)] {
            let at = at.child(field);
            for (i, one) in list.items().iter().enumerate() {
                address(errors, &at.index(i), one);
            }
        }
        let ports = subset.get("ports").items();
        let at = at.child("ports");
        for (i, one) in ports.iter().enumerate() {
            port(errors, &at.index(i), one, ports.len() > 1);
        }
    }
}

fn address(errors: &mut Errors, at: &Path<'_>, address: &Value) {
    let text = address.get("ip").text();
    let hostname = address.get("hostname").text();
    let node = address.get("nodeName").text();
    let here = at.child("ip");
    let form = ip(text);
    let wrong = !form.is_empty();
    errors.invalid_each(&here, text, form);
    if !hostname.is_empty() {
        errors.invalid_each(&at.child("hostname"), hostname, label(hostname));
    }
    if !node.is_empty() {
        errors.invalid_each(&at.child("nodeName"), node, subdomain(node));
    }
    if wrong {
        errors.invalid(&here, text, "must be a valid IP address");
    } else {
        external_ip(errors, &here, text);
    }
}

fn port(errors: &mut Errors, at: &Path<'_>, port: &Value, named: bool) {
    let name = port.get("name").text();
    if !name.is_empty() {
        errors.invalid_each(&at.child("name"), name, label(name));
    } else if named {
        errors.required(&at.child("name"), "");
    }
    let number = port.get("port").as_i64().unwrap_or(0);
    errors.invalid_each(&at.child("port"), number, port_number(number));
    protocol(errors, &at.child("protocol"), port.get("protocol").text());
    let application = port.get("appProtocol").text();
    if !application.is_empty() {
        let at = at.child("appProtocol");
        errors.invalid_each(&at, application, qualified_name(application));
    }
}
