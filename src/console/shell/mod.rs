//! The shell's language: a line of text to commands.
//!
//! Lists with `;`, `&&`, `||`, pipelines, words with quotes, variables and `$(…)`, redirections, here-documents,
//! `for`, `while`, `until`, `if`, `case`, `$((…))`. Functions and background jobs are left out.

pub mod arithmetic;

mod compound;

pub mod expand;

pub mod parameter;

pub mod parse;

mod word;

/// A list of pipelines.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Script {
    pub items: Vec<Item>,
}

/// One pipeline of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    pub when: When,
    /// `! command`
    pub negate: bool,
    pub stages: Vec<Command>,
}

/// Whether an item runs, by the exit code of the one before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    Always,
    /// After `&&`.
    Succeeded,
    /// After `||`.
    Failed,
}

/// One program of a pipeline.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    Simple(Simple),
    /// With the redirections behind it.
    Compound(Compound, Vec<Redirect>),
}

/// A command made of commands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Compound {
    For {
        variable: String,
        words: Vec<Word>,
        body: Script,
    },
    /// `for ((first; test; step))`
    Count {
        first: Word,
        test: Word,
        step: Word,
        body: Script,
    },
    /// `while` and `until`.
    Loop {
        test: Script,
        until: bool,
        body: Script,
    },
    /// The tests with what follows them, and `else`.
    If {
        branches: Vec<(Script, Script)>,
        otherwise: Option<Script>,
    },
    Case {
        word: Word,
        arms: Vec<(Vec<Word>, Script)>,
    },
    /// `{ …; }`
    Group(Script),
    /// `( … )`
    Subshell(Script),
    /// `(( … ))`
    Arithmetic(Word),
}

/// Words and redirections.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Simple {
    /// `NAME=value` before the words.
    pub assignments: Vec<(String, Word)>,
    pub words: Vec<Word>,
    pub redirects: Vec<Redirect>,
}

/// Where a stream comes from or goes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Redirect {
    /// `> file`, `2> file`, `>> file`, `&> file`
    File {
        out: bool,
        err: bool,
        append: bool,
        path: Word,
    },
    /// `2>&1`
    ErrToOut,
    /// `>&2`
    OutToErr,
    /// `< file`
    Input(Word),
    /// A here-document or `<<< word`.
    Text(Word),
}

/// A word in pieces.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Word {
    pub parts: Vec<Part>,
}

/// A piece of a word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    Text(String),
    /// Text from quotes: it makes a word even when empty.
    Quoted(String),
    Variable {
        name: String,
        /// In double quotes: not split into words.
        quoted: bool,
    },
    Output {
        script: Script,
        quoted: bool,
    },
    /// `$(( … ))`
    Arithmetic(Word),
}

/// Why a line is no script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ParseError {
    /// A quote, a bracket or a here-document is still open: more lines may complete it.
    Open(&'static str),
    /// The word that does not belong there.
    Unexpected(String),
    /// A line that is too long or too deep to be read.
    TooMuch(&'static str),
}

impl ParseError {
    /// The shell's sentence.
    pub fn text(&self) -> String {
        match self {
            ParseError::Open(what) => {
                format!("-bash: unexpected EOF while looking for matching `{what}'")
            }
            ParseError::Unexpected(word) => {
                format!("-bash: syntax error near unexpected token `{word}'")
            }
            ParseError::TooMuch(why) => format!("-bash: {why}"),
        }
    }
}

pub use parse::parse;
