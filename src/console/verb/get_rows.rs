//! Rows of `kubectl get`: which columns, the header, the extra cells.

use super::get::title;
use crate::console::kubectl::Call;
use crate::console::print::{View, columns, labels, table};
use crate::k8s::{Kind, Object};
use std::sync::Arc;

/// A table being printed, perhaps row by row.
#[derive(Clone)]
pub struct Rows {
    /// Of the kind.
    pub columns: &'static [columns::Column],
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
            columns: columns::of(Some(kind)),
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
        column.shows(self.wide, self.plain)
    }

    fn head(&self) -> Vec<String> {
        let mut row = Vec::new();
        if self.event {
            row.push(format!("{:<8}", "EVENT"));
        }
        if self.namespace {
            row.push("NAMESPACE".to_owned());
        }
        let columns = self.columns.iter();
        row.extend(columns.filter(|c| self.shows(c)).map(|c| c.name.to_owned()));
        for label in &self.label_columns {
            row.push(label.rsplit('/').next().unwrap_or(label).to_uppercase());
        }
        if self.show_labels {
            row.push("LABELS".to_owned());
        }
        row
    }

    fn row(&self, object: &Object, event: &str, view: View<'_>, table: &mut table::Table) {
        if self.event {
            table.cell_of(format_args!("{event:<8}"));
        }
        if self.namespace {
            table.cell(object.namespace());
        }
        let prefix = self.with_kind.then(|| title(object));
        let mut row = columns::Row {
            table,
            prefix,
            rest: self.columns,
            wide: self.wide,
            plain: self.plain,
        };
        columns::write(object, view, &mut row);
        for label in &self.label_columns {
            table.cell(object.meta().label(label).unwrap_or(""));
        }
        if self.show_labels {
            table.cell(&labels(&object.meta().labels));
        }
        table.end_row();
    }

    /// The table so far: the header comes with the first rows.
    fn start(&mut self) -> table::Table {
        let mut table = table::Table::default();
        if std::mem::take(&mut self.header) {
            for cell in self.head() {
                table.cell(&cell);
            }
            table.end_row();
        }
        table
    }

    /// Prints rows; the header comes with the first ones.
    pub fn print(&mut self, objects: &[Arc<Object>], view: View<'_>) -> String {
        let mut table = self.start();
        for object in objects {
            self.row(object, "ADDED", view, &mut table);
        }
        self.widths.print_table(&table)
    }

    /// Prints one row of a watch.
    pub fn print_event(&mut self, object: &Object, event: &str, view: View<'_>) -> String {
        let mut table = self.start();
        self.row(object, event, view, &mut table);
        self.widths.print_table(&table)
    }
}
