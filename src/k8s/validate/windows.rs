//! What a pod for Windows may not say.

use super::pod_spec::all_containers;
use super::{Errors, Path};
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
}
