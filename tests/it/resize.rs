//! A resize that the node can give, from the patch to its end; what waits for it, and what needs a restart.

use daemonset_playground::console::files::Files;
use daemonset_playground::console::script::{Case, Stage};
use daemonset_playground::value;

const PODS: &str = "apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  nodeName: worker01
  containers:
  - name: web
    image: nginx:1
    resources: {requests: {cpu: 500m, memory: 256Mi}}
    resizePolicy: [{resourceName: memory, restartPolicy: RestartContainer}]
---
apiVersion: v1
kind: Pod
metadata: {name: other}
spec:
  nodeName: worker01
  containers: [{name: a, image: 'nginx:1', resources: {requests: {cpu: '3'}}}]
";

fn stage() -> Stage {
    let mut files = Files::default();
    files.write("/pods.yaml", PODS);
    let node = value!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "worker01"}});
    Stage::new(&Case {
        nodes: vec![node],
        files,
        script: String::new(),
    })
}

#[test]
fn a_resize_runs_its_course() {
    let mut stage = stage();
    let patch = |pod: &str, container: &str, requests: &str| {
        format!(
            "kubectl patch pod {pod} --subresource=resize -p '{{\"spec\":{{\"containers\":[{{\"name\":\"{container}\",\
             \"resources\":{{\"requests\":{requests}}}}}]}}}}'"
        )
    };
    let state = "kubectl get pod web -o jsonpath='{.spec.containers[0].resources.requests.cpu} \
         {.status.containerStatuses[0].allocatedResources.cpu} {.status.containerStatuses[0].resources.requests.cpu} \
         {.status.conditions[0].type} {.status.conditions[0].reason} {.status.containerStatuses[0].restartCount}'";
    let mut told = Vec::new();
    for line in [
        "kubectl apply -f pods.yaml",
        "% settle",
        &patch("web", "web", r#"{"cpu":"1200m"}"#),
        "% wait 3s",
        state,
        // The other makes room, and the resize goes through.
        &patch("other", "a", r#"{"cpu":"2"}"#),
        "% wait 4s",
        state,
        &patch("web", "web", r#"{"memory":"512Mi"}"#),
        "% settle",
        state,
        "kubectl get events --field-selector involvedObject.name=web | grep -e Resize -e Killing | awk '{print $2, $3, $5, $6, $7}' | sort",
    ] {
        let step = stage.line(line);
        if !line.starts_with('%') {
            told.push(step.output.trim().to_owned());
        }
    }
    assert_eq!(
        told[2..].join("\n"),
        "1200m 500m 500m PodResizePending Deferred 0\n\
         pod/other patched\n\
         1200m 1200m 1200m PodReadyToStartContainers  0\n\
         pod/web patched\n\
         1200m 1200m 1200m PodReadyToStartContainers  1\n\
         Normal Killing Container web resize\n\
         Normal ResizeCompleted Pod resize completed:\n\
         Normal ResizeCompleted Pod resize completed:\n\
         Normal ResizeStarted Pod resize started:\n\
         Normal ResizeStarted Pod resize started:\n\
         Warning ResizeDeferred Pod resize OutOfcpu:"
    );
}
