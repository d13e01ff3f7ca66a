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

/// Commands of one manifest that are offered at most.
const NOTED_MAX: usize = 6;

/// The kubectl commands that the comments of a manifest name (`# Label a node first: kubectl label …`), each once.
pub fn noted(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in text.lines() {
        let Some((before, comment)) = line.split_once('#') else {
            continue;
        };
        if !(before.is_empty() || before.ends_with([' ', '\t'])) {
            continue;
        }
        let begins = |at: &usize| {
            let before = comment[..*at].chars().next_back();
            before.is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '-' | '.' | '/' | '_')))
        };
        let mut places = comment.match_indices("kubectl ").map(|(at, _)| at);
        let Some(command) = places.find(begins).map(|at| &comment[at..]) else {
            continue;
        };
        let quoted = comment[..comment.len() - command.len()].ends_with('`');
        let command = match command.split_once('`') {
            Some((inside, _)) if quoted => inside,
            _ => command.trim_end_matches(['.', ',', ';', ':', ')', ' ', '\r']),
        };
        // A lone word is prose: "kubectl does …" cannot be told apart further.
        if found.len() < NOTED_MAX
            && command.contains(' ')
            && !found.iter().any(|c| c == command)
            && known(command)
        {
            found.push(command.to_owned());
        }
    }
    found
}

/// The line begins with a verb of kubectl.
fn known(command: &str) -> bool {
    let verb = command.split_whitespace().nth(1).unwrap_or("");
    let first = |path: &str| path.split(' ').next() == Some(verb);
    super::verb::ALL
        .iter()
        .any(|commands| commands.iter().any(|c| first(c.path)))
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

    #[test]
    fn comments_name_commands() {
        let text = "# Label a node first: kubectl label nodes worker01 accelerator=gpu\nkind: DaemonSet # then `kubectl get \
                    ds -A`, and wait\n# what kubectl does here, kubectl get ds -A.\n# kubectl get ds -A\nargs: \
                    [\"#kubectl get pods\"]\nimage: a#kubectl get x\n# mykubectl get pods\n";
        let want = [
            "kubectl label nodes worker01 accelerator=gpu",
            "kubectl get ds -A",
        ];
        assert_eq!(noted(text), want);
    }
}
