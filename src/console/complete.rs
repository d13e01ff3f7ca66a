//! Completion of a typed line: programs, verbs, kinds, names, flags, namespaces, fields, files.

use super::args::{Flag, Takes};
use super::kubectl::{Command, Type, find, flags};
use super::programs;
use super::session::Session;
use crate::cluster::Cluster;
use crate::k8s::Kind;
use crate::k8s::order::InOrder;
use crate::k8s::schema::schema;

/// Candidates given at most.
const CANDIDATES_MAX: usize = 200;

/// What may stand in place of the word under the cursor.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Completion {
    /// Where the word begins, in bytes.
    pub start: usize,
    /// Sorted; a blank follows unless it ends in `/`, `=` or `.`.
    pub candidates: Vec<String>,
}

impl Completion {
    /// What all candidates begin with.
    pub fn common(&self) -> &str {
        let Some((first, rest)) = self.candidates.split_first() else {
            return "";
        };
        let mut end = first.len();
        for other in rest {
            let same = first
                .bytes()
                .zip(other.bytes())
                .take_while(|(a, b)| a == b)
                .count();
            end = end.min(same);
        }
        while !first.is_char_boundary(end) {
            end -= 1;
        }
        &first[..end]
    }
}

/// What is known while a line is completed.
struct At<'a> {
    session: &'a Session,
    cluster: &'a Cluster,
    /// The whole words of the command before the one under the cursor.
    words: Vec<&'a str>,
    /// The word under the cursor, as far as it is typed.
    partial: &'a str,
}

/// Completes the word that ends at the cursor.
pub fn complete(line: &str, cursor: usize, session: &Session, cluster: &Cluster) -> Completion {
    let Some(before) = line.get(..cursor.min(line.len())) else {
        return Completion::default();
    };
    let command = before.rfind(['|', ';', '&', '(']).map_or(0, |i| i + 1);
    let segment = &before[command..];
    let start = command + segment.rfind([' ', '\t']).map_or(0, |i| i + 1);
    let at = At {
        session,
        cluster,
        words: before[command..start].split_whitespace().collect(),
        partial: &before[start..],
    };
    let mut candidates = at.candidates();
    candidates.retain(|c| c.starts_with(at.partial));
    candidates.order();
    candidates.dedup();
    candidates.truncate(CANDIDATES_MAX);
    Completion { start, candidates }
}

impl At<'_> {
    fn candidates(&self) -> Vec<String> {
        let Some((program, args)) = self.words.split_first() else {
            let aliases = self.session.aliases.keys().cloned();
            return programs::NAMES
                .iter()
                .map(|n| (*n).to_owned())
                .chain(aliases)
                .collect();
        };
        let alias = self.session.aliases.get(*program).map(String::as_str);
        if *program != "kubectl" && alias != Some("kubectl")
            || matches!(args.last(), Some(&(">" | ">>")))
        {
            return self.files();
        }
        self.kubectl(args)
    }

    fn kubectl(&self, args: &[&str]) -> Vec<String> {
        let words: Vec<String> = args.iter().map(|w| (*w).to_owned()).collect();
        let found = find::find(&words);
        let (path, command, rest) = match &found {
            Ok(found) => (found.path(), found.command, found.words.clone()),
            Err(_) => return Vec::new(),
        };
        if path == "kubectl" {
            return find::NAMES.iter().map(|n| (*n).to_owned()).collect();
        }
        if let Some(values) = self.flag_value(command, args) {
            return values;
        }
        if self.partial.starts_with('-') {
            return self.flags(command);
        }
        let positional: Vec<&str> = positional(command, &rest);
        let name = path.rsplit(' ').next().unwrap_or("");
        let mut all: Vec<String> = Vec::new();
        if positional.is_empty()
            && let Some((_, subcommands)) = find::GROUPS.iter().find(|(n, _)| *n == name)
        {
            all.extend(subcommands.iter().map(|s| (*s).to_owned()));
            if command.is_none() {
                return all;
            }
        }
        all.extend(self.objects(&path, &positional));
        all
    }

    /// The values of the flag that stands before the cursor.
    fn flag_value(&self, command: Option<&Command>, args: &[&str]) -> Option<Vec<String>> {
        let (name, inline) = match self.partial.split_once('=') {
            Some((flag, _)) if flag.starts_with("--") => (&flag[2..], true),
            _ => {
                let last = args.last()?;
                let flag = match last.strip_prefix("--") {
                    Some(name) => known(command).find(|f| f.name == name),
                    None => {
                        let short = last.strip_prefix('-')?.chars().last()?;
                        known(command).find(|f| f.short == Some(short))
                    }
                }?;
                if matches!(flag.takes, Takes::Bool | Takes::Maybe(_)) {
                    return None;
                }
                (flag.name, false)
            }
        };
        let values: Vec<String> = match name {
            "namespace" => self.names(Kind::Namespace),
            "filename" | "patch-file" | "from-file" => self.files(),
            "output" => {
                let all = [
                    "custom-columns=",
                    "go-template=",
                    "json",
                    "jsonpath=",
                    "name",
                    "wide",
                    "yaml",
                ];
                all.map(str::to_owned).to_vec()
            }
            "dry-run" => ["client", "none", "server"].map(str::to_owned).to_vec(),
            "cascade" => ["background", "foreground", "orphan"]
                .map(str::to_owned)
                .to_vec(),
            "type" => ["json", "merge", "strategic"].map(str::to_owned).to_vec(),
            _ => Vec::new(),
        };
        let prefix = if inline {
            format!("--{name}=")
        } else {
            String::new()
        };
        Some(values.into_iter().map(|v| format!("{prefix}{v}")).collect())
    }

    fn flags(&self, command: Option<&Command>) -> Vec<String> {
        known(command)
            .flat_map(|flag| {
                let value = matches!(flag.takes, Takes::Bool);
                let long = format!("--{}{}", flag.name, if value { "" } else { "=" });
                let short = flag.short.map(|c| format!("-{c}"));
                std::iter::once(long).chain(short)
            })
            .collect()
    }

    /// Types, names or both.
    fn objects(&self, path: &str, positional: &[&str]) -> Vec<String> {
        match path {
            "kubectl explain" => return self.fields(),
            "kubectl drain" | "kubectl cordon" | "kubectl uncordon" | "kubectl top node" => {
                return self.names(Kind::Node);
            }
            "kubectl logs" | "kubectl exec" | "kubectl top pod" if !self.partial.contains('/') => {
                return self.names(Kind::Pod);
            }
            "kubectl create" | "kubectl apply" | "kubectl version" | "kubectl run" => {
                return Vec::new();
            }
            _ => {}
        }
        if let Some((word, _)) = self.partial.split_once('/') {
            let kind = Type::find(word).and_then(|t| t.kind);
            let names = kind.map_or(Vec::new(), |k| self.names(k));
            return names.into_iter().map(|n| format!("{word}/{n}")).collect();
        }
        if let Some(kind) = positional
            .first()
            .and_then(|w| Type::find(w))
            .and_then(|t| t.kind)
        {
            return self.names(kind);
        }
        if !positional.is_empty() {
            return Vec::new();
        }
        if path == "kubectl taint" {
            return vec!["nodes".to_owned()];
        }
        let rollout = path.starts_with("kubectl rollout");
        let rolls = |r: &str| matches!(r, "daemonsets" | "deployments" | "statefulsets");
        let listed = schema()
            .resources()
            .iter()
            .filter(|r| r.verbs.contains(&"list"));
        listed
            .filter(|r| !rollout || rolls(r.name))
            .map(|r| r.name.to_owned())
            .collect()
    }

    /// `daemonsets.spec.` and the fields that may follow.
    fn fields(&self) -> Vec<String> {
        let Some((parents, _)) = self.partial.rsplit_once('.') else {
            return schema()
                .resources()
                .iter()
                .map(|r| r.name.to_owned())
                .collect();
        };
        let mut parts = parents.split('.');
        let Some(ty) = parts.next().and_then(Type::find) else {
            return Vec::new();
        };
        let r = ty.resource;
        let mut place = schema().of(r.group, r.version, r.kind);
        for part in parts {
            let field = place.and_then(|id| schema().definition(id).field(part));
            place = field.and_then(|f| f.ty.element_struct());
        }
        let fields = place.map_or(&[][..], |id| &schema().definition(id).fields);
        fields
            .iter()
            .map(|f| format!("{parents}.{}", f.name))
            .collect()
    }

    /// The names of a kind's objects, in the namespace of the line.
    fn names(&self, kind: Kind) -> Vec<String> {
        let mut namespace = Some(self.session.namespace.as_str());
        let mut words = self.words.iter();
        while let Some(word) = words.next() {
            match *word {
                "-n" | "--namespace" => namespace = words.next().copied(),
                "-A" | "--all-namespaces" => namespace = None,
                word => namespace = word.strip_prefix("--namespace=").or(namespace),
            }
        }
        let namespace = namespace.filter(|_| kind.namespaced());
        let wanted = self.partial.rsplit(['/', '=']).next().unwrap_or("");
        let all = self.cluster.api().list(kind, namespace);
        let fitting = all.filter(|o| o.name().starts_with(wanted));
        fitting
            .take(CANDIDATES_MAX)
            .map(|o| o.name().to_string())
            .collect()
    }

    fn files(&self) -> Vec<String> {
        let typed = self.partial.rsplit('=').next().unwrap_or("");
        let folder = typed.rsplit_once('/').map_or("", |(folder, _)| folder);
        let names = self.session.files.list(&self.session.path(folder));
        let before = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        names.into_iter().map(|n| format!("{before}{n}")).collect()
    }
}

/// The flags of a command, its own before the global ones.
fn known(command: Option<&Command>) -> impl Iterator<Item = &Flag> {
    let own: &[&[Flag]] = command.map_or(&[], |c| c.flags);
    own.iter().flat_map(|f| f.iter()).chain(flags::GLOBAL)
}

/// The words that are neither flags nor their values.
fn positional<'w>(command: Option<&Command>, words: &'w [String]) -> Vec<&'w str> {
    let mut all = Vec::new();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        if !word.starts_with('-') {
            all.push(word.as_str());
            continue;
        }
        let flag = match word.strip_prefix("--") {
            Some(name) => known(command).find(|f| f.name == name),
            None => known(command).find(|f| word.len() == 2 && f.short == word.chars().nth(1)),
        };
        if flag.is_some_and(|f| !matches!(f.takes, Takes::Bool | Takes::Maybe(_))) {
            rest.next();
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Setup;

    #[test]
    fn lines_are_completed() {
        let setup = Setup {
            nodes: vec![Cluster::node("worker01"), Cluster::node("worker02")],
            ..Setup::default()
        };
        let cluster = Cluster::new(setup);
        let mut session = Session::default();
        session.files.write("ds.yaml", "");
        let rows: &[(&str, &str)] = &[
            ("kub", "kubectl"),
            ("kubectl desc", "describe"),
            ("k get dae", "daemonsets"),
            ("k get pods -n kube-pu", "kube-public"),
            ("kubectl drain w", "worker01 worker02"),
            ("kubectl get node/w", "node/worker01 node/worker02"),
            ("kubectl taint nodes worker02", "worker02"),
            ("kubectl rollout st", "status"),
            ("kubectl rollout status d", "daemonsets deployments"),
            ("kubectl apply -f d", "ds.yaml"),
            ("cat d", "ds.yaml"),
            ("kubectl get pods --show-l", "--show-labels"),
            ("kubectl get pods -o ya", "yaml"),
            ("kubectl get pods | gre", "grep"),
            ("kubectl explain ds.spec.updateS", "ds.spec.updateStrategy"),
        ];
        for (line, want) in rows {
            let found = complete(line, line.len(), &session, &cluster);
            assert_eq!(found.candidates.join(" "), *want, "{line}");
        }
        let both = complete("kubectl drain w", 15, &session, &cluster);
        assert_eq!((both.common(), both.start), ("worker0", 14));
    }
}
