//! kubectl's tab writer: cells to aligned columns.
//!
//! Upstream: liggitt/tabwriter (Go's text/tabwriter with remembered widths) as set up by cli-runtime.

use std::fmt::Write as _;

/// Blanks between a column's longest cell and the next column.
const PADDING: usize = 3;
/// The least width of a column, padding included.
const WIDTH_MIN: usize = 6;

/// Blanks are taken from here.
const BLANKS: &str = "                                                                ";

/// The rows of a table: one text with the ends and widths of its cells, so that a row takes no allocation.
#[derive(Clone, Default, Debug)]
pub struct Table {
    text: String,
    cells: Vec<Cell>,
    /// For each row, the cell behind its last one.
    rows: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    /// Where its text ends.
    end: usize,
    /// In characters.
    width: usize,
}

impl Table {
    /// Adds a cell to the row that is being written.
    pub fn cell(&mut self, text: &str) {
        self.text.push_str(text);
        let (end, width) = (self.text.len(), count(text));
        self.cells.push(Cell { end, width });
    }

    /// Adds a cell of several pieces; what follows a line end is cut.
    pub fn cell_of(&mut self, pieces: std::fmt::Arguments<'_>) {
        let from = self.text.len();
        // Writing to a text cannot fail.
        let _ = self.text.write_fmt(pieces);
        if let Some(cut) = self.text[from..].find(['\n', '\r']) {
            self.text.truncate(from + cut);
            self.text.push_str("...");
        }
        let width = count(&self.text[from..]);
        let end = self.text.len();
        self.cells.push(Cell { end, width });
    }

    /// Ends a row.
    pub fn end_row(&mut self) {
        self.rows.push(self.cells.len());
    }

    fn rows(&self) -> impl Iterator<Item = &[Cell]> {
        let mut from = 0;
        self.rows.iter().map(move |to| {
            let row = &self.cells[from..*to];
            from = *to;
            row
        })
    }
}

/// The widths of a table's columns. A watch prints its rows one by one: widths only grow then.
#[derive(Clone, Default, Debug)]
pub struct Widths(Vec<usize>);

impl Widths {
    /// Prints rows; each column is as wide as its longest cell here or before. The last cell of a row is not padded.
    pub fn print(&mut self, rows: &[Vec<String>]) -> String {
        let mut table = Table::default();
        for row in rows {
            for cell in row {
                table.cell(cell);
            }
            table.end_row();
        }
        self.print_table(&table)
    }

    /// Prints a table's rows.
    pub fn print_table(&mut self, table: &Table) -> String {
        for row in table.rows() {
            let padded = row.len().saturating_sub(1);
            if self.0.len() < padded {
                self.0.resize(padded, 0);
            }
            for (width, cell) in self.0.iter_mut().zip(&row[..padded]) {
                *width = (*width).max((cell.width + PADDING).max(WIDTH_MIN));
            }
        }
        let line: usize = self.0.iter().sum::<usize>() + 2 * WIDTH_MIN;
        let mut out = String::with_capacity(line * table.rows.len());
        let mut from = 0;
        for row in table.rows() {
            for (i, cell) in row.iter().enumerate() {
                out.push_str(&table.text[from..cell.end]);
                from = cell.end;
                if i + 1 < row.len() {
                    blanks(&mut out, self.0[i] - cell.width);
                }
            }
            out.push('\n');
        }
        out
    }
}

fn blanks(out: &mut String, mut n: usize) {
    while n > 0 {
        let some = n.min(BLANKS.len());
        out.push_str(&BLANKS[..some]);
        n -= some;
    }
}

/// Prints a whole table.
pub fn print(rows: &[Vec<String>]) -> String {
    Widths::default().print(rows)
}

fn count(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|c| (*c).to_owned()).collect()
    }

    #[test]
    fn a_watch_keeps_its_widest_cells() {
        let mut widths = Widths::default();
        let first = widths.print(&[
            row(&["NAME", "STATUS", "AGE"]),
            row(&["x", "Running", "1s"]),
        ]);
        assert_eq!(first, "NAME   STATUS    AGE\nx      Running   1s\n");
        assert_eq!(
            widths.print(&[row(&["x", "Terminating", "1s"])]),
            "x      Terminating   1s\n"
        );
        assert_eq!(
            widths.print(&[row(&["x", "Running", "1s"])]),
            "x      Running       1s\n"
        );
    }

    proptest! {
        #[test]
        fn columns_never_touch_and_are_as_narrow_as_can_be(
            rows in proptest::collection::vec(proptest::collection::vec("[a-z<>é ]{0,9}[a-zé]", 3), 1..8)
        ) {
            let text = print(&rows);
            let lines: Vec<Vec<char>> = text.lines().map(|l| l.chars().collect()).collect();
            let mut start = 0;
            for column in 0..3 {
                let widest = rows.iter().map(|r| count(&r[column])).max().unwrap();
                for (line, row) in lines.iter().zip(&rows) {
                    let cell: String = line[start..].iter().take(count(&row[column])).collect();
                    prop_assert_eq!(&cell, &row[column]);
                }
                start += (widest + PADDING).max(WIDTH_MIN);
            }
        }
    }
}
