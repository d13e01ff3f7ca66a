//! `cat`, `tac`, `head`, `tail`, `wc`, `uniq`, `tee`

use super::filter::Lines;
use super::options::Options;
use super::{Refused, filter};
use crate::console::task::{Io, Step, Task, Wake};
use std::collections::VecDeque;

/// `cat`: passes text on as it is.
#[derive(Clone)]
struct Cat {
    files: Vec<String>,
}

/// `head -c` and `tail -c`: so many characters of the whole input.
#[derive(Clone)]
struct Bytes {
    files: Vec<String>,
    count: usize,
    /// From the end, or all but the first ones.
    tail: bool,
    from: bool,
}

impl Task for Bytes {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        let mut text = String::new();
        if self.files.is_empty() {
            match io.whole_input() {
                Some(input) => text = input,
                None => return Step::Wait(Wake::INPUT),
            }
        }
        for file in &self.files {
            match io.session.files.read(&io.session.path(file)) {
                Some(content) => text.push_str(&content),
                None => {
                    io.err_line(format!(
                        "cannot open '{file}' for reading: No such file or directory"
                    ));
                    return Step::Exit(1);
                }
            }
        }
        let near = |mut at: usize| {
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let cut = match (self.tail, self.from) {
            (false, _) => &text[..near(self.count.min(text.len()))],
            (true, true) => &text[near(self.count.saturating_sub(1).min(text.len()))..],
            (true, false) => &text[near(text.len().saturating_sub(self.count))..],
        };
        io.out(cut);
        Step::Exit(0)
    }
}

/// `-c N` of `head` and `tail`.
fn bytes(name: &str, options: &Options) -> Option<Result<Box<dyn Task>, Refused>> {
    let text = options.value('c')?;
    let Ok(count) = text.trim_start_matches(['+', '-']).parse() else {
        return Some(Err((
            format!("{name}: invalid number of bytes: '{text}'"),
            1,
        )));
    };
    Some(Ok(Box::new(Bytes {
        files: options.operands.clone(),
        count,
        tail: name == "tail",
        from: text.starts_with('+'),
    })))
}

/// Starts `cat`.
pub fn cat(args: &[String]) -> Box<dyn Task> {
    let files = args
        .iter()
        .filter(|a| *a == "-" || !a.starts_with('-'))
        .cloned()
        .collect();
    Box::new(Cat { files })
}

impl Task for Cat {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        if self.files.is_empty() {
            let text = std::mem::take(&mut io.stdin.text);
            io.out(text);
            return if io.stdin.ended || io.stdin.terminal {
                Step::Exit(0)
            } else {
                Step::Wait(Wake::INPUT)
            };
        }
        if self.files.iter().any(|f| f == "-") && !io.stdin.ended && !io.stdin.terminal {
            return Step::Wait(Wake::INPUT);
        }
        let mut code = 0;
        for file in &self.files {
            if file == "-" {
                let text = io.whole_input().unwrap_or_default();
                io.out(text);
                continue;
            }
            let path = io.session.path(file);
            match io.session.files.read(&path) {
                Some(text) => io.out(&*text),
                None => {
                    io.err_line(format!("cat: {file}: No such file or directory"));
                    code = 1;
                }
            }
        }
        Step::Exit(code)
    }
}

#[derive(Clone)]
enum Text {
    Tac(Vec<String>),
    Head {
        left: usize,
        all_but: usize,
        kept: VecDeque<String>,
    },
    Tail {
        keep: usize,
        skip: usize,
        kept: VecDeque<String>,
    },
    Wc {
        show: [bool; 3],
        /// Lines, words and bytes of each file.
        counts: Vec<(String, [usize; 3])>,
        /// How many were named.
        files: usize,
    },
    Uniq {
        count: bool,
        doubled: bool,
        single: bool,
        last: Option<(String, usize)>,
    },
    Tee {
        paths: Vec<String>,
        append: bool,
        text: String,
    },
}

/// Starts one of the programs.
pub fn start(name: &str, args: &[String]) -> Result<Box<dyn Task>, Refused> {
    match name {
        "head" => head(args),
        "tail" => tail(args),
        "wc" => {
            let options =
                Options::parse("wc", args, "lwcm", "", &[("lines", 'l'), ("words", 'w')])?;
            let mut show = [
                options.has('l'),
                options.has('w'),
                options.has('c') || options.has('m'),
            ];
            if show == [false; 3] {
                show = [true; 3];
            }
            let wc = Text::Wc {
                show,
                counts: Vec::new(),
                files: options.operands.len(),
            };
            Ok(filter("wc", wc, options.operands))
        }
        "uniq" => {
            let options = Options::parse("uniq", args, "cdui", "", &[("count", 'c')])?;
            let uniq = Text::Uniq {
                count: options.has('c'),
                doubled: options.has('d'),
                single: options.has('u'),
                last: None,
            };
            Ok(filter("uniq", uniq, options.operands))
        }
        "tac" => Ok(filter("tac", Text::Tac(Vec::new()), args.to_vec())),
        _ => {
            let options = Options::parse("tee", args, "a", "", &[])?;
            Ok(filter(
                "tee",
                Text::Tee {
                    append: options.has('a'),
                    paths: options.operands,
                    text: String::new(),
                },
                Vec::new(),
            ))
        }
    }
}

fn lines_of(name: &str, options: &Options) -> Result<String, Refused> {
    let text = options.value('n').or(options.value('#')).unwrap_or("10");
    let digits = text.trim_start_matches(['-', '+']);
    if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit()) || digits.len() > 9 {
        return Err((format!("{name}: invalid number of lines: '{text}'"), 1));
    }
    Ok(text.to_owned())
}

fn head(args: &[String]) -> Result<Box<dyn Task>, Refused> {
    let options = Options::parse("head", args, "q", "nc#", &[("lines", 'n'), ("bytes", 'c')])?;
    if let Some(bytes) = bytes("head", &options) {
        return bytes;
    }
    let text = lines_of("head", &options)?;
    let number = text.trim_start_matches(['-', '+']).parse().unwrap_or(10);
    let (left, all_but) = if text.starts_with('-') {
        (usize::MAX, number)
    } else {
        (number, 0)
    };
    let head = Text::Head {
        left,
        all_but,
        kept: VecDeque::new(),
    };
    Ok(filter("head", head, options.operands))
}

fn tail(args: &[String]) -> Result<Box<dyn Task>, Refused> {
    let options = Options::parse("tail", args, "qf", "nc#", &[("lines", 'n'), ("bytes", 'c')])?;
    if let Some(bytes) = bytes("tail", &options) {
        return bytes;
    }
    let text = lines_of("tail", &options)?;
    let number = text
        .trim_start_matches(['-', '+'])
        .parse::<usize>()
        .unwrap_or(10);
    let tail = if text.starts_with('+') {
        Text::Tail {
            keep: usize::MAX,
            skip: number.saturating_sub(1),
            kept: VecDeque::new(),
        }
    } else {
        Text::Tail {
            keep: number,
            skip: 0,
            kept: VecDeque::new(),
        }
    };
    Ok(filter("tail", tail, options.operands))
}

/// The counts of each file and their sum. Columns are as wide as the largest size, or as that of a pipe.
fn wc(io: &mut Io<'_>, show: [bool; 3], counts: &[(String, [usize; 3])], files: usize) {
    let mut total = [0; 3];
    for (_, count) in counts {
        for (sum, n) in total.iter_mut().zip(count) {
            *sum += n;
        }
    }
    let alone = files <= 1 && show.iter().filter(|s| **s).count() == 1;
    let width = match files {
        _ if alone => 1,
        0 => 7,
        _ => total[2].to_string().len(),
    };
    let mut print = |name: &str, count: &[usize; 3]| {
        let shown = (0..3).filter(|i| show[*i]);
        let mut cells: Vec<String> = shown.map(|i| format!("{:width$}", count[i])).collect();
        cells.extend((files > 0).then(|| name.to_owned()));
        io.line(cells.join(" "));
    };
    if files == 0 {
        print("", &total);
        return;
    }
    for (name, count) in counts {
        print(name, count);
    }
    if files > 1 {
        print("total", &total);
    }
}

impl Lines for Text {
    fn line(&mut self, io: &mut Io<'_>, file: &str, line: &str, whole: bool) -> bool {
        match self {
            Text::Tac(lines) => lines.push(line.to_owned()),
            Text::Head {
                left,
                all_but,
                kept,
            } => {
                if *left == 0 {
                    return false;
                }
                if *all_but > 0 {
                    kept.push_back(line.to_owned());
                    if kept.len() > *all_but
                        && let Some(first) = kept.pop_front()
                    {
                        io.line(first);
                    }
                    return true;
                }
                io.out(line);
                io.out(if whole { "\n" } else { "" });
                *left -= 1;
                return *left > 0;
            }
            Text::Tail { keep, skip, kept } => {
                if *skip > 0 {
                    *skip -= 1;
                } else if *keep > 0 {
                    kept.push_back(line.to_owned());
                    if kept.len() > *keep {
                        kept.pop_front();
                    }
                }
            }
            Text::Wc { counts, .. } => {
                if counts.last().is_none_or(|(name, _)| name != file) {
                    counts.push((file.to_owned(), [0; 3]));
                }
                if let Some((_, count)) = counts.last_mut() {
                    count[0] += usize::from(whole);
                    count[1] += line.split_whitespace().count();
                    count[2] += line.len() + usize::from(whole);
                }
            }
            Text::Uniq { last, .. } => {
                if let Some((text, n)) = last
                    && text == line
                {
                    *n += 1;
                    return true;
                }
                self.flush(io);
                if let Text::Uniq { last, .. } = self {
                    *last = Some((line.to_owned(), 1));
                }
            }
            Text::Tee { text, .. } => {
                io.out(line);
                io.out(if whole { "\n" } else { "" });
                text.push_str(line);
                text.push_str(if whole { "\n" } else { "" });
            }
        }
        true
    }

    fn end(&mut self, io: &mut Io<'_>) -> u8 {
        match self {
            Text::Tac(lines) => {
                for line in lines.iter().rev() {
                    io.line(line);
                }
            }
            Text::Tail { kept, .. } => {
                for line in kept.iter() {
                    io.line(line);
                }
            }
            Text::Wc {
                show,
                counts,
                files,
            } => wc(io, *show, counts, *files),
            Text::Tee {
                paths,
                append,
                text,
            } => {
                for typed in paths {
                    let path = io.session.path(typed);
                    let before = io.session.files.read(&path).filter(|_| *append);
                    let whole = format!("{}{text}", before.as_deref().unwrap_or(""));
                    io.session.files.write(&path, &whole);
                }
            }
            Text::Uniq { .. } => self.flush(io),
            Text::Head { .. } => {}
        }
        0
    }
}

impl Text {
    /// Prints the run of equal lines that just ended.
    fn flush(&mut self, io: &mut Io<'_>) {
        if let Text::Uniq {
            count,
            doubled,
            single,
            last,
        } = self
            && let Some((text, n)) = last.take()
        {
            if *doubled && n == 1 || *single && n > 1 {
                return;
            }
            if *count {
                io.line(format!("{n:7} {text}"));
            } else {
                io.line(text);
            }
        }
    }
}
