//! Whether the name of an image can be read at all.
//!
//! Upstream: github.com/distribution/reference `ParseNormalizedNamed`

/// Why a name cannot be read.
pub fn fault(name: &str) -> Option<String> {
    let invalid = || Some("invalid reference format".to_owned());
    let (rest, digest) = name
        .split_once('@')
        .map_or((name, None), |(r, d)| (r, Some(d)));
    if digest.is_some_and(|d| !digest_reads(d)) {
        return invalid();
    }
    let slash = rest.rfind('/').map_or(0, |i| i + 1);
    let (path, tag) = match rest[slash..].find(':') {
        Some(i) => (&rest[..slash + i], Some(&rest[slash + i + 1..])),
        None => (rest, None),
    };
    if tag.is_some_and(|t| !tag_reads(t)) {
        return invalid();
    }
    let path = match path.split_once('/') {
        Some((first, rest)) if is_domain(first) => {
            if !domain_reads(first) {
                return invalid();
            }
            rest
        }
        _ => path,
    };
    if path.chars().any(|c| c.is_ascii_uppercase()) {
        let full = if path.contains('/') {
            path.to_owned()
        } else {
            format!("library/{path}")
        };
        return Some(format!(
            "invalid reference format: repository name ({full}) must be lowercase"
        ));
    }
    if path.split('/').all(component_reads) {
        None
    } else {
        invalid()
    }
}

/// The first part of a path is a registry when it looks like a host.
fn is_domain(first: &str) -> bool {
    first.contains(['.', ':'])
        || first == "localhost"
        || first.chars().any(|c| c.is_ascii_uppercase())
}

fn domain_reads(domain: &str) -> bool {
    let (host, port) = domain
        .split_once(':')
        .map_or((domain, None), |(h, p)| (h, Some(p)));
    let digits = |p: &str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit());
    let label = |l: &str| {
        !l.is_empty()
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    port.is_none_or(digits) && host.split('.').all(label)
}

fn tag_reads(tag: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let inner = |b: u8| word(b) || b == b'.' || b == b'-';
    tag.len() <= 128 && tag.bytes().next().is_some_and(word) && tag.bytes().all(inner)
}

fn digest_reads(digest: &str) -> bool {
    let Some((algorithm, hex)) = digest.split_once(':') else {
        return false;
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"+._-".contains(&b);
    !algorithm.is_empty()
        && algorithm.bytes().all(plain)
        && hex.len() >= 32
        && hex.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Lower-case words joined by one dot, one or two underscores, or any number of dashes.
fn component_reads(component: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if !component.starts_with(is_word) || !component.ends_with(is_word) {
        return false;
    }
    let joint =
        |j: &str| j.is_empty() || matches!(j, "." | "_" | "__") || j.bytes().all(|b| b == b'-');
    component.split(is_word).all(joint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_images() {
        for good in [
            "nginx",
            "nginx:1.27",
            "docker.io/library/nginx:1.7.9",
            "localhost:5000/a/b_c/d--e:v1",
            "registry.k8s.io/pause@sha256:0123456789abcdef0123456789abcdef",
            "a__b",
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            "nginx:{{ .Values.tag }}",
            "nginx:",
            "a b",
            "-a",
            "a..b",
            "a/",
            "x@sha256:1",
            "",
        ] {
            assert_eq!(
                fault(bad).as_deref(),
                Some("invalid reference format"),
                "{bad}"
            );
        }
        let upper = "invalid reference format: repository name (library/Nginx) must be lowercase";
        assert_eq!(fault("Nginx").as_deref(), Some(upper));
    }
}
