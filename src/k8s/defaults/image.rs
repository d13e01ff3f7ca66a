//! Image names, as far as defaults need them: is the tag `latest`?

/// The tag of an image name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Tag {
    /// Written, or neither tag nor digest.
    Latest,
    /// Another tag, a digest, or a name that cannot be read.
    Other,
}

/// Reads the tag of an image name.
///
/// Upstream: pkg/util/parsers/parsers.go `ParseImageName`.
pub(super) fn tag(image: &str) -> Tag {
    let (rest, digest) = match image.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (image, None),
    };
    let last = rest.rfind('/').map_or(0, |i| i + 1);
    let (name, tag) = match rest[last..].find(':') {
        Some(i) => (&rest[..last + i], Some(&rest[last + i + 1..])),
        None => (rest, None),
    };
    if !name_is_valid(name) || !tag.is_none_or(tag_is_valid) || !digest.is_none_or(digest_is_valid)
    {
        return Tag::Other;
    }
    match (tag, digest) {
        (Some("latest"), _) | (None, None) => Tag::Latest,
        (Some(_) | None, _) => Tag::Other,
    }
}

fn name_is_valid(name: &str) -> bool {
    let hex = name.len() == 64 && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let path = match name.split_once('/') {
        Some((host, path)) if is_host(host) => {
            if !host_is_valid(host) {
                return false;
            }
            path
        }
        Some(_) | None => name,
    };
    !hex && name.len() <= 255 && path.split('/').all(component_is_valid)
}

/// A first part is a host when it looks like one; others are paths on the usual registry.
fn is_host(part: &str) -> bool {
    part.contains(['.', ':']) || part == "localhost" || part.to_lowercase() != part
}

fn host_is_valid(host: &str) -> bool {
    let (name, port) = match host.split_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (host, None),
    };
    let label = |l: &str| {
        let inner = l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        !l.is_empty() && inner && !l.starts_with('-') && !l.ends_with('-')
    };
    let digits = |p: &str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit());
    name.split('.').all(label) && port.is_none_or(digits)
}

/// Lower-case words, joined by one dot, one or two underscores or any dashes.
fn component_is_valid(component: &str) -> bool {
    let word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = component.as_bytes();
    let ends = bytes.first().copied().is_some_and(word) && bytes.last().copied().is_some_and(word);
    let joints = component.split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    ends && joints
        .filter(|j| !j.is_empty())
        .all(|j| matches!(j, "." | "_" | "__") || j.bytes().all(|b| b == b'-'))
}

fn tag_is_valid(tag: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let first = tag.bytes().next().is_some_and(word);
    first && tag.len() <= 128 && tag.bytes().all(|b| word(b) || matches!(b, b'.' | b'-'))
}

fn digest_is_valid(digest: &str) -> bool {
    digest.split_once(':').is_some_and(|(algorithm, hex)| {
        let named = algorithm
            .bytes()
            .next()
            .is_some_and(|b| b.is_ascii_alphabetic());
        named && hex.len() >= 32 && hex.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_latest() {
        for image in [
            "nginx",
            "nginx:latest",
            "a/b/c",
            "localhost:5000/x",
            "reg.io:80/a_b/c--d:latest",
            "Reg/x",
        ] {
            assert_eq!(tag(image), Tag::Latest, "{image}");
        }
        let digest = format!("nginx@sha256:{}", "0a".repeat(32));
        for image in [
            "nginx:1.27",
            "localhost:5000/x:2",
            "",
            "UPPER",
            "a b",
            "x:",
            "nginx:a b",
            "a..b",
            digest.as_str(),
            "x/Y",
        ] {
            assert_eq!(tag(image), Tag::Other, "{image}");
        }
    }
}
