//! The columns of `kubectl get`, one file per family of kinds.
//!
//! Upstream: pkg/printers/internalversion/printers.go.

mod batch;
pub mod event;
pub mod kept;
pub mod network;
pub mod node;
mod other;
pub mod pod;
pub mod storage;
mod workload;

use super::View;
use super::table::Table;
use crate::console::kubectl::served;
use crate::k8s::{Kind, Object};

/// A column's heading.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Column {
    pub name: &'static str,
    /// Only with `-o wide`.
    pub wide: bool,
}

impl Column {
    /// Whether it is printed: plain tables have names and ages only.
    pub fn shows(&self, wide: bool, plain: bool) -> bool {
        if plain {
            return matches!(self.name, "NAME" | "AGE");
        }
        wide || !self.wide
    }
}

/// A row that is being written: its cells come in the order of the kind's columns, those that are not shown included.
pub struct Row<'a> {
    pub table: &'a mut Table,
    /// Before the name: `pod` in `pod/a`.
    pub prefix: Option<String>,
    /// The columns that are still to come.
    pub rest: &'static [Column],
    pub wide: bool,
    pub plain: bool,
}

impl Row<'_> {
    /// The next column; None when it is not shown.
    fn next(&mut self) -> Option<Column> {
        let (column, rest) = self.rest.split_first()?;
        self.rest = rest;
        column.shows(self.wide, self.plain).then_some(*column)
    }

    /// The next cell.
    fn cell(&mut self, text: &str) {
        self.cell_of(format_args!("{text}"));
    }

    /// The next cell, in pieces.
    fn cell_of(&mut self, pieces: std::fmt::Arguments<'_>) {
        let Some(column) = self.next() else { return };
        match &self.prefix {
            Some(prefix) if column.name == "NAME" => {
                self.table.cell_of(format_args!("{prefix}/{pieces}"));
            }
            Some(_) | None => self.table.cell_of(pieces),
        }
    }

    /// The next cell, `<none>` when empty.
    fn cell_or_none(&mut self, text: &str) {
        self.cell(if text.is_empty() { "<none>" } else { text });
    }

    /// No more cells are shown.
    fn done(&self) -> bool {
        !self.rest.iter().any(|c| c.shows(self.wide, self.plain))
    }
}

const fn col(name: &'static str) -> Column {
    Column { name, wide: false }
}

const fn wide(name: &'static str) -> Column {
    Column { name, wide: true }
}

/// The columns of kinds without their own.
const NAME_AGE: &[Column] = &[col("NAME"), col("AGE")];

/// The columns of a kind; None is a kind that the cluster does not store.
pub fn of(kind: Option<Kind>) -> &'static [Column] {
    let Some(kind) = kind else {
        return NAME_AGE;
    };
    match kind {
        Kind::Pod => pod::COLUMNS,
        Kind::Node => node::COLUMNS,
        Kind::DaemonSet => workload::DAEMON_SET,
        Kind::Deployment => workload::DEPLOYMENT,
        Kind::ReplicaSet | Kind::ReplicationController => workload::REPLICA_SET,
        Kind::StatefulSet => workload::STATEFUL_SET,
        Kind::ControllerRevision => workload::REVISION,
        Kind::Job => batch::JOB,
        Kind::CronJob => batch::CRON_JOB,
        Kind::Service => network::SERVICE,
        Kind::Endpoints => network::ENDPOINTS,
        Kind::EndpointSlice => network::SLICE,
        Kind::PersistentVolume => storage::VOLUME,
        Kind::PersistentVolumeClaim => storage::CLAIM,
        Kind::StorageClass => storage::CLASS,
        Kind::Event => event::COLUMNS,
        Kind::Namespace => other::NAMESPACE,
        Kind::ConfigMap => other::CONFIG_MAP,
        Kind::Secret => other::SECRET,
        Kind::Lease => other::LEASE,
        Kind::PriorityClass => other::PRIORITY,
        Kind::PodDisruptionBudget => other::BUDGET,
        Kind::PodTemplate => other::TEMPLATE,
        Kind::ResourceQuota => other::QUOTA,
        Kind::LimitRange => other::LIMITS,
        Kind::ServiceAccount => NAME_AGE,
        Kind::Ingress => kept::INGRESS,
        Kind::NetworkPolicy => kept::POLICY,
        Kind::HorizontalPodAutoscaler => kept::AUTOSCALER,
        Kind::Role | Kind::ClusterRole => kept::ROLE,
        Kind::RoleBinding | Kind::ClusterRoleBinding => kept::BINDING,
    }
}

/// The columns of an object, which may be one that nobody stores.
pub fn of_object(object: &Object) -> &'static [Column] {
    match served::kind(object) {
        Some(("APIService", _)) => other::API_SERVICE,
        Some(_) => other::COMPONENT,
        None => of(Some(object.kind())),
    }
}

/// Writes the cells of an object.
pub fn write(object: &Object, view: View<'_>, row: &mut Row<'_>) {
    let cells = match object.kind() {
        _ if served::kind(object).is_some() => other::served(object, view),
        Kind::Pod => return pod::write(object, view, row),
        Kind::Node => return node::write(object, view, row),
        Kind::DaemonSet => workload::daemon_set(object, view),
        Kind::Deployment => workload::deployment(object, view),
        Kind::ReplicaSet | Kind::ReplicationController => workload::replica_set(object, view),
        Kind::StatefulSet => workload::stateful_set(object, view),
        Kind::ControllerRevision => workload::revision(object, view),
        Kind::Job => batch::job(object, view),
        Kind::CronJob => batch::cron_job(object, view),
        Kind::Service => network::service(object, view),
        Kind::Endpoints => network::endpoints(object, view),
        Kind::EndpointSlice => network::slice(object, view),
        Kind::PersistentVolume => storage::volume(object, view),
        Kind::PersistentVolumeClaim => storage::claim(object, view),
        Kind::StorageClass => storage::class(object, view),
        Kind::Event => event::cells(object, view),
        Kind::Ingress => kept::ingress(object, view),
        Kind::NetworkPolicy => kept::policy(object, view),
        Kind::HorizontalPodAutoscaler => kept::autoscaler(object, view),
        Kind::Role | Kind::ClusterRole => kept::role(object),
        Kind::RoleBinding | Kind::ClusterRoleBinding => kept::binding(object, view),
        Kind::Namespace
        | Kind::ConfigMap
        | Kind::Secret
        | Kind::Lease
        | Kind::PriorityClass
        | Kind::PodDisruptionBudget
        | Kind::PodTemplate
        | Kind::ResourceQuota
        | Kind::LimitRange
        | Kind::ServiceAccount => other::cells(object, view),
    };
    for cell in cells {
        row.cell(&cell);
    }
}

/// The age of the object itself.
fn age(object: &Object, view: View<'_>) -> String {
    view.age_of(object.meta().creation)
}

/// The names of a template's containers, their images and the selector's text: the usual wide columns.
fn template_cells(object: &Object, path: &[&str]) -> [String; 2] {
    let containers = object.value().at(path).get("containers").items();
    let all = |field: &str| {
        let texts: Vec<&str> = containers.iter().map(|c| c.get(field).text()).collect();
        texts.join(",")
    };
    [all("name"), all("image")]
}
