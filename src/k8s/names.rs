//! Name and label syntax, in the server's words, and generated names.
//!
//! Each `…_errors` function returns every sentence the server would print; an empty list means valid.

/// Letters and digits of generated names and hashes: no vowels and no look-alikes.
pub const SAFE_ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// Characters of a generated suffix.
pub const SUFFIX_LENGTH: usize = 5;

/// Longest base of a generated name; more is cut.
pub const BASE_LENGTH_MAX: usize = 63 - SUFFIX_LENGTH;

const LABEL_MAX: usize = 63;
const SUBDOMAIN_MAX: usize = 253;

const LABEL_FORMAT: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN_FORMAT: &str = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
const QUALIFIED_FORMAT: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const LABEL_VALUE_FORMAT: &str = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";
const QUALIFIED_RULE: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/// Upstream: apimachinery/pkg/api/validate/content/errors.go `RegexError`.
pub fn regex_error(message: &str, format: &str, examples: &[&str]) -> String {
    let mut text = format!("{message} (");
    for (i, example) in examples.iter().enumerate() {
        text.push_str(if i == 0 { "e.g. '" } else { " or '" });
        text.push_str(example);
        text.push_str("', ");
    }
    text.push_str("regex used for validation is '");
    text.push_str(format);
    text.push_str("')");
    text
}

fn too_long(limit: usize) -> String {
    format!("must be no more than {limit} characters")
}

fn too_many_bytes(limit: usize) -> String {
    format!("must be no more than {limit} bytes")
}

pub(super) fn lower_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

/// `first` and `last` hold at the ends, `inner` in between.
fn shaped(text: &str, first: fn(u8) -> bool, inner: fn(u8) -> bool, last: fn(u8) -> bool) -> bool {
    match text.as_bytes() {
        [] => false,
        [only] => first(*only) && last(*only),
        [start, middle @ .., end] => {
            first(*start) && middle.iter().all(|b| inner(*b)) && last(*end)
        }
    }
}

fn is_dns_label(text: &str) -> bool {
    shaped(
        text,
        lower_alphanumeric,
        |b| lower_alphanumeric(b) || b == b'-',
        lower_alphanumeric,
    )
}

fn is_qualified_part(text: &str) -> bool {
    let alphanumeric = |b: u8| b.is_ascii_alphanumeric();
    shaped(
        text,
        alphanumeric,
        |b| b.is_ascii_alphanumeric() || b"-_.".contains(&b),
        alphanumeric,
    )
}

/// DNS-1123 label: names of containers, volumes, namespaces.
///
/// Upstream: apimachinery/pkg/util/validation/validation.go `IsDNS1123Label`.
pub fn dns1123_label_errors(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if text.len() > LABEL_MAX {
        errors.push(too_long(LABEL_MAX));
    }
    if !is_dns_label(text) {
        // A name that would be a subdomain has one fault only.
        if is_subdomain(text) {
            errors.push("must not contain dots".to_owned());
        } else {
            errors.push(regex_error(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
                LABEL_FORMAT,
                &["my-name", "123-abc"],
            ));
        }
    }
    errors
}

fn is_subdomain(text: &str) -> bool {
    text.split('.').all(is_dns_label)
}

fn subdomain_regex_error() -> String {
    regex_error(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
        SUBDOMAIN_FORMAT,
        &["example.com"],
    )
}

/// DNS-1123 subdomain: most object names.
///
/// Upstream: apimachinery/pkg/util/validation/validation.go `IsDNS1123Subdomain`.
pub fn dns1123_subdomain_errors(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if text.len() > SUBDOMAIN_MAX {
        errors.push(too_long(SUBDOMAIN_MAX));
    }
    if !is_subdomain(text) {
        errors.push(subdomain_regex_error());
    }
    errors
}

/// What is wrong with a generateName: a trailing dash is taken off first, since letters will follow it.
///
/// Upstream: apimachinery/pkg/api/validation/generic.go `maskTrailingDash`.
pub fn mask_trailing_dash(prefix: &str) -> String {
    match prefix.strip_suffix('-') {
        Some(base) if !base.is_empty() => format!("{base}a"),
        Some(_) | None => prefix.to_owned(),
    }
}

/// Label, annotation, taint and toleration keys: optional subdomain and `/`, then a name part.
///
/// Upstream: apimachinery/pkg/api/validate/content/kube.go `IsQualifiedName`.
pub fn qualified_name_errors(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    let parts: Vec<&str> = text.split('/').collect();
    let name = match parts.as_slice() {
        [name] => *name,
        [prefix, name] => {
            if prefix.is_empty() {
                errors.push("prefix part must be non-empty".to_owned());
            } else {
                if prefix.len() > SUBDOMAIN_MAX {
                    errors.push(format!("prefix part {}", too_many_bytes(SUBDOMAIN_MAX)));
                }
                if !is_subdomain(prefix) {
                    errors.push(format!("prefix part {}", subdomain_regex_error()));
                }
            }
            *name
        }
        _ => {
            let rule = regex_error(
                &format!("a valid label key {QUALIFIED_RULE}"),
                QUALIFIED_FORMAT,
                &["MyName", "my.name", "123-abc"],
            );
            return vec![format!(
                "{rule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            )];
        }
    };
    if name.is_empty() {
        errors.push("name part must be non-empty".to_owned());
    } else if name.len() > LABEL_MAX {
        errors.push(format!("name part {}", too_many_bytes(LABEL_MAX)));
    }
    if !is_qualified_part(name) {
        let rule = regex_error(
            QUALIFIED_RULE,
            QUALIFIED_FORMAT,
            &["MyName", "my.name", "123-abc"],
        );
        errors.push(format!("name part {rule}"));
    }
    errors
}

/// Label and taint values, which may be empty.
///
/// Upstream: apimachinery/pkg/api/validate/content/kube.go `IsLabelValue`.
pub fn label_value_errors(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if text.len() > LABEL_MAX {
        errors.push(too_many_bytes(LABEL_MAX));
    }
    if !text.is_empty() && !is_qualified_part(text) {
        errors.push(regex_error(
            &format!(
                "a valid label must be an empty string or {}",
                QUALIFIED_RULE.trim_start_matches("must ")
            ),
            LABEL_VALUE_FORMAT,
            &["MyValue", "my_value", "12345"],
        ));
    }
    errors
}

/// Names of ports.
///
/// Upstream: apimachinery/pkg/util/validation/validation.go `IsValidPortName`.
pub fn port_name_errors(text: &str) -> Vec<String> {
    const MAX: usize = 15;
    let mut errors: Vec<&str> = Vec::new();
    if text.len() > MAX {
        errors.push("must be no more than 15 characters");
    }
    let charset = !text.is_empty() && text.bytes().all(|b| lower_alphanumeric(b) || b == b'-');
    if !charset {
        errors.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
    }
    if !text.bytes().any(|b| b.is_ascii_lowercase()) {
        errors.push("must contain at least one letter (a-z)");
    }
    if text.contains("--") {
        errors.push("must not contain consecutive hyphens");
    }
    if text.starts_with('-') || text.ends_with('-') {
        errors.push("must not begin or end with a hyphen");
    }
    errors.into_iter().map(str::to_owned).collect()
}

/// Numbers of ports.
///
/// Upstream: apimachinery/pkg/util/validation/validation.go `IsValidPortNum`.
pub fn port_number_errors(port: i64) -> Vec<String> {
    if (1..=65535).contains(&port) {
        Vec::new()
    } else {
        vec!["must be between 1 and 65535, inclusive".to_owned()]
    }
}

/// Names of environment variables: printable ASCII without `=`.
///
/// Upstream: apimachinery/pkg/util/validation/validation.go `IsRelaxedEnvVarName`.
pub fn env_var_name_errors(text: &str) -> Vec<String> {
    if text.is_empty() {
        return vec!["environment variable name must be non-empty".to_owned()];
    }
    if text
        .bytes()
        .all(|b| (b' '..=b'~').contains(&b) && b != b'=')
    {
        Vec::new()
    } else {
        vec![
            "a valid environment variable name must consist only of printable ASCII characters other than '='"
                .to_owned(),
        ]
    }
}

/// Keys of a ConfigMap or Secret.
///
/// Upstream: apimachinery/pkg/util/validation/validation.go `IsConfigMapKey`.
pub fn config_key_errors(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if text.len() > SUBDOMAIN_MAX {
        errors.push(too_long(SUBDOMAIN_MAX));
    }
    let inner = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    if text.is_empty() || !text.bytes().all(inner) {
        errors.push(regex_error(
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
            "[-._a-zA-Z0-9]+",
            &["key.name", "KEY_NAME", "key-name"],
        ));
    }
    if text == "." {
        errors.push("must not be '.'".to_owned());
    } else if text == ".." {
        errors.push("must not be '..'".to_owned());
    } else if text.starts_with("..") {
        errors.push("must not start with '..'".to_owned());
    }
    errors
}

/// Names of HTTP headers in probes.
///
/// Upstream: apimachinery/pkg/util/validation/validation.go `IsHTTPHeaderName`.
pub fn http_header_errors(text: &str) -> Vec<String> {
    let valid = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if !text.is_empty() && text.bytes().all(valid) {
        return Vec::new();
    }
    vec![regex_error(
        "a valid HTTP header must consist of alphanumeric characters or '-'",
        "[-A-Za-z0-9]+",
        &["X-Header-Name"],
    )]
}

/// What the client refuses in a name that becomes part of a URL.
///
/// Upstream: apimachinery/pkg/api/validation/path/name.go `IsValidPathSegmentName`.
pub fn path_segment_errors(name: &str) -> Vec<String> {
    if name == "." || name == ".." {
        return vec![format!("may not be '{name}'")];
    }
    ['/', '%']
        .into_iter()
        .filter(|c| name.contains(*c))
        .map(|c| format!("may not contain '{c}'"))
        .collect()
}

/// Five letters of the safe alphabet, one per number drawn.
pub fn random_suffix(mut draw: impl FnMut() -> u32) -> String {
    let alphabet = u32::try_from(SAFE_ALPHABET.len()).expect("27 letters");
    let letter = |n: u32| char::from(SAFE_ALPHABET[(n % alphabet) as usize]);
    (0..SUFFIX_LENGTH).map(|_| letter(draw())).collect()
}

/// A generated name: the base, cut to 58 bytes, and five letters.
///
/// Upstream: apiserver/pkg/storage/names/generate.go `GenerateName`.
pub fn generate_name(base: &str, draw: impl FnMut() -> u32) -> String {
    let end = (0..=BASE_LENGTH_MAX.min(base.len()))
        .rev()
        .find(|i| base.is_char_boundary(*i))
        .unwrap_or(0);
    let cut = &base[..end];
    format!("{cut}{}", random_suffix(draw))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    const NAME_PART: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    #[test]
    fn subdomains() {
        for good in ["a", "a-b.c", "2024", "a.b.c-1"] {
            assert!(dns1123_subdomain_errors(good).is_empty(), "{good}");
        }
        for bad in [
            "",
            "A",
            "a_b",
            "-a",
            "a-",
            "a..b",
            "a.-b",
            ".",
            "a b",
            "k\u{fc}che",
        ] {
            assert_eq!(dns1123_subdomain_errors(bad), [SUBDOMAIN], "{bad}");
        }
        assert_eq!(
            dns1123_subdomain_errors(&"a".repeat(254)),
            ["must be no more than 253 characters"]
        );
    }

    #[test]
    fn labels() {
        assert_eq!(dns1123_label_errors("a.b"), ["must not contain dots"]);
        assert_eq!(
            dns1123_label_errors("Bad_Name"),
            [
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
            ]
        );
        assert_eq!(
            dns1123_label_errors(&"n".repeat(64)),
            ["must be no more than 63 characters"]
        );
    }

    #[test]
    fn qualified_names() {
        for good in ["app", "App_1.x", "example.com/app", "a.b/C"] {
            assert!(qualified_name_errors(good).is_empty(), "{good}");
        }
        assert_eq!(qualified_name_errors("my app"), [NAME_PART]);
        assert_eq!(
            qualified_name_errors(""),
            ["name part must be non-empty", NAME_PART]
        );
        assert_eq!(
            qualified_name_errors("/app"),
            ["prefix part must be non-empty"]
        );
        assert_eq!(
            qualified_name_errors("Example.com/app"),
            [format!("prefix part {SUBDOMAIN}")]
        );
        assert_eq!(
            qualified_name_errors(&"k".repeat(64)),
            ["name part must be no more than 63 bytes"]
        );
        assert!(qualified_name_errors("a/b/c")[0].ends_with(
            "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        ));
    }

    #[test]
    fn label_values() {
        assert!(label_value_errors("").is_empty());
        assert!(label_value_errors("a_b.C-1").is_empty());
        assert_eq!(
            label_value_errors("a b"),
            [
                "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
            ]
        );
        assert_eq!(
            label_value_errors(&"v".repeat(64)),
            ["must be no more than 63 bytes"]
        );
    }

    #[test]
    fn port_names() {
        let charset = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
        let letter = "must contain at least one letter (a-z)";
        assert!(port_name_errors("web-1").is_empty());
        assert_eq!(
            port_name_errors("web-frontend-one"),
            ["must be no more than 15 characters"]
        );
        assert_eq!(port_name_errors("Web"), [charset]);
        assert_eq!(port_name_errors("A"), [charset, letter]);
        assert_eq!(port_name_errors("8080"), [letter]);
        assert_eq!(
            port_name_errors("web--a"),
            ["must not contain consecutive hyphens"]
        );
        assert_eq!(
            port_name_errors("web-"),
            ["must not begin or end with a hyphen"]
        );
    }

    #[test]
    fn generated_names() {
        let mut n = 0;
        let mut draw = || {
            n += 1;
            n
        };
        assert_eq!(generate_name("nginx-", &mut draw), "nginx-cdfgh");
        let long = generate_name(&"x".repeat(80), &mut draw);
        assert_eq!(long.len(), 63);
        assert!(dns1123_label_errors(&long).is_empty());
    }

    #[test]
    fn config_keys() {
        assert!(config_key_errors("app.conf").is_empty());
        assert_eq!(config_key_errors(".."), ["must not be '..'"]);
        assert_eq!(config_key_errors("..a b").len(), 2);
        assert_eq!(config_key_errors("").len(), 1);
    }

    #[test]
    fn path_segments() {
        assert_eq!(path_segment_errors("a/b"), ["may not contain '/'"]);
        assert_eq!(path_segment_errors("."), ["may not be '.'"]);
        assert!(path_segment_errors("a.b").is_empty());
    }
}
