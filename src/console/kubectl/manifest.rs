//! Manifests named by `-f`: files, folders and standard input to the objects they hold.
//!
//! Upstream: cli-runtime/pkg/resource/builder.go `FilenameParam`, visitor.go `StreamVisitor`, mapper.go
//! `infoForData`, kubectl/pkg/validation/validation.go.

use super::{Call, Type, kustomize};
use crate::console::args::quoted;
use crate::console::error::Failure;
use crate::console::files::Found;
use crate::console::task::Io;
use crate::k8s::schema::schema;
use crate::k8s::{Value, decode, json, yaml};

/// Files of a folder that are read.
const EXTENSIONS: [&str; 3] = [".json", ".yaml", ".yml"];

const UNMAPPED: &str = "resource mapping not found";

/// Lists within lists deeper than this are not opened.
const LIST_DEPTH_MAX: usize = 16;

/// One object of a manifest.
#[derive(Clone, Debug)]
pub struct Manifest {
    pub ty: Type,
    /// Empty for cluster-scoped types.
    pub namespace: String,
    pub name: String,
    pub value: Value,
    /// The file as it is named in errors; `STDIN` for standard input.
    pub source: String,
}

impl Manifest {
    /// What long errors say about an object.
    pub fn about(&self) -> String {
        let version = self.ty.resource.api_version();
        format!(
            "Resource: \"{}\", GroupVersionKind: \"{}, Kind={}\"\nName: {}, Namespace: {}",
            self.ty.group_version_resource(),
            if self.ty.resource.group.is_empty() {
                format!("/{version}")
            } else {
                version
            },
            self.ty.resource.kind,
            quoted(&self.name),
            quoted(&self.namespace)
        )
    }
}

/// Whether kubectl looks at a document's head before it sends it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Check {
    Head,
    Nothing,
}

/// What the files hold, in order.
#[derive(Clone, Default, Debug)]
pub struct Manifests {
    pub objects: Vec<Manifest>,
    pub failures: Vec<Failure>,
    /// How many objects stand before each failure.
    pub places: Vec<usize>,
}

impl Manifests {
    fn fail(&mut self, failure: Failure) {
        self.places.push(self.objects.len());
        self.failures.push(failure);
    }
}

/// `-f` or `-k` was given.
pub fn given(call: &Call) -> bool {
    let folder = call.flags.text("kustomize").is_some_and(|k| !k.is_empty());
    folder || !files(call).is_empty()
}

fn files(call: &Call) -> Vec<&str> {
    let all = call.flags.list("filename").iter().map(String::as_str);
    all.filter(|f| !f.is_empty()).collect()
}

/// Refuses a command that has neither `-f` nor `-k`.
pub fn required(call: &Call) -> Result<(), Failure> {
    if given(call) {
        Ok(())
    } else {
        Err(Failure::client("must specify one of -f and -k"))
    }
}

/// Refuses names of files that are not there.
pub fn check_paths(call: &Call, io: &Io<'_>) -> Result<(), Failure> {
    let mut paths = Vec::new();
    files(call)
        .into_iter()
        .try_for_each(|file| expand(call, file, io, &mut paths))
}

/// Reads all files named by `-f`. An error means that nothing was read; failures of single documents are inside.
pub fn read(call: &Call, check: Check, io: &mut Io<'_>) -> Result<Manifests, Failure> {
    if call.flags.text("kustomize").is_some_and(|k| !k.is_empty()) {
        if !files(call).is_empty() {
            return Err(Failure::client("only one of -f or -k can be specified"));
        }
        return built(call, check, io);
    }
    let mut paths: Vec<(String, Option<String>)> = Vec::new();
    for file in files(call) {
        expand(call, file, io, &mut paths)?;
    }
    let mut found = Manifests::default();
    for (name, path) in paths {
        let text = match path {
            Some(path) => io.session.files.read(&path).unwrap_or_default().to_string(),
            None => io.whole_input().unwrap_or_default(),
        };
        documents(call, check, &name, &text, &mut found);
    }
    Ok(found)
}

/// The files that one word of `-f` names: the name in errors, and the path (None: standard input).
fn expand(
    call: &Call,
    file: &str,
    io: &Io<'_>,
    paths: &mut Vec<(String, Option<String>)>,
) -> Result<(), Failure> {
    if file == "-" {
        paths.push(("STDIN".to_owned(), None));
        return Ok(());
    }
    if file.starts_with("http://") || file.starts_with("https://") {
        return Err(Failure::client(format!(
            "{} cannot be fetched from here: paste the manifest into a file and name that with -f",
            quoted(file)
        )));
    }
    let path = io.session.path(file);
    match io.session.files.find(&path) {
        Found::File if file.ends_with('/') => Err(missing(file)),
        Found::File => {
            paths.push((file.to_owned(), Some(path)));
            Ok(())
        }
        Found::Folder => {
            let before = paths.len();
            let shown = file.trim_end_matches('/');
            let shown = shown.strip_prefix("./").unwrap_or(shown);
            let shown = if shown.is_empty() { "." } else { shown };
            folder(call.flags.is("recursive"), shown, &path, io, paths);
            if paths.len() == before {
                let known = EXTENSIONS.join(" ");
                return Err(Failure::client(format!(
                    "error reading [{file}]: recognized file extensions are [{known}]"
                )));
            }
            Ok(())
        }
        Found::Nothing => {
            let fitting = crate::console::shell::expand::matching(file, io.session);
            if fitting.is_empty() {
                return Err(missing(file));
            }
            let read = |name: String| (name.clone(), Some(io.session.path(&name)));
            paths.extend(fitting.into_iter().map(read));
            Ok(())
        }
    }
}

fn missing(file: &str) -> Failure {
    Failure::client(format!("the path {} does not exist", quoted(file)))
}

fn folder(
    recursive: bool,
    shown: &str,
    path: &str,
    io: &Io<'_>,
    paths: &mut Vec<(String, Option<String>)>,
) {
    for name in io.session.files.list(path) {
        let join = |a: &str, b: &str| match a {
            "" | "." => b.to_owned(),
            a => format!("{a}/{b}"),
        };
        if let Some(inner) = name.strip_suffix('/') {
            if recursive {
                folder(
                    recursive,
                    &join(shown, inner),
                    &join(path, inner),
                    io,
                    paths,
                );
            }
        } else if EXTENSIONS.iter().any(|e| name.ends_with(e)) {
            paths.push((join(shown, &name), Some(join(path, &name))));
        }
    }
}

/// What the kustomization of `-k` builds.
fn built(call: &Call, check: Check, io: &mut Io<'_>) -> Result<Manifests, Failure> {
    let folder = call.flags.text("kustomize").unwrap_or("");
    let built = kustomize::build(folder, io.session).map_err(Failure::client)?;
    built.warnings.iter().for_each(|line| io.err_line(line));
    let mut found = Manifests::default();
    for value in built.objects {
        if check == Check::Head
            && let Err(why) = head(&value)
        {
            return Err(Failure::client(format!(
                "error validating {}: error validating data: {why}; if you choose to ignore these errors, turn \
                 validation off with --validate=false",
                quoted(folder)
            )));
        }
        object(call, folder, value, 0, &mut found);
    }
    Ok(found)
}

/// The objects of a text that stands in no file.
pub fn text(call: &Call, source: &str, text: &str) -> Manifests {
    let mut found = Manifests::default();
    documents(call, Check::Nothing, source, text, &mut found);
    found
}

/// Reads the documents of one file.
fn documents(call: &Call, check: Check, source: &str, text: &str, found: &mut Manifests) {
    let read = yaml::documents(text);
    for document in read.documents {
        if check == Check::Head
            && let Err(why) = head(&document.value)
        {
            found.fail(Failure::client(format!(
                "error validating {}: error validating data: {why}; if you choose to ignore these errors, turn \
                 validation off with --validate=false",
                quoted(source)
            )));
            return;
        }
        object(call, source, document.value, 0, found);
    }
    if let Some(why) = read.error {
        found.fail(Failure::client(format!("error parsing {source}: {why}")));
    }
}

/// What kubectl itself checks of a document.
pub fn head(value: &Value) -> Result<(), String> {
    let mut wrong: Vec<String> = Vec::new();
    if value.as_map().is_none() {
        return Err("invalid object to validate".to_owned());
    }
    match value.get("apiVersion") {
        Value::Null => wrong.push("apiVersion not set".to_owned()),
        Value::Str(text) if text.matches('/').count() > 1 => {
            wrong.push(format!("unexpected GroupVersion string: {text}"));
        }
        Value::Str(_) => {}
        _ => wrong.push("apiVersion isn't string type".to_owned()),
    }
    match value.get("kind") {
        Value::Null => wrong.push("kind not set".to_owned()),
        Value::Str(_) => {}
        _ => wrong.push("kind isn't string type".to_owned()),
    }
    if wrong.is_empty() {
        wrong = super::check::errors(value);
    }
    match &wrong[..] {
        [] => Ok(()),
        [one] => Err(one.clone()),
        several => Err(format!("[{}]", several.join(", "))),
    }
}

/// Reads one document as an object, or a list as its objects.
fn object(call: &Call, source: &str, value: Value, depth: usize, found: &mut Manifests) {
    let fail = |why: String| Failure::client(format!("unable to decode {}: {why}", quoted(source)));
    let kind = value.get("kind").text();
    if !value.is_null() && value.as_map().is_none() {
        let plain = value.json_type();
        let into = "into Go value of type unstructured.detector";
        let why = format!("json: cannot unmarshal {plain} {into}");
        found.fail(fail(why));
        return;
    }
    if kind.is_empty() {
        let shown = json::compact(&value);
        let why = format!("Object 'Kind' is missing in '{shown}'");
        found.fail(fail(why));
        return;
    }
    if let Value::List(items) = value.get("items")
        && kind.ends_with("List")
        && depth < LIST_DEPTH_MAX
    {
        let item_kind = kind.strip_suffix("List").unwrap_or_default();
        for item in items.iter() {
            let mut item = item.clone();
            if !item_kind.is_empty() && item.get("kind").is_empty() {
                item.set("kind", item_kind.to_owned());
                item.set("apiVersion", value.get("apiVersion").clone());
            }
            object(call, source, item, depth + 1, found);
        }
        return;
    }
    if let Some(why) = decode::metadata_error(&value) {
        found.fail(fail(why));
        return;
    }
    match place(call, source, value) {
        Ok(manifest) => found.objects.push(manifest),
        // Inside a list the kind is looked up in another way.
        Err(Failure::Client(why)) if depth > 0 && why.starts_with(UNMAPPED) => {
            let (_, why) = why.split_once(": no ").unwrap_or_default();
            let why = why.lines().next().unwrap_or_default();
            found.fail(Failure::Plain(format!("unable to recognize no {why}")));
        }
        Err(failure) => found.fail(failure),
    }
}

/// The type of a document, and its namespace.
fn place(call: &Call, source: &str, mut value: Value) -> Result<Manifest, Failure> {
    let metadata = value.get("metadata");
    let name = metadata.get("name").text().to_owned();
    let mut namespace = metadata.get("namespace").text().to_owned();
    let version = value.get("apiVersion").text().trim_start_matches('/');
    let kind = value.get("kind").text();
    let Some(ty) = of(version, kind) else {
        let version = if version == "/" { "" } else { version };
        return Err(Failure::client(format!(
            "{UNMAPPED} for name: {} namespace: {} from {}: no matches for kind {} in version {}\n\
             ensure CRDs are installed first",
            quoted(&name),
            quoted(&namespace),
            quoted(source),
            quoted(kind),
            quoted(version)
        )));
    };
    if !ty.namespaced() {
        namespace = String::new();
    } else if namespace.is_empty() {
        namespace.clone_from(&call.namespace);
        // With --local the file stands as it is.
        if !call.flags.is("local") {
            let text = namespace.clone();
            value.at_mut(&["metadata"]).set("namespace", text);
        }
    } else if call.namespace_given && namespace != call.namespace {
        return Err(other_namespace(&namespace, &call.namespace));
    }
    Ok(Manifest {
        ty,
        namespace,
        name,
        value,
        source: source.to_owned(),
    })
}

/// An object is of another namespace than the command.
pub fn other_namespace(namespace: &str, wanted: &str) -> Failure {
    Failure::client(format!(
        "the namespace from the provided object {} does not match the namespace {}. You must pass \
         '--namespace={namespace}' to perform this operation.",
        quoted(namespace),
        quoted(wanted)
    ))
}

/// The type of an `apiVersion` and a `kind`, which may be written in lower case.
pub fn of(api_version: &str, kind: &str) -> Option<Type> {
    schema()
        .resource_of(api_version, kind)
        .map(Type::of_resource)
}
