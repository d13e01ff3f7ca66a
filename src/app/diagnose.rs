//! The sentences of a refusal, each put on its line of the manifest.

use super::screen::Diagnostic;

/// One diagnostic per sentence of kubectl's answer.
pub fn diagnose(_text: &str, answer: &str) -> Vec<Diagnostic> {
    answer
        .lines()
        .map(|line| Diagnostic {
            line: line_of(line),
            message: line.to_owned(),
        })
        .collect()
}

/// `line 12:` in a sentence of the YAML parser.
fn line_of(sentence: &str) -> usize {
    let Some((_, rest)) = sentence.split_once("line ") else {
        return 0;
    };
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}
