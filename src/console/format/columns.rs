//! `-o custom-columns=…`
//!
//! Upstream: kubectl/pkg/cmd/get/customcolumn.go.

use super::go;
use super::jsonpath;
use crate::console::print::table;
use crate::k8s::Value;

/// A header and its path as typed.
pub type Spec = Vec<(String, String)>;

/// Reads the text after `custom-columns=`.
pub fn parse(text: &str) -> Result<Spec, String> {
    if text.is_empty() {
        return Err("custom-columns format specified but no custom columns given".to_owned());
    }
    text.split(',')
        .map(|part| {
            let wrong = || {
                format!(
                    "unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>"
                )
            };
            let (header, path) = part.split_once(':').ok_or_else(wrong)?;
            Ok((header.to_owned(), jsonpath::relaxed(path)?))
        })
        .collect()
}

/// The table, and the error that ended it.
pub fn print(spec: &Spec, objects: &[Value], headers: bool) -> (String, Option<String>) {
    let mut rows = Vec::new();
    if headers {
        rows.push(spec.iter().map(|(h, _)| h.clone()).collect());
    }
    let mut paths = Vec::new();
    for (_, path) in spec {
        match jsonpath::parse(path) {
            Ok(path) => paths.push(path),
            Err(why) => return (table::print(&rows), Some(why)),
        }
    }
    for object in objects {
        let mut row = Vec::new();
        for path in &paths {
            let results = match jsonpath::find(path, object) {
                Ok(results) => results.into_iter().flatten(),
                Err(why) => return (table::print(&rows), Some(why)),
            };
            let texts: Vec<String> = results.map(|v| go::print(&v)).collect();
            row.push(if texts.is_empty() {
                "<none>".to_owned()
            } else {
                texts.join(",")
            });
        }
        rows.push(row);
    }
    (table::print(&rows), None)
}
