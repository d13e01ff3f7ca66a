//! What a `kubectl get … -o jsonpath=…` prints, asked of a moment that is only looked at.

use super::args::Parsed;
use super::format::jsonpath::{self, Missing};
use super::kubectl::resource::Type;
use super::kubectl::{Call, builder, flags};
use super::session::Session;
use super::shell;
use super::verb::get;
use crate::cluster::Cluster;

/// An answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    pub text: String,
    /// The status is of the newest generation: the object's controller has seen what is asked for.
    pub seen: bool,
}

/// The line's answer; none where the console would print an error, and for every other line.
pub fn read(line: &str, cluster: &Cluster) -> Option<Answer> {
    let mut session = Session::default();
    let words = words(line, &mut session)?;
    let rest = words.strip_prefix(&["kubectl".to_owned(), "get".to_owned()])?;
    let command = get::COMMANDS.first()?;
    let mut sets = vec![flags::GLOBAL];
    sets.extend(command.flags);
    let parsed = Parsed::parse(rest, &sets).ok()?;
    let call = Call::new(command, parsed, &session);
    let template = call.flags.text("output")?.strip_prefix("jsonpath=")?;
    let template = jsonpath::parse(template).ok()?;
    let ty = Type::find(call.args().first()?)?;
    let value = match call.args().get(1) {
        Some(name) => builder::get(&call, ty, name, cluster).ok()?.value().clone(),
        None => {
            let all = builder::list(&call, ty, cluster).ok()?;
            get::list(all.iter().map(|object| object.value().clone()).collect())
        }
    };
    let seen = value.at(&["status", "observedGeneration"]);
    Some(Answer {
        text: jsonpath::print(&template, &value, Missing::Nothing).ok()?,
        seen: seen.is_null() || seen == value.at(&["metadata", "generation"]),
    })
}

/// The words of a line that is one command alone.
fn words(line: &str, session: &mut Session) -> Option<Vec<String>> {
    let script = shell::parse(line).ok()?;
    let [item] = &script.items[..] else {
        return None;
    };
    let [shell::Command::Simple(simple)] = &item.stages[..] else {
        return None;
    };
    let none = &mut std::iter::empty();
    Some(shell::expand::words(&simple.words, session, none))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Setup, SimSpan};
    use crate::console::Job;

    #[test]
    fn it_is_what_the_console_prints() {
        let mut cluster = Cluster::new(Setup {
            nodes: vec![Cluster::node("worker01"), Cluster::node("worker02")],
            ..Setup::default()
        });
        let rows = [
            "kubectl get nodes -o jsonpath={.items[*].metadata.name}",
            "kubectl get node worker02 -o jsonpath={.metadata.name}",
            "kubectl get no -o 'jsonpath={range .items[*]}{.metadata.name} {end}'",
            "kubectl get nodes -o jsonpath='{.items[?(@.metadata.name==\"worker01\")].kind}'",
            "kubectl get ns -o jsonpath={.items[0].metadata.name}",
            "kubectl get sa default -n kube-system -o jsonpath={.metadata.namespace}",
            "kubectl get pods -n kube-system -l a=b -o jsonpath={.items}",
        ];
        for line in rows {
            let answer = read(line, &cluster);
            let mut job = Job::start_complete(line, cluster.now());
            let until = cluster.now() + SimSpan::from_secs(60);
            job.run(&mut Session::default(), &mut cluster, until, 100_000);
            let printed: String = job.outputs().iter().map(|o| o.text.as_str()).collect();
            assert_eq!(answer.map(|a| a.text), Some(printed), "{line}");
        }
        for line in [
            "kubectl get node none -o jsonpath={.kind}",
            "kubectl get nodes",
            "kubectl delete ns x",
            "",
        ] {
            assert_eq!(read(line, &cluster), None, "{line}");
        }
    }
}
