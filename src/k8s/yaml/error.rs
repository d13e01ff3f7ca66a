//! The scanner's complaints in the words and with the lines of kubectl's reader.

/// Turns the complaint about a document into the sentence after `error converting YAML to JSON: `.
///
/// Upstream: go.yaml.in/yaml/v2 decode.go `parser.fail`: it prints the line of the problem, counted from 0
/// for the parser and from 1 for the scanner, and none for the first line.
pub(super) fn sentence(complaint: &str, text: &str) -> String {
    if let Some(own) = complaint.split_once(super::read::OWN) {
        return own.1.split('\n').next().unwrap_or("").to_owned();
    }
    if complaint.contains("recursion limit exceeded") {
        return "yaml: exceeded max depth of 128".to_owned();
    }
    if complaint.contains("repetition limit exceeded") {
        return "yaml: document contains excessive aliasing".to_owned();
    }
    if let Some(sentence) = wrong_core_tag(complaint) {
        return sentence;
    }
    let (problem, context) = match complaint.split_once(", while ") {
        Some((problem, context)) => (problem, Some(context)),
        None => match complaint.split_once(", did not find") {
            Some((problem, context)) => (problem, Some(context)),
            None => (complaint, None),
        },
    };
    let (problem, mark) = cut_mark(problem);
    // The client's reader spells this one its own way.
    let problem = &problem.replace("hexadecimal", "hexdecimal");
    if problem.ends_with("unknown anchor") {
        return format!("yaml: unknown anchor '{}' referenced", alias_at(text, mark));
    }
    let context_mark = context.and_then(|c| cut_mark(c).1);
    let parser = context.is_some_and(is_parser_context) || is_parser_problem(problem);
    // Marks count from 1 here and from 0 there.
    let zero_based = mark
        .map(|(line, _)| line - 1)
        .filter(|line| *line != 0)
        .or_else(|| {
            context_mark
                .map(|(line, _)| line - 1)
                .filter(|line| *line != 0)
        });
    match zero_based {
        None => format!("yaml: {problem}"),
        Some(line) => format!("yaml: line {}: {problem}", line + usize::from(!parser)),
    }
}

/// `!!int x`: `invalid value: string "x", expected an integer`.
fn wrong_core_tag(complaint: &str) -> Option<String> {
    let (_, rest) = complaint.split_once("invalid value: string \"")?;
    let (text, expected) = rest.rsplit_once("\", expected ")?;
    let tag = ["boolean", "integer", "float", "null"]
        .iter()
        .zip(["bool", "int", "float", "null"])
        .find_map(|(word, tag)| expected.contains(word).then_some(tag))?;
    Some(format!("yaml: cannot decode !!str `{text}` as a !!{tag}"))
}

/// The scanner parses, too: quoted scalars and tags.
fn is_parser_context(context: &str) -> bool {
    [
        "parsing a node",
        "parsing a block node",
        "parsing a flow node",
        "parsing a block collection",
        "parsing a block mapping",
        "parsing a flow sequence",
        "parsing a flow mapping",
    ]
    .iter()
    .any(|start| context.starts_with(start))
}

/// Problems of the parser that come without a context.
fn is_parser_problem(problem: &str) -> bool {
    [
        "did not find expected <stream-start>",
        "did not find expected <document start>",
        "did not find expected node content",
        "found duplicate %YAML directive",
        "found incompatible YAML document",
        "found duplicate %TAG directive",
        "found undefined tag handle",
    ]
    .contains(&problem)
}

/// `problem at line 3 column 4` → the problem, (3, 4).
fn cut_mark(text: &str) -> (&str, Option<(usize, usize)>) {
    let Some((problem, mark)) = text.rsplit_once(" at line ") else {
        // On the first character a position without a line is printed.
        return (text.split(" at position ").next().unwrap_or(text), None);
    };
    let numbers = mark
        .split_once(" column ")
        .and_then(|(line, column)| Some((line.trim().parse().ok()?, column.trim().parse().ok()?)));
    (problem, numbers)
}

/// The name after `*` at a mark.
fn alias_at(text: &str, mark: Option<(usize, usize)>) -> String {
    let (line, column) = mark.unwrap_or((1, 1));
    let line = text.split('\n').nth(line.saturating_sub(1)).unwrap_or("");
    line.chars()
        .skip(column)
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        .collect()
}
