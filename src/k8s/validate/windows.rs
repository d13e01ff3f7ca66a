//! What a pod for Windows may not say.

use super::pod_spec::all_containers;
use super::syntax::subdomain;
use super::{Errors, Path, Shown};
use crate::k8s::Value;

const REFUSED: &str = "cannot be set for a windows pod";

/// Upstream: `pkg/apis/core/validation validateWindows`.
pub fn windows_pod(errors: &mut Errors, at: &Path<'_>, spec: &Value) {
    let context = spec.get("securityContext");
    let context_at = at.child("securityContext");
    let mut refuse = |in_context: bool, field: &str| {
        let (value, at) = if in_context {
            (context.get(field), &context_at)
        } else {
            (spec.get(field), at)
        };
        // Flags of the spec count only when they are on; all else counts when it is given.
        let flag = matches!(field, "hostPID" | "hostIPC" | "sysctls");
        let counts = !value.is_null() && (!flag || !value.is_empty());
        if counts {
            errors.forbidden(&at.child(field), REFUSED);
        }
    };
    for (in_context, field) in [
        (true, "appArmorProfile"),
        (true, "seLinuxOptions"),
        (false, "hostUsers"),
        (false, "hostPID"),
        (false, "hostIPC"),
        (true, "seccompProfile"),
        (true, "fsGroup"),
        (true, "fsGroupChangePolicy"),
        (true, "sysctls"),
        (false, "shareProcessNamespace"),
        (true, "runAsUser"),
        (true, "runAsGroup"),
        (true, "supplementalGroups"),
        (true, "supplementalGroupsPolicy"),
        (true, "seLinuxChangePolicy"),
    ] {
        refuse(in_context, field);
    }
    for (list, i, container) in all_containers(spec) {
        let list = at.child(list);
        let item = list.index(i);
        let at = item.child("securityContext");
        for field in [
            "appArmorProfile",
            "seLinuxOptions",
            "seccompProfile",
            "capabilities",
            "readOnlyRootFilesystem",
            "privileged",
            "allowPrivilegeEscalation",
            "procMount",
            "runAsUser",
            "runAsGroup",
        ] {
            if !container.get("securityContext").get(field).is_null() {
                errors.forbidden(&at.child(field), REFUSED);
            }
        }
    }
}

/// Contents of a credential spec, in KiB.
const GMSA_KIB_MAX: usize = 64;
/// Domains are shorter than this.
const DOMAIN_LIMIT: usize = 256;
const USER_MAX: usize = 104;

/// The Windows options of a pod's or a container's security context.
///
/// Upstream: `pkg/apis/core/validation validateWindowsSecurityContextOptions`.
pub fn windows_options(errors: &mut Errors, at: &Path<'_>, options: &Value) {
    if let Some(name) = options.get("gmsaCredentialSpecName").as_str() {
        let at = at.child("gmsaCredentialSpecName");
        errors.invalid_each(&at, name, subdomain(name));
    }
    if let Some(spec) = options.get("gmsaCredentialSpec").as_str() {
        let at = at.child("gmsaCredentialSpec");
        if spec.is_empty() {
            errors.invalid(&at, spec, "gmsaCredentialSpec cannot be an empty string");
        } else if spec.len() > GMSA_KIB_MAX * 1024 {
            let detail = format!("gmsaCredentialSpec size must be under {GMSA_KIB_MAX} KiB");
            errors.invalid(&at, spec, &detail);
        }
    }
    if let Some(name) = options.get("runAsUserName").as_str() {
        errors.invalid_each(&at.child("runAsUserName"), name, user_name(name));
    }
}

/// What is wrong with `user` or `domain\user`.
fn user_name(name: &str) -> Vec<String> {
    let say = |text: &str| format!("runAsUserName{text}");
    if name.is_empty() {
        return vec![say(" cannot be an empty string")];
    }
    if name.chars().any(|c| c.is_ascii_control()) {
        return vec![say(" cannot contain control characters")];
    }
    let (domain, user) = match name.split_once('\\') {
        Some((_, user)) if user.contains('\\') => {
            return vec![say(" cannot contain more than one backslash")];
        }
        Some((domain, user)) => (Some(domain), user),
        None => (None, name),
    };
    let mut wrong = Vec::new();
    if domain.is_some_and(|domain| domain.len() >= DOMAIN_LIMIT) {
        wrong.push(say(&format!(
            "'s Domain length must be under {DOMAIN_LIMIT} characters"
        )));
    }
    if domain.is_some_and(|domain| !is_net_bios(domain) && !is_domain(domain)) {
        wrong.push(say(
            "'s Domain doesn't match the NetBios nor the DNS format",
        ));
    }
    if user.is_empty() {
        wrong.push(say("'s User cannot be empty"));
    } else if user.len() > USER_MAX {
        wrong.push(say(&format!(
            "'s User length must not be longer than {USER_MAX} characters"
        )));
    }
    if !user.is_empty() && user.chars().all(|c| matches!(c, '.' | ' ')) {
        wrong.push(say("'s User cannot contain only periods or spaces"));
    }
    if user.contains([
        '"', '/', '\\', ':', ';', '|', '=', ',', '+', '*', '?', '<', '>', '@', '[', ']',
    ]) {
        wrong.push(say(
            "'s User cannot contain the following characters: \"/\\:;|=,+*?<>@[]",
        ));
    }
    wrong
}

fn is_net_bios(domain: &str) -> bool {
    (1..=15).contains(&domain.chars().count())
        && !domain.starts_with('.')
        && !domain.contains(['\\', '/', ':', '*', '?', '"', '<', '>', '|'])
}

fn is_domain(domain: &str) -> bool {
    domain.split('.').all(|label| {
        let bytes = label.as_bytes();
        let end = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
        (1..=63).contains(&bytes.len())
            && end(bytes.first())
            && end(bytes.last())
            && bytes
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || *b == b'-')
    })
}

/// Containers that are processes of the host: all or none, and in the host's network.
///
/// Upstream: `pkg/apis/core/validation validateWindowsHostProcessPod`.
pub fn host_process(errors: &mut Errors, at: &Path<'_>, spec: &Value) {
    let path = ["securityContext", "windowsOptions", "hostProcess"];
    let of_pod = spec.at(&path).as_bool();
    let (mut all, mut of_host) = (0, 0);
    for (list, i, container) in all_containers(spec) {
        all += 1;
        let own = container.at(&path).as_bool();
        if let (Some(of_pod), Some(own)) = (of_pod, own)
            && of_pod != own
        {
            let list = at.child(list);
            let item = list.index(i);
            let context = item.child(path[0]);
            let options = context.child(path[1]);
            let detail = format!(
                "pod hostProcess value must be identical if both are specified, was {of_pod}"
            );
            errors.invalid(&options.child(path[2]), Shown::Bool(own), &detail);
        }
        of_host += i32::from(own.or(of_pod) == Some(true));
    }
    if of_host == 0 {
        return;
    }
    if of_host != all {
        let detail = "If pod contains any hostProcess containers then all containers must be HostProcess containers";
        errors.invalid(at, "", detail);
    }
    if spec.get("hostNetwork").as_bool() != Some(true) {
        let detail = "hostNetwork must be true if pod contains any hostProcess containers";
        errors.invalid(&at.child("hostNetwork"), Shown::Bool(false), detail);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn linux_settings_are_refused() {
        let spec = value!({"hostPID": false, "hostUsers": true, "securityContext": {"runAsUser": 1},
            "containers": [{"securityContext": {"privileged": false}}]});
        let mut errors = Errors::default();
        windows_pod(&mut errors, &Path::root("s"), &spec);
        let paths: Vec<String> = errors.lines();
        assert_eq!(
            paths,
            [
                "s.hostUsers: Forbidden: cannot be set for a windows pod",
                "s.securityContext.runAsUser: Forbidden: cannot be set for a windows pod",
                "s.containers[0].securityContext.privileged: Forbidden: cannot be set for a windows pod",
            ]
        );
    }

    #[test]
    fn user_names() {
        let rows: [(&str, &[&str]); 9] = [
            ("user", &[]),
            ("NT AUTHORITY\\SYSTEM", &[]),
            ("a.long-domain.example.com\\user", &[]),
            ("", &[" cannot be an empty string"]),
            ("a\tb", &[" cannot contain control characters"]),
            ("a\\b\\c", &[" cannot contain more than one backslash"]),
            (
                "a_domain_of_many_letters\\",
                &[
                    "'s Domain doesn't match the NetBios nor the DNS format",
                    "'s User cannot be empty",
                ],
            ),
            (". .", &["'s User cannot contain only periods or spaces"]),
            (
                "a@b",
                &["'s User cannot contain the following characters: \"/\\:;|=,+*?<>@[]"],
            ),
        ];
        for (name, wrong) in rows {
            let want: Vec<String> = wrong.iter().map(|w| format!("runAsUserName{w}")).collect();
            assert_eq!(user_name(name), want, "{name}");
        }
    }
}
