//! Descriptions of resource quotas and limit ranges, also as a namespace shows them.
//!
//! Upstream: kubectl/pkg/describe/describe.go `describeQuota`, `describeLimitRange`, `DescribeResourceQuotas`,
//! `DescribeLimitRanges`

use super::Writer;
use crate::console::print::View;
use crate::k8s::order::InOrder;
use crate::k8s::ordered::BTreeSet;
use crate::k8s::quantity::Quantity;
use crate::k8s::{Kind, Object, Value};

/// What scopes mean.
const SCOPES: [(&str, &str); 4] = [
    (
        "Terminating",
        "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being \
         actively terminated by the system.",
    ),
    (
        "NotTerminating",
        "Matches all pods that do not have an active deadline. These pods usually include long running pods whose \
         container command is not expected to terminate.",
    ),
    (
        "BestEffort",
        "Matches all pods that do not have resource requirements set. These pods have a best effort quality of \
         service.",
    ),
    (
        "NotBestEffort",
        "Matches all pods that have at least one resource requirement set. These pods have a burstable or \
         guaranteed quality of service.",
    ),
];

const HEAD: &str =
    "Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio";
const RULE: &str =
    "----\t--------\t---\t---\t---------------\t-------------\t-----------------------";

pub fn quota(w: &mut Writer, object: &Object) {
    w.field(0, "Name", object.name());
    w.field(0, "Namespace", object.namespace());
    scopes(w, 0, " ", object.value());
    w.line(0, "Resource\tUsed\tHard\n--------\t----\t----");
    amounts(w, 0, object.value());
}

fn scopes(w: &mut Writer, level: usize, indent: &str, quota: &Value) {
    let list = quota.at(&["spec", "scopes"]).items();
    let mut names: Vec<&str> = list.iter().map(Value::text).collect();
    names.order();
    if !names.is_empty() {
        w.field(level, "Scopes", names.join(", "));
    }
    for name in names {
        if let Some((_, words)) = SCOPES.iter().find(|(scope, _)| *scope == name) {
            w.line(level, format!("{indent}* {words}"));
        }
    }
}

fn amounts(w: &mut Writer, level: usize, quota: &Value) {
    let status = quota.get("status");
    for (name, hard) in status.get("hard").fields() {
        let used = Quantity::of(status.get("used").get(name));
        w.line(level, format!("{name}\t{used}\t{}", Quantity::of(hard)));
    }
}

pub fn range(w: &mut Writer, object: &Object) {
    w.field(0, "Name", object.name());
    w.field(0, "Namespace", object.namespace());
    w.line(0, HEAD);
    w.line(0, RULE);
    items(w, "", object.value());
}

fn items(w: &mut Writer, indent: &str, range: &Value) {
    const FIELDS: [&str; 5] = [
        "min",
        "max",
        "defaultRequest",
        "default",
        "maxLimitRequestRatio",
    ];
    for item in range.at(&["spec", "limits"]).items() {
        let names = FIELDS.iter().flat_map(|f| item.get(f).fields());
        let names: BTreeSet<_> = names.map(|(name, _)| name).collect();
        for name in names {
            let cells = FIELDS.map(|field| match item.get(field).field(name) {
                Some(amount) => Quantity::of(amount).to_string(),
                None => "-".to_owned(),
            });
            let ty = item.get("type").text();
            w.line(0, format!("{indent}{ty}\t{name}\t{}", cells.join("\t")));
        }
    }
}

/// The quotas and ranges of a namespace.
pub fn of_namespace(w: &mut Writer, namespace: &str, view: View<'_>) {
    let mut quotas = view
        .api
        .list(Kind::ResourceQuota, Some(namespace))
        .peekable();
    if quotas.peek().is_none() {
        w.line(0, "\nNo resource quota.");
    } else {
        w.line(0, "\nResource Quotas");
        for quota in quotas {
            w.field(1, "Name", quota.name());
            scopes(w, 1, "", quota.value());
            w.line(1, "Resource\tUsed\tHard");
            w.line(1, "--------\t---\t---");
            amounts(w, 1, quota.value());
        }
    }
    let mut ranges = view.api.list(Kind::LimitRange, Some(namespace)).peekable();
    if ranges.peek().is_none() {
        w.line(0, "\nNo LimitRange resource.");
        return;
    }
    w.line(0, format!("\nResource Limits\n {HEAD}\n {RULE}"));
    for range in ranges {
        items(w, " ", range.value());
    }
}
