//! `kubectl apply --server-side`.
//!
//! Upstream: kubectl/pkg/cmd/apply/apply.go `applyOneObject`, `migrateToSSAIfNecessary`.

use super::last_applied::ANNOTATION;
use crate::cluster::{Patch, Subresource, Written};
use crate::console::error::Failure;
use crate::console::kubectl::Call;
use crate::console::kubectl::items;
use crate::console::kubectl::manifest::Manifest;
use crate::console::kubectl::request::Sender;
use crate::console::task::Io;
use crate::k8s::decode::upgraded;
use crate::k8s::managed_fields::hand_over_client_side;
use crate::k8s::{Kind, Value};
use crate::value;

/// What follows a conflict.
const ADVICE: &str = "\nPlease review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the `--force-conflicts` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts";

/// Who applies when nobody else is named.
const MANAGER: &str = "kubectl";

pub(super) fn apply(
    call: &Call,
    sender: &Sender,
    manifest: &Manifest,
    io: &mut Io<'_>,
) -> Result<Written, Failure> {
    super::check_name(&manifest.name)?;
    let kind = items::stored(manifest.ty)?;
    let place = (manifest.namespace.as_str(), manifest.name.as_str());
    let sent = Patch::Apply {
        config: upgraded(manifest.value.clone()),
        force: call.flags.is("force-conflicts"),
    };
    let part = crate::console::verb::patch::subresource(call)?;
    let written = match sender.patch(kind, place, part, sent.clone(), io) {
        Ok(written) => written,
        Err(status) if status.is_conflict() => {
            return Err(Failure::client(format!("{}{ADVICE}", status.message)));
        }
        Err(status) => return Err(status.into()),
    };
    if part != Subresource::Main {
        return Ok(written);
    }
    keep_last_applied(sender, kind, manifest, &written, io)?;
    if !migrate(sender, kind, place, io) {
        return Ok(written);
    }
    // What only client-side apply wanted goes now.
    Ok(sender.patch(kind, place, Subresource::Main, sent, io)?)
}

/// Fields that client-side apply owns become this manager's, so that applying both ways does not conflict; whether
/// there were any.
fn migrate(sender: &Sender, kind: Kind, (namespace, name): (&str, &str), io: &mut Io<'_>) -> bool {
    let Ok(live) = io.cluster.api().find(kind, namespace, name) else {
        return false;
    };
    let Some(after) = hand_over_client_side(live.value(), &sender.manager) else {
        return false;
    };
    let managers = after.at(&["metadata", "managedFields"]);
    let version = live.meta().resource_version.to_string();
    let body = value!([
        {"op": "replace", "path": "/metadata/managedFields", "value": managers},
        {"op": "replace", "path": "/metadata/resourceVersion", "value": version},
    ]);
    let place = (namespace, name);
    let sent = Patch::Json(body);
    // Without it the next apply says what is wrong.
    sender
        .patch(kind, place, Subresource::Main, sent, io)
        .is_ok()
}

/// The annotation of an object that client-side apply knows, which the server has brought up to date, gets an owner.
///
/// Upstream: `saveLastApplyAnnotationIfNecessary`
fn keep_last_applied(
    sender: &Sender,
    kind: Kind,
    manifest: &Manifest,
    written: &Written,
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    let text = written.object.meta().annotations.get(ANNOTATION).clone();
    let field = format!("f:{ANNOTATION}");
    let path = ["fieldsV1", "f:metadata", "f:annotations"];
    let entries = written.object.value().at(&["metadata", "managedFields"]);
    let applied =
        |e: &Value| e.get("operation").text() == "Apply" && !e.at(&path).get(&field).is_null();
    // Another manager leaves the annotation to nobody, and so it goes.
    if sender.manager != MANAGER || text.is_null() || entries.items().iter().any(applied) {
        return Ok(());
    }
    let mut annotations = Value::map();
    annotations.set(ANNOTATION, text);
    let own = Sender {
        manager: "kubectl-last-applied".to_owned(),
        ..sender.clone()
    };
    let config = value!({
        "apiVersion": manifest.value.get("apiVersion"), "kind": manifest.value.get("kind"),
        "metadata": {
            "name": written.object.name(), "namespace": written.object.namespace(),
            "annotations": annotations,
        },
    });
    let place = (manifest.namespace.as_str(), manifest.name.as_str());
    let sent = Patch::Apply {
        config,
        force: true,
    };
    own.patch(kind, place, Subresource::Main, sent, io)?;
    Ok(())
}
