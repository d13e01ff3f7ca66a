//! What a lesson is. Texts are slices of the files.

/// A lesson.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lesson {
    pub title: &'static str,
    /// What one learns, in a line.
    pub about: &'static str,
    pub steps: Vec<Step>,
}

/// Something to read and, mostly, to do.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Step {
    /// A sentence or two.
    pub text: &'static str,
    /// Lines for the console.
    pub commands: Vec<&'static str>,
    pub goal: Option<Goal>,
}

/// What is so once a step is done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Goal {
    /// In words.
    pub text: &'static str,
    /// A question that the console understands, too.
    pub command: &'static str,
    /// What it prints then.
    pub value: &'static str,
}

/// A stretch of a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Piece {
    Plain(&'static str),
    /// It stood between backticks.
    Code(&'static str),
}

impl Lesson {
    /// The steps' goals, in order.
    pub fn goals(&self) -> impl Iterator<Item = &Goal> {
        self.steps.iter().filter_map(|step| step.goal.as_ref())
    }

    /// How many goals stand before a step.
    pub fn goals_before(&self, step: usize) -> usize {
        let before = self.steps.iter().take(step);
        before.filter(|step| step.goal.is_some()).count()
    }
}

/// A text in pieces.
pub fn pieces(text: &'static str) -> impl Iterator<Item = Piece> {
    let parts = text.split('`').enumerate();
    parts
        .filter(|(_, part)| !part.is_empty())
        .map(|(i, part)| match i % 2 {
            0 => Piece::Plain(part),
            _ => Piece::Code(part),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stands_between_backticks() {
        let found: Vec<Piece> = pieces("`a` is not `b c`.").collect();
        let wanted = [
            Piece::Code("a"),
            Piece::Plain(" is not "),
            Piece::Code("b c"),
            Piece::Plain("."),
        ];
        assert_eq!(found, wanted);
    }
}
