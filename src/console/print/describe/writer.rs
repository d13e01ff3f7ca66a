//! The indenting writer of descriptions.
//!
//! Upstream: Go's text/tabwriter with width 0 and padding 2, and kubectl's `PrefixWriter`.

/// Blanks after a column's longest cell.
const PADDING: usize = 2;

/// Lines with tabs, to be aligned at the end.
#[derive(Clone, Default, Debug)]
pub struct Writer {
    text: String,
}

impl Writer {
    /// Writes a line, indented by two blanks a level.
    pub fn line(&mut self, level: usize, text: impl AsRef<str>) {
        for _ in 0..level {
            self.text.push_str("  ");
        }
        self.text.push_str(text.as_ref());
        self.text.push('\n');
    }

    /// Writes `Title:<tab>value`.
    pub fn field(&mut self, level: usize, title: &str, value: impl AsRef<str>) {
        self.line(level, format!("{title}:\t{}", value.as_ref()));
    }

    /// The text with raw tabs.
    pub fn raw(&self) -> &str {
        &self.text
    }

    /// The text with its columns aligned.
    pub fn aligned(&self) -> String {
        align(&self.text)
    }
}

/// Aligns tab-terminated cells: a column is formed by consecutive lines that have a cell in that position.
pub fn align(text: &str) -> String {
    let lines: Vec<Vec<&str>> = text.lines().map(|l| l.split('\t').collect()).collect();
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let mut widths: Vec<Vec<usize>> = lines.iter().map(|l| vec![0; l.len()]).collect();
    for column in 0..columns {
        let has = |i: usize| {
            lines
                .get(i)
                .is_some_and(|l: &Vec<&str>| l.len() > column + 1)
        };
        let mut start = 0;
        while start < lines.len() {
            if !has(start) {
                start += 1;
                continue;
            }
            let mut end = start;
            while has(end) {
                end += 1;
            }
            let cells = lines[start..end].iter().map(|l| l[column].chars().count());
            let width = cells.max().unwrap_or(0) + PADDING;
            for row in &mut widths[start..end] {
                row[column] = width;
            }
            start = end;
        }
    }
    let mut out = String::with_capacity(text.len() * 2);
    for (line, widths) in lines.iter().zip(&widths) {
        for (i, cell) in line.iter().enumerate() {
            out.push_str(cell);
            if i + 1 < line.len() {
                let blanks = widths[i].saturating_sub(cell.chars().count());
                out.extend(std::iter::repeat_n(' ', blanks));
            }
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn blocks_end_at_lines_without_the_cell() {
        let text =
            "Name:\tx\nAnnotations:\t<none>\nplain\nStatus:\t1\n  Limits:\n    cpu:\t1\nRest:\t2\n";
        let want = "Name:         x\nAnnotations:  <none>\nplain\nStatus:  1\n  Limits:\n    cpu:  1\nRest:     2\n";
        assert_eq!(align(text), want);
    }

    proptest! {
        #[test]
        fn cells_keep_two_blanks_between_them(
            rows in proptest::collection::vec(proptest::collection::vec("[a-z]{1,8}", 1..4), 1..9)
        ) {
            let text: String = rows.iter().map(|r| r.join("\t") + "\n").collect();
            for (line, row) in align(&text).lines().zip(&rows) {
                let cells: Vec<&str> = line.split_whitespace().collect();
                prop_assert_eq!(&cells, row);
                let narrow = line.match_indices(' ').any(|(i, _)| {
                    !line[..i].ends_with(' ') && !line[i + 1..].starts_with(' ')
                });
                prop_assert!(!narrow, "{line}");
            }
        }
    }
}
