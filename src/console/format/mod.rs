//! `-o`: objects in a form for programs.

pub mod columns;
pub mod go;
pub mod jsonpath;
pub mod kyaml;
pub mod sort;
pub mod template;

use self::jsonpath::Missing;
use crate::console::error::Failure;
use crate::console::kubectl::Call;
use crate::console::task::Io;
use crate::k8s::managed_fields::complete;
use crate::k8s::{Kind, Value, json, yaml};

/// All formats of `get`.
const GET: &str = "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,\
                   jsonpath-file,kyaml,name,template,templatefile,wide,yaml";

/// A parsed `-o`.
#[derive(Clone, PartialEq, Debug)]
pub enum Format {
    Table,
    Wide,
    Name,
    Yaml,
    Kyaml,
    Json,
    JsonPath {
        raw: String,
        template: jsonpath::Template,
    },
    JsonPathAsJson {
        raw: String,
        template: jsonpath::Template,
    },
    Columns(columns::Spec),
    Template {
        raw: String,
        nodes: Vec<template::Node>,
    },
}

impl Format {
    /// Reads `-o` and `--template`. `allowed` is what the error lists; None: as `get`.
    pub fn of(call: &Call, allowed: Option<&str>, io: &Io<'_>) -> Result<Self, Failure> {
        let output = call.flags.text("output").unwrap_or("");
        let inline = call.flags.text("template");
        let output = if output.is_empty() && inline.is_some() {
            "go-template"
        } else {
            output
        };
        let (name, rest) = match output.split_once('=') {
            Some((name, rest)) => (name, Some(rest.to_owned())),
            None => (output, inline.map(str::to_owned)),
        };
        let lower = name.to_ascii_lowercase();
        let plain = matches!(lower.as_str(), "json" | "yaml" | "kyaml");
        let name = if plain { lower.as_str() } else { name };
        // Only templates and columns take something behind the name.
        let alone = plain || matches!(name, "name" | "wide");
        let allowed = allowed.unwrap_or(GET);
        let known = allowed.split(',').any(|f| f == name) && !(alone && output.contains('='));
        if !output.is_empty() && !known {
            return Err(Failure::client(format!(
                "unable to match a printer suitable for the output format \"{output}\", allowed formats are: \
                 {allowed}"
            )));
        }
        Self::named(name, rest, io)
    }

    /// The format of that name; `rest` is its template or the file of it.
    fn named(name: &str, rest: Option<String>, io: &Io<'_>) -> Result<Self, Failure> {
        let text = |rest| template_text(name, rest, io);
        let path = |raw: &str| {
            jsonpath::parse(raw)
                .map_err(|why| Failure::client(format!("error parsing jsonpath {raw}, {why}")))
        };
        match name {
            "" => Ok(Format::Table),
            "wide" => Ok(Format::Wide),
            "name" => Ok(Format::Name),
            "yaml" => Ok(Format::Yaml),
            "kyaml" => Ok(Format::Kyaml),
            "json" => Ok(Format::Json),
            "jsonpath" | "jsonpath-file" => {
                let raw = text(rest)?;
                Ok(Format::JsonPath {
                    template: path(&raw)?,
                    raw,
                })
            }
            "jsonpath-as-json" => {
                let raw = text(rest)?;
                Ok(Format::JsonPathAsJson {
                    template: path(&raw)?,
                    raw,
                })
            }
            "custom-columns" => columns::parse(&rest.unwrap_or_default())
                .map(Format::Columns)
                .map_err(Failure::Client),
            "custom-columns-file" => columns::parse(&column_pairs(&text(rest)?))
                .map(Format::Columns)
                .map_err(Failure::Client),
            _ => {
                let raw = text(rest)?;
                let nodes = template::parse(&raw).map_err(|why| {
                    Failure::client(format!(
                        "error parsing template {raw}, template: output:{why}"
                    ))
                })?;
                Ok(Format::Template { raw, nodes })
            }
        }
    }

    /// A table for people.
    pub fn is_table(&self) -> bool {
        matches!(self, Format::Table | Format::Wide)
    }
}

/// What a format's template says, read from its file where the name asks for one.
fn template_text(name: &str, rest: Option<String>, io: &Io<'_>) -> Result<String, Failure> {
    let none = || Failure::client("template format specified but no template given");
    let text = rest.filter(|r| !r.is_empty()).ok_or_else(none)?;
    if !name.ends_with("file") {
        return Ok(text);
    }
    let what = if name.starts_with("custom-columns") {
        "template"
    } else {
        "--template"
    };
    let end = if what == "template" { "" } else { "\n" };
    let read = io.session.files.read(&io.session.path(&text));
    read.map(|t| t.to_string()).ok_or_else(|| {
        Failure::client(format!(
            "error reading {what} {text}, open {text}: no such file or directory{end}"
        ))
    })
}

/// A file of columns, headers above paths, as `-o custom-columns=` takes it.
fn column_pairs(file: &str) -> String {
    let mut lines = file.lines();
    let headers = lines.next().unwrap_or("").split_whitespace();
    let paths = lines.next().unwrap_or("").split_whitespace();
    let pairs: Vec<String> = headers
        .zip(paths)
        .map(|(h, p)| format!("{h}:{p}"))
        .collect();
    pairs.join(",")
}

/// An object without what people do not ask for; only templates and columns see that.
pub fn shown(call: &Call, value: &Value) -> Value {
    let mut value = value.clone();
    let output = call.flags.text("output").unwrap_or("");
    let plain = ["", "yaml", "json", "kyaml"].contains(&output.to_ascii_lowercase().as_str());
    let asked = call.flags.is("show-managed-fields");
    if plain && !asked {
        value.remove_at(&["metadata", "managedFields"]);
    } else if let Some(kind) = Kind::of(value.get("apiVersion").text(), value.get("kind").text())
        // Made up for those only that will see them.
        && (asked || [".managedFields", "metadata}", "{@}"].iter().any(|t| output.contains(t)))
    {
        value = complete(kind, &value);
    }
    value
}

/// Prints one object (or a List).
pub fn print(call: &Call, format: &Format, value: &Value, io: &mut Io<'_>) -> Result<(), Failure> {
    let missing = if call.flags.is_or("allow-missing-template-keys", true) {
        Missing::Nothing
    } else {
        Missing::Refused
    };
    match format {
        Format::Table | Format::Wide | Format::Name => {}
        Format::Yaml => io.out(yaml::print(value)),
        Format::Kyaml => io.out(kyaml::print(value)),
        Format::Json => io.line(json::indented(value)),
        Format::JsonPath { raw, template } => match jsonpath::print(template, value, missing) {
            Ok(text) => io.out(text),
            Err(why) => return Err(jsonpath_failure(raw, &why, value)),
        },
        Format::JsonPathAsJson { raw, template } => {
            match jsonpath::find_or(template, value, missing) {
                Ok(results) => {
                    for found in results {
                        io.line(json::indented(&found.into_iter().collect()));
                    }
                }
                Err(why) => return Err(jsonpath_failure(raw, &why, value)),
            }
        }
        Format::Columns(spec) => {
            let items = value.get("items");
            let objects = match items.as_list() {
                Some(items) if value.get("kind").text().ends_with("List") => items.to_vec(),
                Some(_) | None => vec![value.clone()],
            };
            let (text, error) = columns::print(spec, &objects, !call.flags.is("no-headers"));
            io.out(text);
            if let Some(why) = error {
                return Err(Failure::Client(why));
            }
        }
        Format::Template { raw, nodes } => {
            let (text, error) = template::run(nodes, raw, value, missing);
            io.out(text);
            if let Some(why) = error {
                io.out(format!(
                    "Error executing template: {why}. Printing more information for debugging the template:\n\
                     \ttemplate was:\n\t\t{raw}\n\traw data was:\n\t\t{}\n\tobject given to template engine \
                     was:\n\t\t{}\n\n",
                    json::compact(value),
                    go::print(value)
                ));
                return Err(Failure::client(format!(
                    "error executing template {}: {why}",
                    crate::console::args::quoted(raw)
                )));
            }
        }
    }
    Ok(())
}

fn jsonpath_failure(raw: &str, why: &str, value: &Value) -> Failure {
    Failure::client(format!(
        "error executing jsonpath {}: Error executing template: {why}. Printing more information for debugging the \
         template:\n\ttemplate was:\n\t\t{raw}\n\tobject given to jsonpath engine was:\n\t\t{}\n\n",
        crate::console::args::quoted(raw),
        go::syntax(value)
    ))
}
