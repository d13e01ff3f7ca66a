//! Go templates, as far as people use them with `-o go-template`: fields, variables, pipelines, `range`, `if`,
//! `with`, comparisons, `printf`, `index`, `len`.

mod parse;
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
    If {
        test: Pipeline,
        then: Vec<Node>,
        other: Vec<Node>,
    },
    With {
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
    pub commands: Vec<Vec<Term>>,
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
        ];
        for (template, want) in rows {
            assert_eq!(print(template), want, "{template}");
        }
    }

    #[test]
    fn errors() {
        assert_eq!(parse("{{.x").unwrap_err(), "1: unclosed action");
        assert_eq!(
            print("{{.m.k.x}}"),
            "error: template: output:1:4: executing \"output\" at <.m.k.x>: can't evaluate field x in type interface {}"
        );
    }
}
