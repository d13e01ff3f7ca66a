//! What an awk program is made of.

use super::super::decimal::Decimal;
use super::super::regex::Regex;

/// Rules in order.
#[derive(Clone, Default, Debug)]
pub struct Program {
    pub rules: Vec<Rule>,
}

impl Program {
    /// Nothing reads the input.
    pub fn only_begin(&self) -> bool {
        self.rules
            .iter()
            .all(|r| matches!(r.pattern, Pattern::Begin))
    }
}

#[derive(Clone, Debug)]
pub struct Rule {
    pub pattern: Pattern,
    /// None prints the line.
    pub action: Option<Vec<Statement>>,
}

#[derive(Clone, Debug)]
pub enum Pattern {
    Begin,
    End,
    Always,
    When(Expression),
    /// From the line where the first holds to the one where the second does.
    Range(Expression, Expression),
}

#[derive(Clone, Debug)]
pub enum Statement {
    Expression(Expression),
    /// Nothing prints the line.
    Print(Vec<Expression>),
    Printf(Vec<Expression>),
    If(Expression, Box<Statement>, Option<Box<Statement>>),
    While(Expression, Box<Statement>),
    /// `do … while (…)`
    Do(Box<Statement>, Expression),
    For(
        Option<Box<Statement>>,
        Option<Expression>,
        Option<Box<Statement>>,
        Box<Statement>,
    ),
    /// `for (key in array)`
    Each(String, String, Box<Statement>),
    Block(Vec<Statement>),
    /// An element, or the whole array.
    Delete(String, Option<Vec<Expression>>),
    Next,
    Break,
    Continue,
    Exit(Option<Expression>),
}

#[derive(Clone, Debug)]
pub enum Expression {
    Number(Decimal),
    Text(String),
    /// `/…/`: the line matches.
    Regex(Box<Regex>),
    Place(Place),
    Assign(Place, Option<Operator>, Box<Expression>),
    /// `++x` and `x++`, `--x` and `x--`
    Step {
        place: Place,
        up: bool,
        before: bool,
    },
    Negate(Box<Expression>),
    Not(Box<Expression>),
    Sign(Box<Expression>),
    Arithmetic(Box<Expression>, Operator, Box<Expression>),
    Compare(Box<Expression>, Comparison, Box<Expression>),
    Matches {
        text: Box<Expression>,
        pattern: Box<Expression>,
        wanted: bool,
    },
    Join(Box<Expression>, Box<Expression>),
    And(Box<Expression>, Box<Expression>),
    Or(Box<Expression>, Box<Expression>),
    Choice(Box<Expression>, Box<Expression>, Box<Expression>),
    /// `key in array`
    In(Vec<Expression>, String),
    Call(String, Vec<Expression>),
    /// `(a, b)` before `in` or after `print`.
    List(Vec<Expression>),
}

/// What can be assigned to.
#[derive(Clone, Debug)]
pub enum Place {
    Variable(String),
    Element(String, Vec<Expression>),
    Field(Box<Expression>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operator {
    Plus,
    Minus,
    Times,
    Over,
    Rest,
    Power,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Comparison {
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    More,
    MoreOrEqual,
}
