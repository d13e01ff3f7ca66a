//! The written form of single texts: ports, environment names, addresses, paths. An empty answer means that the
//! text is well formed; otherwise it holds the server's sentences.

use super::{Errors, Path};
use crate::k8s::names::lower_alphanumeric;
use std::net::Ipv6Addr;

pub use crate::k8s::int_or_percent::percent_errors as percent;
pub use crate::k8s::names::{
    config_key_errors as config_key, dns1123_label_errors as label,
    dns1123_subdomain_errors as subdomain, env_var_name_errors as env_name,
    http_header_errors as header_name, label_value_errors as label_value,
    path_segment_errors as path_segment, port_name_errors as port_name,
    port_number_errors as port_number, qualified_name_errors as qualified_name,
};

/// Sentences about a malformed text. Empty vectors do not allocate.
pub type Sentences = Vec<String>;

fn one(sentence: &str) -> Sentences {
    vec![sentence.to_owned()]
}

/// Like [`subdomain`], but parts may begin with and contain `_`.
pub fn subdomain_with_underscore(text: &str) -> Sentences {
    let mut out = Sentences::new();
    if text.len() > 253 {
        out.push("must be no more than 253 characters".to_owned());
    }
    let part = |part: &str| {
        let rest = part.strip_prefix('_').unwrap_or(part).as_bytes();
        rest.first().is_some_and(|&b| lower_alphanumeric(b))
            && rest.last().is_some_and(|&b| lower_alphanumeric(b))
            && rest
                .iter()
                .all(|&b| lower_alphanumeric(b) || b == b'-' || b == b'_')
    };
    if !text.split('.').all(part) {
        out.push("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')".to_owned());
    }
    out
}

/// The number of a user or group.
pub fn id_number(id: i64) -> Sentences {
    if (0..=i64::from(i32::MAX)).contains(&id) {
        return Sentences::new();
    }
    one("must be between 0 and 2147483647, inclusive")
}

/// A prefix of names, as `generateName` holds it: a dash at its end is not held against it.
///
/// Upstream: `apimachinery/pkg/api/validation/generic.go maskTrailingDash`, which replaces the last two bytes.
pub fn masked_prefix(text: &str) -> String {
    match text.strip_suffix('-') {
        Some(rest) if !rest.is_empty() => {
            let mut kept: String = rest.to_owned();
            kept.pop();
            kept.push('a');
            kept
        }
        Some(_) | None => text.to_owned(),
    }
}

/// The four numbers of an IPv4 address; leading zeros are accepted and reported.
fn ipv4_sloppy(text: &str) -> Option<bool> {
    let mut zeros = false;
    let mut count = 0;
    for part in text.split('.') {
        count += 1;
        if part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        zeros |= part.len() > 1 && part.starts_with('0');
        let digits = part.trim_start_matches('0');
        if digits.len() > 3 || digits.parse::<u32>().unwrap_or(0) > 255 {
            return None;
        }
    }
    (count == 4).then_some(zeros)
}

/// An IP address.
pub fn ip(text: &str) -> Sentences {
    if text.contains(':') {
        return match text.parse::<Ipv6Addr>() {
            Ok(v6) if v6.to_ipv4_mapped().is_some() => {
                one("must not be an IPv4-mapped IPv6 address")
            }
            Ok(_) => Sentences::new(),
            Err(_) => one("must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"),
        };
    }
    match ipv4_sloppy(text) {
        Some(false) => Sentences::new(),
        Some(true) => one("must not have leading 0s"),
        None => one("must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"),
    }
}

/// A block of addresses such as `10.9.8.0/24`.
pub fn cidr(text: &str) -> Sentences {
    const BAD: &str = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
    let Some((address, length)) = text.split_once('/') else {
        return one(BAD);
    };
    let (bits_max, address_sentences) = (if address.contains(':') { 128 } else { 32 }, ip(address));
    let fits = |n: &str| n.bytes().all(|b| b.is_ascii_digit()) && !n.is_empty() && n.len() < 9;
    let bits = length.parse::<u32>().unwrap_or(u32::MAX);
    if !fits(length) || bits > bits_max {
        return one(BAD);
    }
    match address_sentences.first().map(String::as_str) {
        Some("must not have leading 0s") => one("must not have leading 0s in IP or prefix length"),
        Some("must not be an IPv4-mapped IPv6 address") => {
            one("must not have an IPv4-mapped IPv6 address")
        }
        Some(_) => one(BAD),
        None if length.len() > 1 && length.starts_with('0') => {
            one("must not have leading 0s in IP or prefix length")
        }
        None if has_bits_beyond(address, bits) => {
            one("must not have bits set beyond the prefix length")
        }
        None => Sentences::new(),
    }
}

fn has_bits_beyond(address: &str, bits: u32) -> bool {
    if let Ok(v6) = address.parse::<Ipv6Addr>() {
        return bits < 128 && v6.to_bits() << bits != 0;
    }
    match address.parse::<std::net::Ipv4Addr>() {
        Ok(v4) => bits < 32 && v4.to_bits() << bits != 0,
        Err(_) => false,
    }
}

/// No part of the path may be `..`.
pub fn no_backsteps(errors: &mut Errors, at: &Path<'_>, path: &str) {
    if path.split('/').any(|part| part == "..") {
        errors.invalid(at, path, "must not contain '..'");
    }
}

/// A relative path without `..`.
pub fn descending_path(errors: &mut Errors, at: &Path<'_>, path: &str) {
    if path.starts_with('/') {
        errors.invalid(at, path, "must be a relative path");
    }
    no_backsteps(errors, at, path);
}

/// A relative path that neither contains nor begins with `..`.
pub fn local_path(errors: &mut Errors, at: &Path<'_>, path: &str) {
    descending_path(errors, at, path);
    if path.starts_with("..") && !path.starts_with("../") {
        errors.invalid(at, path, "must not start with '..'");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(masked_prefix("ab-"), "aa");
        assert_eq!(masked_prefix("-"), "-");
        for (name, good) in [("_a.b_c", true), ("a", true), ("a..b", false), ("_", false)] {
            assert_eq!(subdomain_with_underscore(name).is_empty(), good, "{name}");
        }
    }

    #[test]
    fn addresses() {
        for (text, fault) in [
            ("10.0.0.1", ""),
            ("2001:db8::1", ""),
            ("10.0.0.01", "must not have leading 0s"),
            ("::ffff:1.2.3.4", "must not be an IPv4-mapped IPv6 address"),
        ] {
            assert_eq!(ip(text).join(";"), fault, "{text}");
        }
        for bad in ["", "node", "10.0.0", "256.0.0.1", "1.2.3.4.5", ":::"] {
            assert!(ip(bad)[0].starts_with("must be a valid IP"), "{bad}");
        }
        assert!(cidr("10.0.0.0/8").is_empty());
        assert!(cidr("0.0.0.0/0").is_empty());
        assert_eq!(
            cidr("10.0.0.1/8"),
            ["must not have bits set beyond the prefix length"]
        );
        assert_eq!(cidr("10.0.0.0/33").len(), 1);
    }
}
