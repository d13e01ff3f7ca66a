//! kubectl's tab writer: cells to aligned columns.
//!
//! Upstream: liggitt/tabwriter (Go's text/tabwriter with remembered widths) as set up by cli-runtime.

/// Blanks between a column's longest cell and the next column.
const PADDING: usize = 3;
/// The least width of a column, padding included.
const WIDTH_MIN: usize = 6;

/// The widths of a table's columns. A watch prints its rows one by one: widths only grow then.
#[derive(Clone, Default, Debug)]
pub struct Widths(Vec<usize>);

impl Widths {
    /// Prints rows; each column is as wide as its longest cell here or before. The last cell of a row is not padded.
    pub fn print(&mut self, rows: &[Vec<String>]) -> String {
        for row in rows {
            let padded = row.len().saturating_sub(1);
            if self.0.len() < padded {
                self.0.resize(padded, 0);
            }
            for (width, cell) in self.0.iter_mut().zip(&row[..padded]) {
                *width = (*width).max((count(cell) + PADDING).max(WIDTH_MIN));
            }
        }
        let mut out = String::new();
        for row in rows {
            let mut owed = 0;
            for (i, cell) in row.iter().enumerate() {
                for _ in 0..owed {
                    out.push(' ');
                }
                out.push_str(cell);
                owed = if i + 1 < row.len() {
                    self.0.get(i).map_or(0, |w| w.saturating_sub(count(cell)))
                } else {
                    0
                };
            }
            out.push('\n');
        }
        out
    }
}

/// Prints a whole table.
pub fn print(rows: &[Vec<String>]) -> String {
    Widths::default().print(rows)
}

/// A cell on one line: what follows a line end is cut.
pub fn one_line(cell: &str) -> String {
    match cell.split_once(['\n', '\r']) {
        Some((first, _)) => format!("{first}..."),
        None => cell.to_owned(),
    }
}

fn count(text: &str) -> usize {
    text.chars().count()
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
