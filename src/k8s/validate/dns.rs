//! Name resolution of pods, and the name that a pod gives itself.

use super::syntax::{ip, subdomain, subdomain_with_underscore};
use super::{Errors, Path};
use crate::k8s::Value;

const NAMESERVERS_MAX: usize = 3;
const SEARCHES_MAX: usize = 32;
const SEARCH_CHARS_MAX: usize = 2048;

/// Upstream: `pkg/apis/core/validation validatePodDNSConfig`.
pub fn dns_config(errors: &mut Errors, at: &Path<'_>, spec: &Value) {
    let config = spec.get("dnsConfig");
    let servers = config.get("nameservers");
    if spec.get("dnsPolicy").text() == "None" {
        if config.is_null() {
            errors.required(at, "must provide `dnsConfig` when `dnsPolicy` is None");
            return;
        }
        if servers.items().is_empty() {
            let detail = "must provide at least one DNS nameserver when `dnsPolicy` is None";
            errors.required(&at.child("nameservers"), detail);
            return;
        }
    }
    let list = at.child("nameservers");
    if servers.items().len() > NAMESERVERS_MAX {
        errors.invalid(&list, servers, "must not have more than 3 nameservers");
    }
    for (i, server) in servers.items().iter().enumerate() {
        errors.invalid_each(&list.index(i), server.text(), ip(server.text()));
    }
    let searches = config.get("searches");
    let list = at.child("searches");
    if searches.items().len() > SEARCHES_MAX {
        errors.invalid(&list, searches, "must not have more than 32 search paths");
    }
    let chars: usize = searches.items().iter().map(|s| s.text().len() + 1).sum();
    if chars > SEARCH_CHARS_MAX + 1 {
        let detail =
            "must not have more than 2048 characters (including spaces) in the search list";
        errors.invalid(&list, searches, detail);
    }
    for (i, search) in searches.items().iter().enumerate() {
        let search = search.text();
        if search != "." {
            let bare = search.strip_suffix('.').unwrap_or(search);
            errors.invalid_each(&list.index(i), bare, subdomain_with_underscore(bare));
        }
    }
    let list = at.child("options");
    for (i, option) in config.get("options").items().iter().enumerate() {
        if option.get("name").text().is_empty() {
            errors.required(&list.index(i), "must not be empty");
        }
    }
}

/// Upstream: `pkg/apis/core/validation validatePodHostName`.
pub fn hostname_override(errors: &mut Errors, at: &Path<'_>, spec: &Value) {
    let Some(name) = spec.get("hostnameOverride").as_str() else {
        return;
    };
    for field in ["setHostnameAsFQDN", "hostNetwork"] {
        if spec.get(field) == &Value::Bool(true) {
            errors.forbidden(at, &format!("may not be specified when {field} is true"));
        }
    }
    if name.len() > 64 {
        errors.too_long(at, 64);
    }
    errors.invalid_each(at, name, subdomain(name));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn configs() {
        let cases = [
            (
                value!({"dnsPolicy": "None", "dnsConfig": {}}),
                "d.nameservers: Required value: must provide at least one DNS nameserver when `dnsPolicy` is None",
            ),
            (
                value!({"dnsConfig": {"nameservers": ["1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4"]}}),
                "d.nameservers: Invalid value: [\"1.1.1.1\",\"1.1.1.2\",\"1.1.1.3\",\"1.1.1.4\"]: must not have more than 3 nameservers",
            ),
            (
                value!({"dnsConfig": {"searches": [".", "_x.local."], "options": [{"value": "a"}]}}),
                "d.options[0]: Required value: must not be empty",
            ),
        ];
        for (spec, want) in cases {
            let mut errors = Errors::default();
            dns_config(&mut errors, &Path::root("d"), &spec);
            assert_eq!(errors.lines(), [want]);
        }
    }

    #[test]
    fn own_names() {
        let mut errors = Errors::default();
        let spec = value!({"hostnameOverride": "a.b", "hostNetwork": true});
        hostname_override(&mut errors, &Path::root("h"), &spec);
        assert_eq!(
            errors.lines(),
            ["h: Forbidden: may not be specified when hostNetwork is true"]
        );
    }
}
