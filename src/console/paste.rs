//! Pasted transcripts: the commands without their prompts and old output.

use super::programs::NAMES;
use super::shell::{ParseError, parse};

/// The commands of a pasted text. When a line has a prompt (`$ `, `[root@master ~]# `), only lines with prompts are
/// commands and the rest is old output; otherwise every line is one. Lines that belong together (an open quote, a
/// here-document, `\` at the end) stay together.
pub fn commands(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let prompted = lines.iter().any(|l| without_prompt(l).is_some());
    let mut commands = Vec::new();
    let mut i = 0;
    while i < lines.len() {
        let first = if prompted {
            without_prompt(lines[i])
        } else {
            Some(lines[i])
        };
        i += 1;
        let Some(first) = first.filter(|l| !l.trim().is_empty()) else {
            continue;
        };
        let mut command = first.to_owned();
        while i < lines.len() && open(&command) {
            command.push('\n');
            command.push_str(lines[i].strip_prefix("> ").unwrap_or(lines[i]));
            i += 1;
        }
        commands.push(command);
    }
    commands
}

fn open(command: &str) -> bool {
    command.ends_with('\\') || matches!(parse(command), Err(ParseError::Open(_)))
}

/// The line behind its prompt, if it has one.
fn without_prompt(line: &str) -> Option<&str> {
    let line = line.trim_start();
    if let Some(rest) = line.strip_prefix("$ ") {
        return Some(rest);
    }
    if let Some(rest) = line.strip_prefix("# ") {
        let word = rest.split_whitespace().next().unwrap_or("");
        return (NAMES.contains(&word) || word == "k").then_some(rest);
    }
    let (_, rest) = line.strip_prefix('[')?.split_once(']')?;
    rest.strip_prefix("# ").or(rest.strip_prefix("$ "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_and_old_output_are_skipped() {
        let text = "$ kubectl get ds\nNAME   DESIRED\nx      1\n[root@master ~]# kubectl get pods\nNo resources\n";
        assert_eq!(commands(text), ["kubectl get ds", "kubectl get pods"]);
        let plain = "kubectl get ds\n\ncat <<EOF | kubectl apply -f -\na: b\nEOF\n# note\n";
        let want = [
            "kubectl get ds",
            "cat <<EOF | kubectl apply -f -\na: b\nEOF",
            "# note",
        ];
        assert_eq!(commands(plain), want);
        assert_eq!(commands("# kubectl get no\nx"), ["kubectl get no"]);
    }
}
