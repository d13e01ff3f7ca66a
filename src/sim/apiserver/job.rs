//! The selector and labels that the server gives a Job.

use crate::k8s::Value;

/// Selects the Job's pods by its uid and labels its template so, unless the Job brings its own selector.
///
/// Upstream: pkg/registry/batch/job/strategy.go `generateSelector`
pub(super) fn generate_selector(job: &mut Value) {
    // Labels that defaulting took from the template are one map with it, and get what it gets.
    let own = job.at(&["metadata", "labels"]);
    let template = job.at(&["spec", "template", "metadata", "labels"]);
    let from_template = own.is_empty() || own.same(template);
    if job.at(&["spec", "manualSelector"]).as_bool() != Some(true) {
        let uid = job.at(&["metadata", "uid"]).to_str();
        let name = job.at(&["metadata", "name"]).to_str();
        let labels = job.at_mut(&["spec", "template", "metadata", "labels"]);
        labels.set("job-name", &name);
        labels.set("batch.kubernetes.io/job-name", &name);
        labels.set("controller-uid", &uid);
        labels.set("batch.kubernetes.io/controller-uid", &uid);
        let selector = job.at_mut(&["spec", "selector", "matchLabels"]);
        selector.set("batch.kubernetes.io/controller-uid", &uid);
    }
    if from_template {
        let labels = job.at(&["spec", "template", "metadata", "labels"]).clone();
        if !labels.is_empty() {
            job.at_mut(&["metadata"]).set("labels", labels);
        }
    }
    if job.at(&["spec", "manualSelector"]).is_null() {
        job.at_mut(&["spec"]).set("manualSelector", false);
    }
}
