//! The objects that a changing command is about, named by arguments or by files.

use super::builder::{self, Bare, Named};
use super::manifest::{self, Check};
use super::{Call, Type};
use crate::cluster::{ApiServer, Status};
use crate::console::error::Failure;
use crate::console::task::Io;
use crate::k8s::{Kind, Object, Value};
use std::sync::Arc;

/// One object, or the name of one.
#[derive(Clone, Debug)]
pub struct Item {
    pub ty: Type,
    /// Empty for cluster-scoped types.
    pub namespace: String,
    pub name: String,
    /// The file that named it.
    pub source: String,
    /// The live object or the manifest; None for a name that was not looked up.
    pub value: Option<Value>,
}

/// Whether named objects are looked up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    /// The live objects are wanted.
    Live,
    /// The same; what a file names is only asked for when it is changed, so that its namespace is not looked for.
    Changed,
    /// Names and manifests stand as they are; lists are live.
    Given,
}

/// What was named.
#[derive(Clone, Default, Debug)]
pub struct Items {
    pub items: Vec<Item>,
    pub failures: Vec<Failure>,
    /// How many items were found before each failure.
    places: Vec<usize>,
    /// Exactly one object was asked for by its name.
    pub single: bool,
}

impl Item {
    /// `daemonset.apps/x`
    pub fn title(&self) -> String {
        format!("{}/{}", self.ty.qualified(), self.name)
    }

    /// The stored kind.
    pub fn kind(&self) -> Result<Kind, Failure> {
        stored(self.ty)
    }

    /// The live object of this moment.
    pub fn live(&self, api: &ApiServer) -> Result<Arc<Object>, Status> {
        live(self.ty, &self.namespace, &self.name, api)
    }

    /// The tree; Null when it was not looked up.
    pub fn tree(&self) -> &Value {
        static NULL: Value = Value::Null;
        self.value.as_ref().unwrap_or(&NULL)
    }

    fn of(ty: Type, object: &Object) -> Self {
        Self {
            ty,
            namespace: object.namespace().as_str().to_owned(),
            name: object.name().as_str().to_owned(),
            source: String::new(),
            value: Some(object.value().clone()),
        }
    }
}

impl Items {
    /// Items that were found by other means.
    pub fn of(items: Vec<Item>, failures: Vec<Failure>) -> Self {
        Self {
            places: vec![items.len(); failures.len()],
            items,
            failures,
            single: false,
        }
    }

    fn fail(&mut self, status: Status) {
        self.places.push(self.items.len());
        self.failures.push(status.into());
    }

    /// Works on each item in the order in which they were named; what was not found is told in its place.
    pub fn visit(self, mut act: impl FnMut(Item) -> Result<(), Failure>) -> Result<(), Failure> {
        let mut failures = Vec::new();
        let mut missing: Vec<(usize, Failure)> =
            self.places.into_iter().zip(self.failures).collect();
        for (i, item) in self.items.into_iter().enumerate() {
            while missing.first().is_some_and(|(place, _)| *place <= i) {
                failures.push(missing.remove(0).1);
            }
            failures.extend(act(item).err());
        }
        failures.extend(missing.into_iter().map(|(_, failure)| failure));
        Failure::gather(failures)
    }
}

/// The kind under which a type is stored; types without one cannot be changed here.
pub fn stored(ty: Type) -> Result<Kind, Failure> {
    ty.kind.ok_or_else(|| {
        let name = ty.full_name();
        let mut kept = Type::all().filter(|t| t.kind.is_some() && t.full_name() == name);
        Failure::client(match kept.next() {
            Some(other) => {
                let version = other.resource.api_version();
                format!("{name} are kept in this playground as {version} alone")
            }
            None => {
                format!("{name} are not kept in this playground: nothing here would look at them")
            }
        })
    })
}

/// One object by type and name, or NotFound.
pub fn live(ty: Type, namespace: &str, name: &str, api: &ApiServer) -> Result<Arc<Object>, Status> {
    let Some(kind) = ty.kind else {
        let message = format!("{} \"{name}\" not found", ty.full_name());
        return Err(Status::plain(404, "NotFound", message));
    };
    api.find(kind, namespace, name)
}

/// The objects named by `-f`, or by the arguments.
pub fn find(
    call: &Call,
    args: &[String],
    bare: Bare,
    look: Look,
    io: &mut Io<'_>,
) -> Result<Items, Failure> {
    let local = call.flags.is("local");
    if local && !manifest::given(call) {
        return Err(Failure::client(
            "you must specify resources by --filename when --local is set.\nExample resource specifications \
             include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'",
        ));
    }
    if manifest::given(call) {
        if !args.is_empty() {
            manifest::check_paths(call, io)?;
            return Err(Failure::client(
                "when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well",
            ));
        }
        let look = if local { Look::Given } else { look };
        return from_files(call, look, io);
    }
    let named = builder::named(call, args, bare, io)?;
    let mut items = Items::default();
    let cluster = &*io.cluster;
    match named {
        Named::Types(types) => {
            for ty in types {
                match builder::list(call, ty, cluster) {
                    Ok(objects) => items.items.extend(objects.iter().map(|o| Item::of(ty, o))),
                    Err(status) => items.fail(status),
                }
            }
        }
        Named::Objects(objects) => {
            items.single = objects.len() == 1;
            for (ty, name) in objects {
                if look == Look::Given {
                    let namespace = if ty.namespaced() {
                        call.namespace.clone()
                    } else {
                        String::new()
                    };
                    items.items.push(Item {
                        ty,
                        namespace,
                        name,
                        source: String::new(),
                        value: None,
                    });
                    continue;
                }
                match builder::get(call, ty, &name, cluster) {
                    Ok(object) => items.items.push(Item::of(ty, &object)),
                    Err(status) => items.fail(status),
                }
            }
        }
    }
    Ok(items)
}

/// As [`find`], for commands whose `--all` only allows a type without names.
pub fn find_or_all(call: &Call, args: &[String], io: &mut Io<'_>) -> Result<Items, Failure> {
    find_as(call, args, Look::Live, io)
}

/// As [`find_or_all`], for commands to which what a file says is enough.
pub fn find_given_or_all(call: &Call, args: &[String], io: &mut Io<'_>) -> Result<Items, Failure> {
    let look = if manifest::given(call) {
        Look::Given
    } else {
        Look::Live
    };
    find_as(call, args, look, io)
}

fn find_as(call: &Call, args: &[String], look: Look, io: &mut Io<'_>) -> Result<Items, Failure> {
    let bare = if call.flags.is("all") {
        Bare::Means
    } else {
        Bare::Refused
    };
    let mut plain = call.clone();
    plain.flags = plain.flags.without("all");
    find(&plain, args, bare, look, io)
}

fn from_files(call: &Call, look: Look, io: &mut Io<'_>) -> Result<Items, Failure> {
    let read = manifest::read(call, Check::Nothing, io)?;
    let mut items = Items {
        places: vec![usize::MAX; read.failures.len()],
        failures: read.failures,
        single: read.objects.len() == 1,
        ..Items::default()
    };
    let api = io.cluster.api();
    let selector = call.selector()?;
    for manifest in read.objects {
        let value = if look == Look::Given {
            manifest.value
        } else {
            match live(manifest.ty, &manifest.namespace, &manifest.name, api) {
                Ok(object) => object.value().clone(),
                Err(status) => {
                    let namespace = manifest.namespace.as_str();
                    let lost = api.get(Kind::Namespace, "", namespace).is_err();
                    // Upstream: cli-runtime/pkg/resource/visitor.go `Info.Get`
                    let asked = look == Look::Live && manifest.ty.namespaced();
                    items.fail(if lost && asked {
                        Status::not_found(Kind::Namespace, namespace)
                    } else {
                        status
                    });
                    continue;
                }
            }
        };
        if !selector.matches(value.at(&["metadata", "labels"])) {
            continue;
        }
        items.items.push(Item {
            ty: manifest.ty,
            namespace: manifest.namespace,
            name: manifest.name,
            source: manifest.source,
            value: Some(value),
        });
    }
    Ok(items)
}
