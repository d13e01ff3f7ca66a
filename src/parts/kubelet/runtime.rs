//! The pretended container runtime: what an image and a command do, told from their words alone.

use crate::k8s::Str;
use crate::k8s::api::{Container, Probe};
use crate::sim::SimSpan;

/// The size of every image, in bytes.
pub const IMAGE_SIZE: i64 = 73_400_320;

/// How a container ends by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outcome {
    pub after: SimSpan,
    pub code: i64,
}

/// What a container does: None runs until it is stopped.
pub fn outcome(container: &Container) -> Option<Outcome> {
    let words: Vec<&str> = container
        .command
        .iter()
        .chain(&container.args)
        .map(Str::as_str)
        .collect();
    let line = words.join(" ");
    let slept = number_after(&line, "sleep").map(SimSpan::from_secs);
    if ["sleep infinity", "while true", "sleep inf"]
        .iter()
        .any(|endless| line.contains(endless))
    {
        return None;
    }
    let after = slept.unwrap_or(SimSpan::ZERO);
    if let Some(code) = number_after(&line, "exit") {
        let code = i64::try_from(code % 256).unwrap_or(0);
        return Some(Outcome { after, code });
    }
    if slept.is_some() {
        return Some(Outcome { after, code: 0 });
    }
    let ends = |after, code| {
        Some(Outcome {
            after: SimSpan::from_secs(after),
            code,
        })
    };
    let Some(first) = words.first() else {
        return if container.image.starts_with("busybox") {
            ends(0, 0)
        } else {
            None
        };
    };
    match program(first) {
        "false" => ends(0, 1),
        "true" | "echo" | "date" => ends(0, 0),
        "perl" => ends(5, 0),
        "sh" | "bash" if line.contains("echo") => ends(0, 0),
        _ => None,
    }
}

/// The last part of a path.
fn program(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// The number behind the first `word` that stands by itself and is followed by one blank and digits.
fn number_after(line: &str, word: &str) -> Option<u64> {
    let mut from = 0;
    while let Some(at) = line.get(from..).and_then(|rest| rest.find(word)) {
        let start = from + at;
        from = start + word.len();
        let alone = !line[..start].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let Some(rest) = line[from..].strip_prefix(' ') else {
            continue;
        };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if alone && digits > 0 {
            // More digits than a number holds: longer than any run.
            return Some(rest[..digits].parse().unwrap_or(u64::MAX / 4096));
        }
    }
    None
}

/// Why a command run inside a container fails; None: it succeeds.
pub fn exec_fails(command: &[Str]) -> bool {
    command.first().is_some_and(|word| program(word) == "false")
}

/// What a probe finds: None is a success, else the output that the kubelet reports.
pub fn probe_output(
    probe: &Probe,
    pod_ip: &str,
    port: impl Fn(&crate::k8s::Value) -> String,
) -> Option<String> {
    if let Some(exec) = &probe.exec {
        return exec_fails(&exec.command).then(String::new);
    }
    let refused = |port: &str| format!("dial tcp {pod_ip}:{port}: connect: connection refused");
    if !probe.http_get.is_null() {
        let scheme = probe.http_get.get("scheme").text().to_lowercase();
        let scheme = if scheme.is_empty() { "http" } else { &scheme };
        let host = probe.http_get.get("host").text();
        let host = if host.is_empty() { pod_ip } else { host };
        let path = probe.http_get.get("path").text();
        let slash = if path.starts_with('/') { "" } else { "/" };
        let port = port(probe.http_get.get("port"));
        return Some(format!(
            "Get \"{scheme}://{host}:{port}{slash}{path}\": {}",
            refused(&port)
        ));
    }
    if !probe.tcp_socket.is_null() {
        return Some(refused(&port(probe.tcp_socket.get("port"))));
    }
    if !probe.grpc.is_null() {
        let port = port(probe.grpc.get("port"));
        return Some(format!(
            "timeout: failed to connect service \"{pod_ip}:{port}\" within 1s: context deadline exceeded"
        ));
    }
    None
}

/// The image's name with its tag: `latest` when it has none.
pub fn with_tag(image: &str) -> String {
    let name = image.rsplit('/').next().unwrap_or(image);
    if name.contains(':') || image.contains('@') {
        image.to_owned()
    } else {
        format!("{image}:latest")
    }
}

/// The image's whole name: registry and library spelled out.
pub fn full_name(image: &str) -> String {
    let image = with_tag(image);
    match image.split_once('/') {
        None => format!("docker.io/library/{image}"),
        Some((host, _)) if !host.contains(['.', ':']) => format!("docker.io/{image}"),
        Some(_) => image,
    }
}

/// The registry has no such image: its host ends in `.invalid`, or its tag tells.
pub fn is_missing(image: &str) -> bool {
    const TAGS: [&str; 7] = [
        "missing",
        "broken",
        "bad",
        "nonexistent",
        "does-not-exist",
        "doesnotexist",
        "no-such-tag",
    ];
    if let Some((host, _)) = image.split_once('/') {
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            Some(_) | None => host,
        };
        if name == "invalid" || name.ends_with(".invalid") {
            return true;
        }
    }
    image
        .rsplit_once(':')
        .is_some_and(|(_, tag)| TAGS.contains(&tag))
}

/// What the runtime says of an image that is not there.
pub fn not_found(image: &str) -> String {
    let full = full_name(image);
    format!(
        "rpc error: code = NotFound desc = failed to pull and unpack image \"{full}\": failed to resolve reference \"{full}\": {full}: not found"
    )
}

/// What the runtime says when the registry does not answer.
pub fn registry_down(image: &str) -> String {
    let full = full_name(image);
    let (host, path) = full.split_once('/').unwrap_or(("docker.io", &full));
    let (path, tag) = path.rsplit_once(':').unwrap_or((path, "latest"));
    let host = if host == "docker.io" {
        "registry-1.docker.io"
    } else {
        host
    };
    format!(
        "rpc error: code = Unknown desc = failed to pull and unpack image \"{full}\": failed to resolve reference \"{full}\": failed to do request: Head \"https://{host}/v2/{path}/manifests/{tag}\": dial tcp: lookup {host}: i/o timeout"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(image: &'static str, command: &[&'static str]) -> Container {
        Container {
            image: image.into(),
            command: command.iter().map(|word| Str::from(*word)).collect(),
            ..Container::default()
        }
    }

    #[test]
    fn commands_tell_how_a_container_ends() {
        let rows: [(&str, &[&str], Option<(u64, i64)>); 15] = [
            ("nginx", &[], None),
            ("busybox:1.36", &[], Some((0, 0))),
            ("x", &["sleep", "30"], Some((30, 0))),
            ("x", &["sh", "-c", "sleep 1; exit 3"], Some((1, 3))),
            ("x", &["sh", "-c", "exit 7"], Some((0, 7))),
            ("x", &["/bin/false"], Some((0, 1))),
            ("x", &["/bin/true"], Some((0, 0))),
            ("x", &["date"], Some((0, 0))),
            ("x", &["perl", "-e", "1"], Some((5, 0))),
            ("x", &["sh", "-c", "echo hello"], Some((0, 0))),
            ("x", &["sh", "-c", "echo done; sleep infinity"], None),
            ("x", &["sh", "-c", "while true; do sleep 5; done"], None),
            ("x", &["sh", "-c", "nosleep 4"], None),
            ("busybox", &["telegraf"], None),
            (
                "x",
                &["sh", "-c", "sleep 99999999999999999999"],
                Some((u64::MAX / 4096, 0)),
            ),
        ];
        for (image, command, wanted) in rows {
            let found = outcome(&container(image, command));
            let wanted = wanted.map(|(after, code)| Outcome {
                after: SimSpan::from_secs(after),
                code,
            });
            assert_eq!(found, wanted, "{image} {command:?}");
        }
    }

    #[test]
    fn images_that_are_not_found() {
        let rows = [
            ("app:missing", true),
            ("app:1", false),
            ("registry.invalid/gpu/plugin:0.17", true),
            ("registry.invalid:5000/x", true),
            ("invalid/x:1", true),
            ("notinvalid/x:1", false),
            ("a.b/x:broken", true),
            ("a.b/x:no-such-tag", true),
            ("nginx", false),
        ];
        for (image, missing) in rows {
            assert_eq!(is_missing(image), missing, "{image}");
        }
        let names = [
            ("nginx", "docker.io/library/nginx:latest"),
            ("a/b:1", "docker.io/a/b:1"),
            ("a.b/c", "a.b/c:latest"),
            ("localhost:5000/c:2", "localhost:5000/c:2"),
        ];
        for (image, full) in names {
            assert_eq!(full_name(image), full);
        }
    }
}
