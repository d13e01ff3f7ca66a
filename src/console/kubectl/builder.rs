//! Arguments to objects: `TYPE NAME…`, `TYPE/NAME…`, `TYPE -l …`, `all`.
//!
//! Upstream: cli-runtime/pkg/resource/builder.go.

use super::{Call, Type, leave, served};
use crate::cluster::{Cluster, Status};
use crate::console::error::Failure;
use crate::console::task::Io;
use crate::k8s::selector::{FieldSelector, Selector};
use crate::k8s::{Kind, Object};
use std::sync::Arc;

/// What the arguments name.
#[derive(Clone, Debug)]
pub enum Named {
    /// Whole types, limited by a selector or by nothing.
    Types(Vec<Type>),
    /// Single objects.
    Objects(Vec<(Type, String)>),
}

impl Named {
    /// The types named, as often as they are.
    pub fn types(&self) -> impl Iterator<Item = Type> {
        let (types, objects) = match self {
            Named::Types(types) => (&types[..], &[][..]),
            Named::Objects(objects) => (&[][..], &objects[..]),
        };
        types.iter().copied().chain(objects.iter().map(|(t, _)| *t))
    }
}

/// Whether a type alone means all its objects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bare {
    /// As in `get pods`.
    Means,
    /// As in `delete pods`: a name or a selector is needed.
    Refused,
}

/// One object found, and where.
#[derive(Clone, Debug)]
pub struct Info {
    pub ty: Type,
    pub object: Arc<Object>,
}

/// What was found.
#[derive(Clone, Default, Debug)]
pub struct Found {
    pub infos: Vec<Info>,
    /// The lists that were asked for, the empty ones included; or the types of the single objects found.
    pub types: Vec<Type>,
    /// Objects that are not there, lists that were refused.
    pub failures: Vec<Failure>,
    /// Exactly one object was asked for by its name.
    pub single: bool,
}

/// The sentence for commands that need resources and got none.
pub fn missing_resource() -> Failure {
    Failure::client(
        "You must provide one or more resources by argument or filename.\nExample resource specifications \
         include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'",
    )
}

/// The sentence for a word that is no type.
pub fn no_such_type(word: &str) -> Failure {
    let word = word.split_once('.').map_or(word, |(first, _)| first);
    Failure::client(format!(
        "the server doesn't have a resource type \"{word}\""
    ))
}

/// The types of a comma-separated list, each once; categories stand for their types.
pub fn types(list: &str, io: &mut Io<'_>) -> Result<Vec<Type>, Failure> {
    let mut types: Vec<Type> = Vec::new();
    for word in list.split(',') {
        let mut meant = Type::category(word);
        if meant.is_empty() {
            let ty = Type::find(word).ok_or_else(|| no_such_type(word))?;
            for other in ty.others(word) {
                io.err_line(format!(
                    "Warning: short name \"{word}\" could also match lower priority resource {other}"
                ));
            }
            meant.push(ty);
        }
        for ty in meant {
            if !types.contains(&ty) {
                types.push(ty);
            }
        }
    }
    Ok(types)
}

/// Reads arguments. Nothing is looked up yet.
pub fn named(call: &Call, args: &[String], bare: Bare, io: &mut Io<'_>) -> Result<Named, Failure> {
    let slashes = args.iter().filter(|a| a.contains('/')).count();
    if slashes > 0 {
        return pairs(call, args, slashes, io);
    }
    let selecting = selects(call);
    let Some((first, names)) = args.split_first() else {
        return Err(if selecting {
            Failure::client("at least one resource must be specified to use a selector")
        } else {
            missing_resource()
        });
    };
    if first.contains(',') && first.split(',').any(str::is_empty) {
        return Err(Failure::client(
            "arguments in resource/name form must have a single resource and name",
        ));
    }
    let types = types(first, io)?;
    if names.is_empty() {
        return if selecting || bare == Bare::Means || call.flags.is("all") {
            Ok(Named::Types(types))
        } else {
            Err(Failure::client(
                "resource(s) were provided, but no name was specified",
            ))
        };
    }
    if selecting {
        return Err(Failure::client(
            "name cannot be provided when a selector is specified",
        ));
    }
    across_namespaces(call, &types)?;
    let objects = types
        .iter()
        .flat_map(|t| names.iter().map(|n| (*t, n.clone())));
    Ok(Named::Objects(objects.collect()))
}

/// A selector, `--all` or a field selector was given.
fn selects(call: &Call) -> bool {
    let set = |name: &str| call.flags.text(name).is_some_and(|t| !t.is_empty());
    set("selector")
        || set("field-selector")
        || (call.flags.is("all") && call.command.path == "delete")
}

fn across_namespaces(call: &Call, types: &[Type]) -> Result<(), Failure> {
    if call.flags.is("all-namespaces") && types.iter().any(|t| t.namespaced()) {
        return Err(Failure::client(
            "a resource cannot be retrieved by name across all namespaces",
        ));
    }
    Ok(())
}

/// Arguments of the form `TYPE/NAME`.
fn pairs(call: &Call, args: &[String], slashes: usize, io: &mut Io<'_>) -> Result<Named, Failure> {
    // Several types with names are first made TYPE/NAME each.
    let crossed = args.len() > 1 && args[0].contains(',');
    if slashes != args.len() && crossed {
        return Err(Failure::client(
            "arguments in resource/name form may not have more than one slash",
        ));
    }
    if slashes != args.len() {
        return Err(Failure::client(
            "there is no need to specify a resource type as a separate argument when passing arguments in \
             resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource \
             resource/<resource_name>'",
        ));
    }
    let mut objects = Vec::new();
    for arg in args {
        let mut parts = arg.split('/');
        let (word, name) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        if parts.next().is_some() {
            return Err(Failure::client(
                "arguments in resource/name form may not have more than one slash",
            ));
        }
        if word.is_empty() || name.is_empty() || word.contains(',') {
            return Err(Failure::client(
                "arguments in resource/name form must have a single resource and name",
            ));
        }
        for ty in types(word, io)? {
            objects.push((ty, name.to_owned()));
        }
    }
    if selects(call) {
        return Err(Failure::client(
            "selectors and the all flag cannot be used when passing resource/name arguments",
        ));
    }
    let types: Vec<Type> = objects.iter().map(|(t, _)| *t).collect();
    across_namespaces(call, &types)?;
    Ok(Named::Objects(objects))
}

/// Looks the objects up.
pub fn find(call: &Call, named: &Named, cluster: &Cluster) -> Found {
    let mut found = Found::default();
    match named {
        Named::Types(types) => {
            for ty in types {
                match list(call, *ty, cluster) {
                    Ok(objects) => {
                        found.types.push(*ty);
                        let infos = objects.into_iter().map(|object| Info { ty: *ty, object });
                        found.infos.extend(infos);
                    }
                    Err(status) => found.failures.push(status.into()),
                }
            }
        }
        Named::Objects(objects) => {
            found.single = objects.len() == 1;
            for (ty, name) in objects {
                match get(call, *ty, name, cluster) {
                    Ok(object) => {
                        found.types.push(*ty);
                        found.infos.push(Info { ty: *ty, object });
                    }
                    Err(status) => found.failures.push(status.into()),
                }
            }
        }
    }
    found
}

/// Arguments to objects, in one step.
pub fn objects(
    call: &Call,
    args: &[String],
    bare: Bare,
    io: &mut Io<'_>,
) -> Result<Found, Failure> {
    let named = named(call, args, bare, io)?;
    let found = find(call, &named, io.cluster);
    warn_endpoints(&named, io);
    Ok(found)
}

/// What the server says of every request for Endpoints.
pub const ENDPOINTS: &str =
    "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice";

/// Says that Endpoints are deprecated, and component statuses, where they were asked for.
pub fn warn_endpoints(named: &Named, io: &mut Io<'_>) {
    if named.types().any(|t| t.kind == Some(Kind::Endpoints)) {
        io.warn(ENDPOINTS);
    }
    if named
        .types()
        .any(|t| t.resource.name == "componentstatuses")
    {
        io.warn(served::COMPONENTS_OLD);
    }
}

/// One object by its name.
pub fn get(call: &Call, ty: Type, name: &str, cluster: &Cluster) -> Result<Arc<Object>, Status> {
    leave::read(call, ty, name, cluster)?;
    let Some(kind) = ty.kind else {
        let served = served::list(ty, cluster).into_iter().flatten();
        if let Some(object) = served.into_iter().find(|o| o.name().as_str() == name) {
            return Ok(object);
        }
        let title = match ty.resource.name {
            "componentstatuses" => ty.qualified(),
            _ => ty.full_name(),
        };
        let message = format!("{title} \"{name}\" not found");
        return Err(Status::plain(404, "NotFound", message));
    };
    let namespace = if ty.namespaced() {
        call.namespace.as_str()
    } else {
        ""
    };
    let api = cluster.api();
    api.find(kind, namespace, name).map_err(|status| {
        if ty.namespaced() && api.get(Kind::Namespace, "", namespace).is_err() {
            Status::not_found(Kind::Namespace, namespace)
        } else {
            status
        }
    })
}

/// The objects of a type that fit the selectors, in storage order.
pub fn list(call: &Call, ty: Type, cluster: &Cluster) -> Result<Vec<Arc<Object>>, Status> {
    let filter = Filter::of(call, ty)?;
    leave::read(call, ty, "", cluster)?;
    if !ty.resource.verbs.contains(&"list") {
        let why = "the server does not allow this method on the requested resource";
        return Err(Status::plain(405, "MethodNotAllowed", why));
    }
    let Some(kind) = ty.kind else {
        let mut all = served::list(ty, cluster).unwrap_or_default();
        all.retain(|o| filter.matches(o));
        return Ok(all);
    };
    let namespace = call.list_namespace().filter(|_| ty.namespaced());
    let mut all = cluster.api().all(kind, namespace);
    all.retain(|o| filter.matches(o));
    Ok(all)
}

/// The selectors of a command line.
#[derive(Clone, Debug)]
pub struct Filter {
    labels: Selector,
    fields: FieldSelector,
}

impl Filter {
    /// Reads `-l` and `--field-selector`, checked as the server checks them for this type.
    pub fn of(call: &Call, ty: Type) -> Result<Self, Status> {
        let label_text = call.flags.text("selector").unwrap_or("");
        let field_text = call.flags.text("field-selector").unwrap_or("");
        let refused = |why: String| {
            Status::bad_request(format!(
                "Unable to find \"{}\" that match label selector \"{label_text}\", field selector \"{field_text}\": {why}",
                ty.group_version_resource()
            ))
        };
        let labels = Selector::parse(label_text).map_err(refused)?;
        let fields = FieldSelector::parse(field_text).map_err(refused)?;
        for requirement in &fields.requirements {
            super::fields::check(ty, &requirement.field).map_err(refused)?;
        }
        Ok(Self { labels, fields })
    }

    pub fn matches(&self, object: &Object) -> bool {
        let labels = self.labels.is_everything() || self.labels.matches(&object.meta().labels);
        labels
            && (self.fields.is_empty()
                || self
                    .fields
                    .matches(|field| super::fields::value(object, field)))
    }
}
