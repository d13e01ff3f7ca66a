//! `column -t`, `nl`, `paste`, `rev`

use super::filter::Lines;
use super::options::Options;
use super::{Refused, filter};
use crate::console::task::{Io, Task};

#[derive(Clone)]
enum Table {
    /// Lines to columns of equal width.
    Column {
        separator: Option<String>,
        between: String,
        rows: Vec<Vec<String>>,
    },
    Number(usize),
    /// All lines in one.
    Join {
        separators: Vec<char>,
        lines: Vec<String>,
    },
    /// Files side by side are not there; a single one passes.
    Pass,
    Reverse,
}

/// Starts one of the programs.
pub fn start(name: &str, args: &[String]) -> Result<Box<dyn Task>, Refused> {
    match name {
        "column" => {
            let options = Options::parse("column", args, "tx", "so", &[("table", 't')])?;
            if !options.has('t') {
                return Err(("column: use column -t here".to_owned(), 1));
            }
            let column = Table::Column {
                separator: options.value('s').map(str::to_owned),
                between: options.value('o').unwrap_or("  ").to_owned(),
                rows: Vec::new(),
            };
            Ok(filter("column", column, options.operands))
        }
        "nl" => {
            let options = Options::parse("nl", args, "", "bwsn", &[])?;
            Ok(filter("nl", Table::Number(0), options.operands))
        }
        "paste" => {
            let options = Options::parse("paste", args, "s", "d", &[])?;
            let separators = options.value('d').unwrap_or("\t");
            let separators = separators.replace("\\t", "\t").replace("\\n", "\n");
            if !options.has('s') && options.operands.iter().filter(|o| *o != "-").count() > 1 {
                return Err((
                    "paste: give one file, or join lines with -s here".to_owned(),
                    1,
                ));
            }
            let paste = if options.has('s') {
                Table::Join {
                    separators: separators.chars().collect(),
                    lines: Vec::new(),
                }
            } else {
                Table::Pass
            };
            Ok(filter("paste", paste, options.operands))
        }
        _ => Ok(filter("rev", Table::Reverse, args.to_vec())),
    }
}

impl Lines for Table {
    fn line(&mut self, io: &mut Io<'_>, _: &str, line: &str, _: bool) -> bool {
        match self {
            Table::Column {
                separator, rows, ..
            } => {
                let cells: Vec<String> = match separator {
                    Some(s) if !s.is_empty() => {
                        line.split(|c| s.contains(c)).map(str::to_owned).collect()
                    }
                    Some(_) | None => line.split_whitespace().map(str::to_owned).collect(),
                };
                if !cells.is_empty() {
                    rows.push(cells);
                }
            }
            Table::Number(n) => {
                if line.is_empty() {
                    io.line("");
                } else {
                    *n += 1;
                    io.line(format!("{n:6}\t{line}"));
                }
            }
            Table::Join { lines, .. } => lines.push(line.to_owned()),
            Table::Pass => io.line(line),
            Table::Reverse => io.line(line.chars().rev().collect::<String>()),
        }
        true
    }

    fn end(&mut self, io: &mut Io<'_>) -> u8 {
        match self {
            Table::Column { rows, between, .. } => {
                let mut widths: Vec<usize> = Vec::new();
                for row in rows.iter() {
                    for (i, cell) in row.iter().enumerate() {
                        let width = cell.chars().count();
                        match widths.get_mut(i) {
                            Some(w) => *w = (*w).max(width),
                            None => widths.push(width),
                        }
                    }
                }
                for row in rows.iter() {
                    let mut text = String::new();
                    for (i, cell) in row.iter().enumerate() {
                        if i + 1 == row.len() {
                            text.push_str(cell);
                        } else {
                            let missing = widths[i] - cell.chars().count();
                            text.push_str(cell);
                            text.push_str(&" ".repeat(missing));
                            text.push_str(between);
                        }
                    }
                    io.line(text);
                }
            }
            Table::Join { separators, lines } => {
                let mut text = String::new();
                for (i, line) in lines.iter().enumerate() {
                    if i > 0 && !separators.is_empty() {
                        text.push(separators[(i - 1) % separators.len()]);
                    }
                    text.push_str(line);
                }
                io.line(text);
            }
            Table::Number(_) | Table::Pass | Table::Reverse => {}
        }
        0
    }
}
