//! Go templates, as far as people use them with `-o go-template`: fields, variables, pipelines, `range`, `if`,
//! `with`, comparisons, `printf`, `index`, `len`.

mod functions;
mod parse;
mod printf;
mod run;

pub use parse::parse;
pub use run::run;

use crate::k8s::Value;

/// A piece of a template.
#[derive(Clone, PartialEq, Debug)]
pub enum Node {
    Text(String),
    /// `{{pipeline}}`
    Print(Pipeline),
    /// `{{$x := pipeline}}`
    Set(String, Pipeline),
    /// `{{$x = pipeline}}`
    Change(String, Pipeline),
    /// `{{define "name"}}`
    Define(String, Vec<Node>),
    /// `{{template "name" pipeline}}`, and where the name stands.
    Template(String, Option<Pipeline>, usize),
    Break,
    Continue,
    If {
        /// `{{if $x := pipeline}}`
        name: Option<String>,
        test: Pipeline,
        then: Vec<Node>,
        other: Vec<Node>,
    },
    With {
        name: Option<String>,
        value: Pipeline,
        then: Vec<Node>,
        other: Vec<Node>,
    },
    Range {
        key: Option<String>,
        item: Option<String>,
        list: Pipeline,
        each: Vec<Node>,
        other: Vec<Node>,
    },
}

/// Commands whose result is the last argument of the next.
#[derive(Clone, PartialEq, Debug)]
pub struct Pipeline {
    pub commands: Vec<Command>,
}

/// A value, or a function with its arguments.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Command {
    pub terms: Vec<Term>,
    /// As errors name it, and where it begins.
    pub text: String,
    pub at: usize,
}

/// An operand.
#[derive(Clone, PartialEq, Debug)]
pub enum Term {
    /// `.a.b`: names, and where upstream says that an error lies.
    Field(Vec<String>, usize),
    /// `$x.a`
    Variable(String, Vec<String>, usize),
    Literal(Value),
    Function(String),
    Nested(Box<Pipeline>, Vec<String>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    fn print(template: &str) -> String {
        let object = value!({"items": [{"n": "a", "r": 3}, {"n": "b", "r": 0}], "m": {"k": "v"}});
        let nodes = parse(template).unwrap();
        let (text, error) = run(
            &nodes,
            template,
            &object,
            crate::console::format::jsonpath::Missing::Nothing,
        );
        error.map_or(text, |e| format!("error: {e}"))
    }

    #[test]
    fn templates() {
        let rows = [
            (
                "{{range .items}}{{.n}} {{.r}}{{\"\\n\"}}{{end}}",
                "a 3\nb 0\n",
            ),
            (
                "{{range $i, $x := .items}}{{$i}}={{$x.n}};{{end}}",
                "0=a;1=b;",
            ),
            ("{{if eq (len .items) 2}}two{{else}}other{{end}}", "two"),
            ("{{with .nothing}}x{{else}}none{{end}}", "none"),
            ("{{.nothing}}", "<no value>"),
            ("{{index .items 1}}", "map[n:b r:0]"),
            ("{{printf \"%s-%d\" .m.k 3}}", "v-3"),
            ("{{range .items}}{{if gt .r 1}}{{.n}}{{end}}{{end}}", "a"),
            ("{{.m.k | printf \"%q\"}}", "\"v\""),
            ("a {{- /* c */ -}} b", "ab"),
            ("{{$x := .m.k}}{{$x}}", "v"),
            (
                "{{$x := 1}}{{if true}}{{$x = 2}}{{$x := 3}}{{end}}{{$x}}",
                "2",
            ),
            ("{{with $y := .m}}{{$y.k}}{{end}}", "v"),
            ("{{range 3}}{{.}}{{end}}", "012"),
            (
                "{{range .items}}{{if eq .n \"a\"}}{{continue}}{{end}}{{.n}}{{break}}{{end}}",
                "b",
            ),
            (
                "{{define \"t\"}}[{{.}}]{{end}}{{template \"t\" .m.k}}",
                "[v]",
            ),
            (
                "{{html \"<a>\"}} {{urlquery \"a b&\"}} {{js \"'\"}}",
                "&lt;a&gt; a+b%26 \\'",
            ),
            ("{{print 1 2 \"a\" 3}}", "1 2a3"),
            (
                "{{printf \"%03d|%-3s|%x|%T\" 7 \"a\" 255 .m.k}}",
                "007|a  |ff|string",
            ),
            ("{{printf \"%d %s\" \"x\"}}", "%!d(string=x) %!s(MISSING)"),
            ("{{slice .m.k 0 1}}{{len (slice \"abc\" 1)}}", "v2"),
        ];
        for (template, want) in rows {
            assert_eq!(print(template), want, "{template}");
        }
    }

    #[test]
    fn errors() {
        assert_eq!(parse("{{.x").unwrap_err(), "1: unclosed action");
        assert_eq!(parse("{{$y}}").unwrap_err(), "1: undefined variable \"$y\"");
        assert_eq!(
            print("{{eq .m.k 1}}"),
            "error: template: output:1:2: executing \"output\" at <eq .m.k 1>: error calling eq: incompatible types for \
             comparison: string and int"
        );
        assert_eq!(
            print("{{.m.k.x}}"),
            "error: template: output:1:4: executing \"output\" at <.m.k.x>: can't evaluate field x in type interface {}"
        );
    }
}
