//! The lessons, read from their files when somebody wants them.
//!
//! ````text
//! # Title
//!
//! What one learns.
//!
//! 1. A sentence or two, on one line; `code` between backticks.
//!    ```
//!    kubectl get nodes
//!    ```
//!    goal: in words: `kubectl get … -o jsonpath={…}` = `what it prints`
//! ````

use super::{Goal, Lesson, Step};

/// A lesson in each language.
struct Texts {
    /// Of its files.
    name: &'static str,
    english: &'static str,
    simplified: &'static str,
    traditional: &'static str,
}

macro_rules! texts {
    ($($name:literal),*) => {
        [$(Texts {
            name: $name,
            english: include_str!(concat!("../../lessons/", $name, ".md")),
            simplified: include_str!(concat!("../../lessons/zh-Hans/", $name, ".md")),
            traditional: include_str!(concat!("../../lessons/zh-Hant/", $name, ".md")),
        }),*]
    };
}

/// In the order in which they are taken.
static LESSONS: [Texts; 6] = texts![
    "1-one-pod-a-node",
    "2-taints",
    "3-rolling-update",
    "4-broken-image",
    "5-revisions",
    "6-lost-node"
];

/// What a lesson is known by in every language: the name of its files.
pub fn names() -> impl Iterator<Item = &'static str> {
    LESSONS.iter().map(|texts| texts.name)
}

/// What is wrong with a lesson's file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadLesson {
    /// Counted from one.
    pub line: usize,
    pub why: &'static str,
}

/// All lessons in a language, by its tag; English where there is no other.
pub fn lessons(tag: &str) -> Vec<Result<Lesson, BadLesson>> {
    let text = |texts: &Texts| match tag {
        "zh-Hans" => texts.simplified,
        "zh-Hant" => texts.traditional,
        _ => texts.english,
    };
    LESSONS.iter().map(|texts| parse(text(texts))).collect()
}

/// Reads a lesson.
pub fn parse(text: &'static str) -> Result<Lesson, BadLesson> {
    let mut lesson = Lesson {
        title: "",
        about: "",
        steps: Vec::new(),
    };
    let mut fenced = false;
    for (i, line) in text.lines().enumerate() {
        let wrong = |why| Err(BadLesson { line: i + 1, why });
        let line = line.trim();
        let number = lesson.steps.len() + 1;
        let step = lesson.steps.last_mut();
        if line.is_empty() {
            continue;
        }
        if line == "```" {
            fenced = !fenced;
        } else if let Some(title) = line.strip_prefix("# ").filter(|_| !fenced) {
            lesson.title = title;
        } else if let Some(text) = numbered(line, number).filter(|_| !fenced) {
            lesson.steps.push(Step {
                text,
                ..Step::default()
            });
        } else if let Some(step) = step {
            if fenced {
                step.commands.push(line);
            } else if step.goal.is_some() {
                return wrong("behind a goal the next step begins");
            } else if let Some(text) = line.strip_prefix("goal: ") {
                let Some(goal) = goal(text) else {
                    return wrong("a goal is: words: `command` = `value`");
                };
                step.goal = Some(goal);
            } else {
                return wrong("a step has one line of text, numbered in order");
            }
        } else if lesson.about.is_empty() && !fenced && !lesson.title.is_empty() {
            lesson.about = line;
        } else {
            return wrong("before the steps stand the title and one line of text");
        }
    }
    if fenced || lesson.about.is_empty() || lesson.steps.is_empty() {
        let line = text.lines().count();
        let why = "it ends too early";
        return Err(BadLesson { line, why });
    }
    Ok(lesson)
}

/// The text of the step with this number.
fn numbered(line: &'static str, number: usize) -> Option<&'static str> {
    let (before, text) = line.split_once(". ")?;
    (before.parse() == Ok(number)).then_some(text)
}

/// Words, a command and what it prints.
fn goal(text: &'static str) -> Option<Goal> {
    let (text, rest) = text.split_once(": `").or_else(|| text.split_once("：`"))?;
    let (command, value) = rest.strip_suffix('`')?.split_once("` = `")?;
    Some(Goal {
        text,
        command,
        value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "# Title\n\nAbout.\n\n1. Look.\n   ```\n   kubectl get no\n   # a comment\n   ```\n\n   goal: it is there: `kubectl get x` = `3`\n2. Rest, with 1. in it.\n";

    #[test]
    fn a_lesson_is_read() {
        let lesson = parse(WHOLE).expect("a good lesson");
        assert_eq!((lesson.title, lesson.about), ("Title", "About."));
        assert_eq!(lesson.steps[0].commands, ["kubectl get no", "# a comment"]);
        let goal = Goal {
            text: "it is there",
            command: "kubectl get x",
            value: "3",
        };
        assert_eq!(lesson.steps[0].goal, Some(goal));
        assert_eq!(lesson.steps[1].text, "Rest, with 1. in it.");
        assert_eq!((lesson.goals_before(0), lesson.goals_before(1)), (0, 1));
    }

    #[test]
    fn a_bad_lesson_says_where() {
        let rows = [
            ("", 0),
            ("# T\nAbout.\n", 2),
            ("About.\n# T\n1. x\n", 1),
            ("# T\nAbout.\nMore.\n", 3),
            ("# T\nAbout.\n1. x\n3. y\n", 4),
            ("# T\nAbout.\n1. x\ngoal: no command\n", 4),
            ("# T\nAbout.\n1. x\ngoal: y: `a` = `b`\nmore\n", 5),
            ("# T\nAbout.\n1. x\n```\nkubectl\n", 5),
        ];
        for (text, line) in rows {
            assert_eq!(parse(text).map_err(|bad| bad.line), Err(line), "{text}");
        }
    }
}
