//! `base64 [-d] [-w COLUMNS] [FILE]`

use super::Refused;
use super::options::Options;
use crate::console::task::{Io, Step, Task, Wake};
use crate::k8s::base64::decode;
use crate::k8s::decode::base64 as encode;

/// Columns of a line of output.
const WIDTH: usize = 76;

#[derive(Clone)]
struct Base64 {
    decodes: bool,
    /// 0: no ends of lines.
    width: usize,
    file: Option<String>,
}

/// Starts the program.
pub fn start(args: &[String]) -> Result<Box<dyn Task>, Refused> {
    let long = [("decode", 'd'), ("wrap", 'w'), ("ignore-garbage", 'i')];
    let options = Options::parse("base64", args, "dDi", "w", &long).map_err(|(why, _)| {
        let help = "Try 'base64 --help' for more information.";
        (format!("{why}\n{help}"), 1)
    })?;
    if let Some(extra) = options.operands.get(1) {
        return Err((format!("base64: extra operand '{extra}'"), 1));
    }
    let width = match options.value('w') {
        None => WIDTH,
        Some(text) => match text.parse() {
            Ok(width) => width,
            Err(_) => return Err((format!("base64: invalid wrap size: '{text}'"), 1)),
        },
    };
    let file = options.operands.first().filter(|f| *f != "-").cloned();
    Ok(Box::new(Base64 {
        decodes: options.has('d') || options.has('D'),
        width,
        file,
    }))
}

impl Task for Base64 {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        let text = match &self.file {
            None => match io.whole_input() {
                Some(text) => text,
                None => return Step::Wait(Wake::INPUT),
            },
            Some(file) => match io.session.files.read(&io.session.path(file)) {
                Some(text) => text.to_string(),
                None => {
                    io.err_line(format!("base64: {file}: No such file or directory"));
                    return Step::Exit(1);
                }
            },
        };
        if !self.decodes {
            let coded = encode(text.as_bytes());
            let width = if self.width == 0 {
                coded.len().max(1)
            } else {
                self.width
            };
            for line in coded.as_bytes().chunks(width) {
                io.out(String::from_utf8_lossy(line));
                if self.width > 0 {
                    io.out("\n");
                }
            }
            return Step::Exit(0);
        }
        // As much as a whole number of groups is told although what follows is no base64.
        let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if let Ok(decoded) = decode(&plain) {
            io.out(decoded);
            return Step::Exit(0);
        }
        let wrong = |c: char| !(c.is_ascii_alphanumeric() || "+/=".contains(c));
        let good = &plain[..plain.find(wrong).unwrap_or(plain.len())];
        io.out(decode(&good[..good.len() / 4 * 4]).unwrap_or_default());
        io.err_line("base64: invalid input");
        Step::Exit(1)
    }
}
