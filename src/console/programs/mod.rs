//! The programs that the shell can start. Each is a [`Task`]; those that only look at their input share
//! [`filter::Filter`].

use super::kubectl;
use super::session::Session;
use super::task::Task;

/// Names of all programs, for completion and for `help`.
pub const NAMES: &[&str] = &["kubectl"];

/// Starts a program; the error is the shell's sentence and its exit code.
pub fn start(mut words: Vec<String>, session: &mut Session) -> Result<Box<dyn Task>, (String, u8)> {
    if let Some(alias) = words.first().and_then(|w| session.aliases.get(w)) {
        let mut full: Vec<String> = alias.split_whitespace().map(str::to_owned).collect();
        full.extend(words.drain(1..));
        words = full;
    }
    let Some(name) = words.first() else {
        return Err((String::new(), 0));
    };
    match name.as_str() {
        "kubectl" => Ok(Box::new(kubectl::Kubectl::new(words[1..].to_vec()))),
        _ => Err((format!("-bash: {name}: command not found"), 127)),
    }
}
