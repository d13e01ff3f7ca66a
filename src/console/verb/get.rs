//! `kubectl get`: flags, lists, order of what is printed.
//!
//! Upstream: kubectl/pkg/cmd/get/get.go.

use super::get_rows::Rows;
use super::{get_raw, get_watch};
use crate::cluster::scale_of;
use crate::console::args::{Flag, Takes, long, short};
use crate::console::error::Failure;
use crate::console::files::Found as FileFound;
use crate::console::format::sort::{self, Unsorted};
use crate::console::format::{self, Format};
use crate::console::kubectl::builder::{self, Bare, Found, Info};
use crate::console::kubectl::{Call, Command, Run, flags, manifest, served};
use crate::console::print::{View, age, columns, table as rows_of};
use crate::console::task::{Io, Step, Task};
use crate::k8s::{Kind, Object, Value};
use crate::value;
use std::sync::Arc;

const FLAGS: &[Flag] = &[
    short('w', "watch", Takes::Bool),
    long("watch-only", Takes::Bool),
    long("output-watch-events", Takes::Bool),
    short('L', "label-columns", Takes::List),
    long("show-labels", Takes::Bool),
    long("show-kind", Takes::Bool),
    long("sort-by", Takes::Text),
    long("no-headers", Takes::Bool),
    long("ignore-not-found", Takes::Bool),
    long("chunk-size", Takes::Int),
    long("server-print", Takes::Bool),
    long("raw", Takes::Text),
    long("subresource", Takes::Text),
];

pub static COMMANDS: &[Command] = &[Command {
    path: "get",
    about: "Display one or many resources",
    usage: "[(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file|custom-columns|custom-columns-file|wide] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]",
    flags: &[
        FLAGS,
        flags::FILES,
        flags::SELECTOR,
        flags::FIELD_SELECTOR,
        flags::ALL_NAMESPACES,
        flags::OUTPUT,
    ],
    required: &[],
    run: Run::Task(start),
}];

/// `get` before its first poll.
#[derive(Clone)]
struct Get {
    call: Call,
    watch: Option<Box<dyn Task>>,
}

fn start(call: Call) -> Result<Box<dyn Task>, Failure> {
    Ok(Box::new(Get { call, watch: None }))
}

impl Task for Get {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        if let Some(watch) = &mut self.watch {
            return watch.poll(io);
        }
        let flags = &self.call.flags;
        let watches = flags.is("watch") || flags.is("watch-only");
        let result = if watches && !flags.given("raw") {
            get_watch::start(&self.call, io).map(Some)
        } else {
            once(&self.call, io).map(|()| None)
        };
        match result {
            Ok(Some(watch)) => {
                self.watch = Some(watch);
                self.poll(io)
            }
            Ok(None) => Step::Exit(0),
            Err(failure) => crate::console::kubectl::fail(io, &failure),
        }
    }
}

/// The objects that the arguments or files name.
pub fn find(call: &Call, io: &mut Io<'_>) -> Result<Found, Failure> {
    if call.args().is_empty() && !manifest::given(call) {
        io.err_line(
            "You must specify the type of resource to get. Use \"kubectl api-resources\" for a complete list of \
             supported resources.\n",
        );
        return Err(call.usage(
            "Required resource not specified.\nUse \"kubectl explain <resource>\" for a detailed description of \
             that resource (e.g. kubectl explain pods).",
        ));
    }
    if manifest::given(call) {
        return files(call, io);
    }
    builder::objects(call, call.args(), Bare::Means, io)
}

/// The live objects that files name.
fn files(call: &Call, io: &mut Io<'_>) -> Result<Found, Failure> {
    if !call.args().is_empty() {
        manifest::check_paths(call, io)?;
        return Err(Failure::client(
            "when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well",
        ));
    }
    // get reads files of every namespace, and tells what is wrong with them without `error: `.
    let mut anywhere = call.clone();
    anywhere.namespace_given = false;
    let mut found = super::from_files(&anywhere, io)?;
    if call.selects() {
        // A selector beside files fits nothing.
        found.infos.clear();
    }
    for failure in &mut found.failures {
        if let Failure::Client(message) = failure {
            *failure = Failure::Plain(std::mem::take(message));
        }
    }
    Ok(found)
}

/// The format, checked against the other flags.
pub fn format(call: &Call, io: &Io<'_>) -> Result<Format, Failure> {
    let output = call.flags.text("output").unwrap_or("");
    if call.flags.is("show-labels") && !matches!(output, "" | "wide") {
        return Err(Failure::client(format!(
            "--show-labels option cannot be used with {output} printer"
        )));
    }
    Format::of(call, None, io)
}

fn once(call: &Call, io: &mut Io<'_>) -> Result<(), Failure> {
    if let Some(answer) = get_raw::answer(call, io) {
        return answer;
    }
    let format = format(call, io);
    // That labels cannot be shown is said before anything is looked up, what is wrong with a format afterwards.
    if call.flags.is("show-labels") {
        format.as_ref().map_err(Clone::clone)?;
    }
    if call.flags.is("output-watch-events") {
        return Err(Failure::client(
            "--output-watch-events option can only be used with --watch or --watch-only",
        ));
    }
    let mut found = find(call, io)?;
    if format.is_err() && found.single {
        Failure::gather(std::mem::take(&mut found.failures))?;
    }
    let format = format?;
    subresource(call, &found)?;
    let ignore = call.flags.is("ignore-not-found");
    if ignore {
        found
            .failures
            .retain(|f| !matches!(f, Failure::Api(status) if status.is_not_found()));
    }
    hide_beside_missing(call, &format, &mut found, io);
    if !format.is_table() {
        found.infos.iter_mut().for_each(as_asked_for);
    }
    let objects = sorted(call, &format, &found, io)?;
    let scale = call.flags.text("subresource") == Some("scale");
    if format.is_table() && (scale || call.flags.text("subresource") == Some("resize")) {
        io.out(scales_table(call, &objects, io));
        return Failure::gather(found.failures);
    }
    if format.is_table() {
        table(call, &format, &found, &objects, io);
        return Failure::gather(found.failures);
    }
    if format == Format::Name {
        names(scale, &objects, io);
        return Failure::gather(found.failures);
    }
    if objects.is_empty() && manifest::given(call) && !found.failures.is_empty() {
        return Failure::gather(found.failures);
    }
    if found.single && objects.is_empty() {
        return Failure::gather(found.failures);
    }
    let mut shown = objects.iter().map(|o| {
        if scale {
            scale_of(o)
        } else {
            format::shown(call, o.value())
        }
    });
    let whole = if found.single {
        shown.next_back().unwrap_or_default()
    } else {
        list(shown.collect())
    };
    format::print(call, &format, &whole, io)?;
    Failure::gather(found.failures)
}

/// `-o name`
fn names(scale: bool, objects: &[Arc<Object>], io: &mut Io<'_>) {
    for object in objects {
        let title = if scale {
            "scale.autoscaling"
        } else {
            &title(object)
        };
        io.line(format!("{title}/{}", object.name()));
    }
}

/// The object in the version of the file that named it.
fn as_asked_for(info: &mut Info) {
    let shown = info.ty.shown(info.object.value());
    if shown != *info.object.value() {
        info.object = Arc::new(Object::read(info.object.kind(), shown, None));
    }
}

/// When one object of a single file is missing, only tables show the others.
///
/// Upstream: cli-runtime/pkg/resource/builder.go `singleItemImplied`
fn hide_beside_missing(call: &Call, format: &Format, found: &mut Found, io: &Io<'_>) {
    let [file] = call.flags.list("filename") else {
        return;
    };
    let of_one = io.session.files.find(&io.session.path(file)) == FileFound::File;
    if of_one && !format.is_table() && !found.failures.is_empty() {
        found.infos.clear();
    }
}

/// The objects in the order of `--sort-by`.
fn sorted(
    call: &Call,
    format: &Format,
    found: &Found,
    io: &mut Io<'_>,
) -> Result<Vec<Arc<Object>>, Failure> {
    let mut objects: Vec<Arc<Object>> = found.infos.iter().map(|i| i.object.clone()).collect();
    let sorting = call.flags.text("sort-by").filter(|p| !p.is_empty());
    if let Some(path) = sorting {
        let sorted = sort::sort(&mut objects, path);
        // Each list and each single object is a table of its own, and these are never sorted together.
        if format.is_table() && found.types.len() > 1 {
            return Err(Failure::client(sort::not_found(path)));
        }
        match sorted {
            Ok(()) => {}
            Err(Unsorted::Type(name)) => {
                let (line, of) = if format.is_table() {
                    ("sorter.go:375", "[][][]reflect.Value")
                } else {
                    ("sorter.go:329", "*unstructured.Unstructured")
                };
                let path = format::jsonpath::relaxed(path).unwrap_or_default();
                let text = format!(
                    "Field {path} in {of} is an unsortable type: interface, err: unsortable type: {name}"
                );
                io.log('F', line, &text);
                return Err(Failure::Code(1));
            }
            Err(Unsorted::Path(why)) if !format.is_table() => return Err(Failure::Client(why)),
            // Rows that cannot be ordered are not printed at all.
            Err(Unsorted::Path(_)) if objects.len() > 1 => objects.clear(),
            Err(Unsorted::Path(_)) => {}
        }
    }
    Ok(objects)
}

/// `--subresource` shows the object itself for `status`; nothing else of it is kept apart here.
fn subresource(call: &Call, found: &Found) -> Result<(), Failure> {
    let Some(part) = call.flags.text("subresource").filter(|p| !p.is_empty()) else {
        return Ok(());
    };
    if !found.single && found.failures.is_empty() && call.args().len() < 2 {
        return Err(Failure::client(
            "subresource cannot be used when bulk resources are specified",
        ));
    }
    let without = |i: &Info| i.object.value().field("status").is_none();
    match part {
        "scale" if found.infos.iter().all(|i| i.object.kind().scales()) => Ok(()),
        "status" if !found.infos.iter().any(without) => Ok(()),
        "resize" if found.infos.iter().all(|i| i.object.kind() == Kind::Pod) => Ok(()),
        _ => Err(Failure::Api(crate::cluster::Status::plain(
            404,
            "NotFound",
            "the server could not find the requested resource".to_owned(),
        ))),
    }
}

/// How many replicas of each object there shall be and are; a Scale has no labels.
fn scales_table(call: &Call, objects: &[Arc<Object>], io: &Io<'_>) -> String {
    let flags = &call.flags;
    let scale = flags.text("subresource") == Some("scale");
    let head: &[&str] = if scale {
        &["NAME", "DESIRED", "AVAILABLE", "AGE"]
    } else {
        &["NAME", "AGE"]
    };
    let mut head: Vec<String> = head.iter().map(|&h| h.to_owned()).collect();
    for label in flags.list("label-columns") {
        let name = label.rsplit('/').next().unwrap_or(label);
        head.push(name.to_uppercase());
    }
    if flags.is("show-labels") {
        head.push("LABELS".to_owned());
    }
    let width = head.len() - usize::from(flags.is("show-labels"));
    let row = |object: &Arc<Object>| {
        let number = |field: &str| {
            object
                .value()
                .at(&[field, "replicas"])
                .as_i64()
                .unwrap_or(0)
        };
        let since = object.meta().creation;
        let mut row = vec![object.name().to_string()];
        if scale {
            row.extend([number("spec").to_string(), number("status").to_string()]);
        }
        row.push(since.map_or_else(String::new, |at| age::since(at, io.now())));
        row.resize(width, String::new());
        row.resize(head.len(), "<none>".to_owned());
        row
    };
    let mut rows: Vec<Vec<String>> = objects.iter().map(row).collect();
    if !flags.is("no-headers") && !rows.is_empty() {
        rows.insert(0, head.clone());
    }
    rows_of::print(&rows)
}

/// `daemonset.apps`
pub fn title(object: &Object) -> String {
    if let Some((_, title)) = served::kind(object) {
        return title.to_owned();
    }
    let info = object.kind().info();
    if info.group.is_empty() {
        info.singular.to_owned()
    } else {
        format!("{}.{}", info.singular, info.group)
    }
}

/// Objects as one `List`.
pub fn list(items: Vec<Value>) -> Value {
    value!({
        "apiVersion": "v1",
        "items": Value::from(items),
        "kind": "List",
        "metadata": {"resourceVersion": ""},
    })
}

/// Prints tables, one for each run of objects of a kind.
fn table(call: &Call, format: &Format, found: &Found, objects: &[Arc<Object>], io: &mut Io<'_>) {
    if objects.is_empty() {
        if found.failures.is_empty() && !call.flags.is("ignore-not-found") {
            let namespaced = found.types.iter().all(|t| t.namespaced());
            io.err_line(call.nothing_found(namespaced));
        }
        return;
    }
    let several = found.types.iter().any(|t| *t != found.types[0]);
    let namespaces = call.all_namespaces() && call.flags.is("all-namespaces");
    let mut first = true;
    for group in objects.chunk_by(|a, b| a.kind() == b.kind() && served::kind(a) == served::kind(b))
    {
        let mut rows = Rows::new(
            call,
            group[0].kind(),
            *format == Format::Wide,
            several,
            namespaces,
        );
        rows.columns = columns::of_object(&group[0]);
        if !first && !call.flags.is("no-headers") {
            io.line("");
        }
        first = false;
        let view = View {
            api: io.cluster.api(),
            now: io.now(),
        };
        let text = rows.print(group, view);
        io.out(text);
    }
}
