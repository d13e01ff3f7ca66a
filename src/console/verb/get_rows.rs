//! Rows of `kubectl get`: which columns, the header, the extra cells.

use super::get::title;
use crate::console::kubectl::Call;
use crate::console::print::{View, columns, labels, table};
use crate::k8s::{Kind, Object};
use std::sync::Arc;

/// A table being printed, perhaps row by row.
#[derive(Clone)]
pub struct Rows {
    kind: Kind,
    wide: bool,
    /// NAME cells carry the kind.
    with_kind: bool,
    namespace: bool,
    label_columns: Vec<String>,
    show_labels: bool,
    header: bool,
    widths: table::Widths,
    /// `--server-print=false`: kubectl itself only knows names and ages.
    plain: bool,
    /// The cells before all others, `ADDED` and so on.
    event: bool,
}

impl Rows {
    pub fn new(call: &Call, kind: Kind, wide: bool, several: bool, namespaces: bool) -> Self {
        Self {
            kind,
            wide,
            with_kind: several || call.flags.is("show-kind"),
            namespace: namespaces && kind.namespaced(),
            label_columns: call.flags.list("label-columns").to_vec(),
            show_labels: call.flags.is("show-labels"),
            header: !call.flags.is("no-headers"),
            widths: table::Widths::default(),
            plain: !call.flags.is_or("server-print", true),
            event: call.flags.is("output-watch-events"),
        }
    }

    fn shows(&self, column: &columns::Column) -> bool {
        if self.plain {
            return matches!(column.name, "NAME" | "AGE");
        }
        self.wide || !column.wide
    }

    fn head(&self) -> Vec<String> {
        let mut row = Vec::new();
        if self.event {
            row.push(format!("{:<8}", "EVENT"));
        }
        if self.namespace {
            row.push("NAMESPACE".to_owned());
        }
        let columns = columns::of(Some(self.kind)).iter();
        row.extend(columns.filter(|c| self.shows(c)).map(|c| c.name.to_owned()));
        for label in &self.label_columns {
            row.push(label.rsplit('/').next().unwrap_or(label).to_uppercase());
        }
        if self.show_labels {
            row.push("LABELS".to_owned());
        }
        row
    }

    fn row(&self, object: &Object, event: &str, view: View<'_>) -> Vec<String> {
        let mut row = Vec::new();
        if self.event {
            row.push(format!("{event:<8}"));
        }
        if self.namespace {
            row.push(object.namespace().to_string());
        }
        let cells = columns::cells(object, view);
        for (column, cell) in columns::of(Some(self.kind)).iter().zip(cells) {
            if !self.shows(column) {
                continue;
            }
            let cell = table::one_line(&cell);
            if column.name == "NAME" && self.with_kind {
                row.push(format!("{}/{cell}", title(object)));
            } else {
                row.push(cell);
            }
        }
        for label in &self.label_columns {
            row.push(object.meta().label(label).unwrap_or("").to_owned());
        }
        if self.show_labels {
            row.push(labels(&object.meta().labels));
        }
        row
    }

    /// Prints rows; the header comes with the first ones.
    pub fn print(&mut self, objects: &[Arc<Object>], view: View<'_>) -> String {
        let mut rows = Vec::new();
        if std::mem::take(&mut self.header) {
            rows.push(self.head());
        }
        rows.extend(objects.iter().map(|o| self.row(o, "ADDED", view)));
        self.widths.print(&rows)
    }

    /// Prints one row of a watch.
    pub fn print_event(&mut self, object: &Object, event: &str, view: View<'_>) -> String {
        let mut rows = Vec::new();
        if std::mem::take(&mut self.header) {
            rows.push(self.head());
        }
        rows.push(self.row(object, event, view));
        self.widths.print(&rows)
    }
}
