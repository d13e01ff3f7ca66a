//! The masks of the golden transcripts, as `tests/golden/mask.py` defines them.

use daemonset_playground::console::programs::regex::{Regex, Syntax};
use std::sync::OnceLock;

const RAND: &str = "[bcdfghjklmnpqrstvwxz2456789]";
const AGE_COLUMNS: &[&str] = &[
    "AGE",
    "LAST SEEN",
    "FIRST SEEN",
    "DURATION",
    "LAST SCHEDULE",
    "Age",
];

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern, Syntax::Extended, false).expect("a pattern that compiles")
}

struct Masks {
    global: Vec<(Regex, String)>,
    duration: Regex,
    dashes: Regex,
    caps: Regex,
    structured: Regex,
    waiting: Regex,
    number: Regex,
    age: Regex,
    ago: Regex,
    word: Regex,
    blanks: Regex,
    tag: Regex,
}

fn masks() -> &'static Masks {
    static MASKS: OnceLock<Masks> = OnceLock::new();
    MASKS.get_or_init(|| {
        let r = RAND;
        let days = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d\\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
        let global = [
            ("\\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\b".to_owned(), "<uid>"),
            ("\\b\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?:Z|[+-]\\d\\d:\\d\\d)".to_owned(), "<time>"),
            (format!("\\b{days} \\d{{4}} \\d\\d:\\d\\d:\\d\\d [+-]\\d{{4}}"), "<time>"),
            ("(resourceVersion\"?: )\"\\d+\"".to_owned(), "\\1\"<rv>\""),
            ("(Resource Version: +)\\d+".to_owned(), "\\1<rv>"),
            ("(Duration: +)\\d+[smhd]\\S*".to_owned(), "\\1<age>"),
            ("\\(lasts [^)]*\\)".to_owned(), "(lasts <age>)"),
            ("\\b(?:containerd|fakeRuntime)://[^\\s\"]+".to_owned(), "<container>"),
            ("(imageID: )(?!\"\").+".to_owned(), "\\1<image>"),
            ("(Image ID: +)\\S.*".to_owned(), "\\1<image>"),
            ("(containerID: ).+".to_owned(), "\\1<container>"),
            ("(Container ID: +)\\S.*".to_owned(), "\\1<container>"),
            ("\\b(?:10|192\\.168|192\\.0|172\\.\\d+)(?:\\.\\d+){2,3}\\b".to_owned(), "<ip>"),
            (
                "in \\d[\\d.]*m?s \\(\\d[\\d.]*m?s including waiting\\)".to_owned(),
                "in <age> (<age> including waiting)",
            ),
            (format!("(?<![\\w<-]){r}{{8,10}}(?![\\w-])(?!\\.)"), "<hash>"),
            (format!("-{r}{{8,10}}-{r}{{5}}\\b"), "-<hash>-<rnd>"),
            (format!("-{r}{{6,10}}(?=[\\s\"',:}}\\]]|$)(?!://)"), "-<hash>"),
            (format!("-{r}{{5}}(?=[\\s\"'_,/:;}}\\])]|$)"), "-<rnd>"),
        ];
        let duration = "(?:\\d+(?:\\.\\d+)?(?:ms|µs|us|ns|s|m|h|d|y))+";
        let cell = "[A-Z][A-Z0-9()/_-]*(?: [A-Z0-9()/_-]+)*";
        Masks {
            global: global.into_iter().map(|(p, w)| (regex(&p), w.to_owned())).collect(),
            duration: regex(&format!("^{duration}$")),
            dashes: regex("^ *-+(?: +-+)+ *$"),
            caps: regex(&format!("^{cell}(?: {{2,}}{cell})+ *$")),
            structured: regex("-o[ =]?(yaml|json)\\b|--output[ =](yaml|json)"),
            waiting: Regex::new("^\\s*waiting for", Syntax::Extended, true).expect("a pattern"),
            number: regex("\\b\\d+\\b"),
            age: regex("^(\\d|<age>|<invalid>)"),
            ago: regex("\\(.* ago\\)"),
            word: regex("\\S+(?: \\S+)*"),
            blanks: regex(" {2,}"),
            tag: regex("<[a-z]+>"),
        }
    })
}

/// The cells of a header line, with where they begin.
fn words(line: &str) -> Vec<(usize, String)> {
    let chars: Vec<char> = line.chars().collect();
    let (mut all, mut at) = (Vec::new(), 0);
    while let Some(found) = masks().word.find_at(&chars, at) {
        all.push((found.start, chars[found.start..found.end].iter().collect()));
        at = found.end;
    }
    all
}

fn replace(text: &str) -> String {
    let mut text = text.to_owned();
    for (pattern, word) in &masks().global {
        text = pattern.replace(&text, word, true).0;
    }
    text
}

fn cell(name: &str, text: &str) -> String {
    if AGE_COLUMNS.contains(&name) && masks().age.is_match(text) {
        return "<age>".to_owned();
    }
    if name == "RESTARTS" {
        return replace(&masks().ago.replace(text, "(<age> ago)", true).0);
    }
    replace(text)
}

fn kept(raw: &str, masked: &str) -> bool {
    if raw == masked {
        return true;
    }
    if raw.chars().count() != masked.chars().count() {
        return false;
    }
    let chars: Vec<char> = masked.chars().collect();
    let (mut at, mut tags) = (0, 0);
    while let Some(found) = masks().tag.find_at(&chars, at) {
        let tag: String = chars[found.start..found.end].iter().collect();
        if tag != "<rnd>" {
            return false;
        }
        tags += 1;
        at = found.end;
    }
    tags > 0
}

/// Masks the rows under a header; returns the lines and how many of the input were rows.
fn table(header: &str, lines: &[&str]) -> (Vec<String>, usize) {
    let columns = words(header);
    let starts: Vec<usize> = columns.iter().map(|(s, _)| *s).collect();
    let mut raw: Vec<Vec<String>> = Vec::new();
    for line in lines {
        let chars: Vec<char> = line.chars().collect();
        let touches = |s: &usize| *s > 0 && chars.len() > *s && chars[*s - 1] != ' ';
        if line.trim().is_empty() || starts.iter().any(touches) {
            break;
        }
        let cells: Vec<String> = starts
            .iter()
            .enumerate()
            .map(|(i, s)| {
                let end = starts
                    .get(i + 1)
                    .copied()
                    .unwrap_or(chars.len())
                    .min(chars.len());
                let cell: String = chars.get(*s..end).unwrap_or(&[]).iter().collect();
                cell.trim().to_owned()
            })
            .collect();
        if cells[0].is_empty() && columns[0].1 != "NAMESPACE" {
            break;
        }
        raw.push(cells);
    }
    let rows: Vec<Vec<String>> = raw
        .iter()
        .map(|r| {
            r.iter()
                .zip(&columns)
                .map(|(c, (_, n))| cell(n, c))
                .collect()
        })
        .collect();
    let exact = raw
        .iter()
        .zip(&rows)
        .all(|(r, m)| r.iter().zip(m).take(r.len() - 1).all(|(a, b)| kept(a, b)));
    let indent = " ".repeat(starts[0]);
    let join = |row: &[String]| {
        let mut text = indent.clone();
        if exact {
            for (i, cell) in row.iter().enumerate() {
                let width = starts.get(i + 1).map_or(0, |e| e - starts[i]);
                text.push_str(&format!("{cell:<width$}"));
            }
        } else {
            text.push_str(&row.join("   "));
        }
        text.trim_end().to_owned()
    };
    let mut out: Vec<String> = rows.iter().map(|r| join(r)).collect();
    let names: Vec<String> = columns.iter().map(|(_, n)| n.clone()).collect();
    let has = |n: &str| names.iter().any(|x| x == n);
    let events = has("LAST SEEN") || has("Reason") && has("Age");
    if events || out.iter().any(|line| line.contains("<rnd>")) {
        let dash =
            |r: &String| masks().dashes.is_match(r) || r.chars().all(|c| c == '-' || c == ' ');
        let (dashes, mut others): (Vec<String>, Vec<String>) = out.into_iter().partition(dash);
        others.sort();
        out = dashes;
        out.extend(others);
    }
    out.insert(0, join(&names));
    (out, rows.len())
}

/// The output of one command with everything that differs from run to run replaced.
pub fn mask(text: &str, command: &str) -> String {
    let masks = masks();
    let lines: Vec<&str> = text.split('\n').collect();
    let mut out: Vec<String> = Vec::new();
    let structured = masks.structured.is_match(command);
    let headless = command.contains("--no-headers");
    let mut i = 0;
    while i < lines.len() {
        let line = lines[i].trim_end();
        let dashed = lines.get(i + 1).is_some_and(|l| masks.dashes.is_match(l));
        if !structured && (masks.caps.is_match(line) || dashed && !line.trim().is_empty()) {
            let (done, n) = table(line, &lines[i + 1..]);
            out.extend(done);
            i += 1 + n;
            continue;
        }
        if masks.waiting.is_match(line) {
            let line = masks.number.replace(&replace(line), "N", true).0;
            if !out.contains(&line) {
                out.push(line);
            }
        } else if !structured && headless {
            let joined = masks.blanks.replace(line, "\u{1}", true).0;
            let cells: Vec<String> = joined
                .split('\u{1}')
                .map(|c| {
                    if masks.duration.is_match(c) {
                        "<age>".to_owned()
                    } else {
                        replace(c)
                    }
                })
                .collect();
            out.push(cells.join("   "));
        } else {
            out.push(replace(line));
        }
        i += 1;
    }
    if headless && out.iter().any(|l| l.contains("<rnd>")) {
        out.retain(|l| !l.is_empty());
        out.sort();
    }
    let mut text = out
        .iter()
        .map(|l| l.trim_end())
        .collect::<Vec<_>>()
        .join("\n");
    while text.contains("\n\n\n") {
        text = text.replace("\n\n\n", "\n\n");
    }
    text.trim_end_matches('\n').to_owned()
}
