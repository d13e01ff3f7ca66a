//! `--as`: requests in somebody else's name, and what the roles of the cluster allow that one. The console's own user may
//! do everything.
//!
//! Upstream: pkg/registry/rbac/validation/rule.go, plugin/pkg/auth/authorizer/rbac/rbac.go

use super::{Call, Parsed, Type};
use crate::cluster::{Cluster, Status};
use crate::console::error::Failure;
use crate::k8s::{Kind, Value};

/// Who asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct User {
    pub name: String,
    pub uid: String,
    pub groups: Vec<String>,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Deed<'a> {
    pub verb: &'a str,
    pub group: &'a str,
    /// With its part: `pods/log`.
    pub resource: &'a str,
    pub name: &'a str,
    /// Empty: everywhere, or the object has none.
    pub namespace: &'a str,
}

const SERVICE: &str = "system:serviceaccount:";
const MASTERS: &str = "system:masters";

/// The flags of `--as` belong together.
pub fn check(flags: &Parsed) -> Result<(), Failure> {
    let someone = flags.text("as").is_some_and(|name| !name.is_empty());
    let more = ["as-group", "as-uid", "as-user-extra"];
    if !someone && more.iter().any(|flag| flags.given(flag)) {
        return Err(Failure::client(
            "requesting uid, groups or user-extra for o without impersonating a user",
        ));
    }
    Ok(())
}

/// The one in whose name a command asks; none for the console's own user.
pub fn user(call: &Call) -> Option<User> {
    let name = call.flags.text("as").filter(|name| !name.is_empty())?;
    let mut groups = call.flags.list("as-group").to_vec();
    if groups.is_empty()
        && let Some((namespace, _)) = name.strip_prefix(SERVICE).and_then(|n| n.split_once(':'))
    {
        let all = "system:serviceaccounts";
        groups = vec![all.to_owned(), format!("{all}:{namespace}")];
    }
    let known = if name == "system:anonymous" {
        "system:unauthenticated"
    } else {
        "system:authenticated"
    };
    if !groups.iter().any(|group| group == known) {
        groups.push(known.to_owned());
    }
    Some(User {
        name: name.to_owned(),
        uid: call.flags.text("as-uid").unwrap_or("").to_owned(),
        groups,
    })
}

impl User {
    /// A binding is about this user.
    fn is_bound(&self, binding: &Value) -> bool {
        let subjects = binding.get("subjects").items();
        subjects.iter().any(|subject| {
            let name = subject.get("name").text();
            match subject.get("kind").text() {
                "User" => name == self.name,
                "Group" => self.groups.iter().any(|group| group == name),
                "ServiceAccount" => {
                    let namespace = subject.get("namespace").text();
                    self.name == format!("{SERVICE}{namespace}:{name}")
                }
                _ => false,
            }
        })
    }

    /// Some rule that is bound to this user fits.
    fn has_rule(&self, namespace: &str, cluster: &Cluster, fits: impl Fn(&Value) -> bool) -> bool {
        self.groups.iter().any(|group| group == MASTERS)
            || self.rules(namespace, cluster).iter().any(fits)
    }

    /// The rules that are bound to this user: of the whole cluster, and of a namespace.
    pub fn rules(&self, namespace: &str, cluster: &Cluster) -> Vec<Value> {
        let api = cluster.api();
        let mut bindings = api.all(Kind::ClusterRoleBinding, None);
        if !namespace.is_empty() {
            bindings.extend(api.all(Kind::RoleBinding, Some(namespace)));
        }
        bindings.retain(|binding| self.is_bound(binding.value()));
        let roles = api.all(Kind::ClusterRole, None);
        let mut rules = Vec::new();
        for binding in &bindings {
            let role = binding.value().get("roleRef");
            let name = role.get("name").text();
            let role = match role.get("kind").text() {
                "Role" => api.find(Kind::Role, binding.namespace(), name).ok(),
                _ => roles.iter().find(|r| r.name().as_str() == name).cloned(),
            };
            let found = role.iter().flat_map(|r| r.value().get("rules").items());
            rules.extend(found.cloned());
        }
        rules
    }

    /// The roles allow it.
    pub fn may(&self, deed: &Deed<'_>, cluster: &Cluster) -> bool {
        let part = deed.resource.split_once('/').map(|(_, part)| part);
        let any_part = part.map(|part| format!("*/{part}"));
        self.has_rule(deed.namespace, cluster, |rule| {
            let names = |field: &str, wanted: &str| {
                let words = rule.get(field).items();
                words.iter().any(|w| w.text() == wanted || w.text() == "*")
            };
            let resource = names("resources", deed.resource)
                || any_part.as_ref().is_some_and(|any| names("resources", any));
            let named = rule.get("resourceNames").items();
            names("verbs", deed.verb)
                && names("apiGroups", deed.group)
                && resource
                && (named.is_empty() || named.iter().any(|n| n.text() == deed.name))
        })
    }

    /// The same of a path that is no resource's.
    pub fn may_path(&self, verb: &str, path: &str, cluster: &Cluster) -> bool {
        self.has_rule("", cluster, |rule| {
            let list = |field: &str| rule.get(field).items().to_vec();
            let fits = |url: &Value| match url.text().strip_suffix('*') {
                Some(start) => path.starts_with(start),
                None => path == url.text(),
            };
            list("verbs")
                .iter()
                .any(|v| v.text() == verb || v.text() == "*")
                && list("nonResourceURLs").iter().any(fits)
        })
    }

    /// The server's refusal of what the roles do not allow; the title is the resource with its group.
    pub fn ask(&self, title: &str, deed: &Deed<'_>, cluster: &Cluster) -> Result<(), Status> {
        if self.may(deed, cluster) {
            return Ok(());
        }
        // What is being made has no name in its address.
        let made = deed.verb == "create" && !deed.resource.contains('/');
        let object = match deed.name {
            "" => title.to_owned(),
            _ if made => title.to_owned(),
            name => format!("{title} \"{name}\""),
        };
        let place = match deed.namespace {
            "" => "at the cluster scope".to_owned(),
            namespace => format!("in the namespace \"{namespace}\""),
        };
        let message = format!(
            "{object} is forbidden: User \"{}\" cannot {} resource \"{}\" in API group \"{}\" {place}",
            self.name, deed.verb, deed.resource, deed.group
        );
        Err(Status::plain(403, "Forbidden", message))
    }
}

/// Asks for leave to read: one object by its name, or a list of them.
pub fn read(call: &Call, ty: Type, name: &str, cluster: &Cluster) -> Result<(), Status> {
    let (verb, namespace) = match name {
        "" => ("list", call.list_namespace().unwrap_or("")),
        _ => ("get", call.namespace.as_str()),
    };
    ask(call, ty, (verb, ""), (namespace, name), cluster)
}

/// Asks for leave to do something with an object, or with a part of it (`/log`).
pub fn ask(
    call: &Call,
    ty: Type,
    (verb, part): (&str, &str),
    (namespace, name): (&str, &str),
    cluster: &Cluster,
) -> Result<(), Status> {
    let Some(user) = user(call) else {
        return Ok(());
    };
    let deed = Deed {
        verb,
        group: ty.resource.group,
        resource: &format!("{}{part}", ty.resource.name),
        name,
        namespace: match ty.kind {
            _ if ty.namespaced() => namespace,
            // The address of a namespace is within it.
            // Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go NewRequestInfo
            Some(Kind::Namespace) if verb != "create" => name,
            _ => "",
        },
    };
    user.ask(&ty.full_name(), &deed, cluster)
}
