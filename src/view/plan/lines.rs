//! The sentences of a plan.

use super::books::Book;
use super::loads::Load;
use super::places::{self, Move, Place, Trouble};
use super::run::PlanRun;
use super::{End, Line, Tone, template};
use crate::cluster::{Cluster, SimSpan};
use crate::k8s::order::InOrder;
use crate::k8s::ordered::BTreeMap;
use crate::k8s::{Kind, Object};
use crate::say;
use crate::view::daemon_set::owned;
use crate::view::say::{Say, nodes, pods};

/// Fields of a template that are named.
const FIELDS_MAX: usize = 4;

/// Everything that a run has found out so far.
pub(super) fn lines(run: &PlanRun) -> Vec<Line> {
    let mut out = answers(run);
    let several = run.books.list.len() + run.loads.list.len() > 1;
    let mut spoke = false;
    for book in &run.books.list {
        let lines = of_set(run, book, &mut spoke);
        let name = || format!("{}/{}", Kind::DaemonSet.info().singular, book.name);
        out.extend(named(lines, several, name));
    }
    for load in &run.loads.list {
        let lines = of_load(run, load, &mut spoke);
        let name = || format!("{}/{}", load.key.kind.info().singular, load.key.name);
        out.extend(named(lines, several, name));
    }
    match run.end() {
        Some(End::Stuck | End::Bound) => {
            let span = words(run.ahead());
            out.push(Line::new(
                Tone::Unsettled,
                say!("not settled after {}", &span),
            ));
        }
        Some(End::Settled) | None => {}
    }
    if several {
        out.order_by_key(|line| (line.tone == Tone::Warning, line.about.clone()));
    } else {
        out.order_by_key(|line| line.tone);
    }
    out
}

fn named(lines: Vec<Line>, several: bool, name: impl Fn() -> String) -> Vec<Line> {
    let about = |line: Line| Line {
        about: if several { name() } else { String::new() },
        ..line
    };
    lines.into_iter().map(about).collect()
}

/// What kubectl said that no other line says: objects made, objects without pods, warnings. Sentences that differ
/// in a name only are said once.
fn answers(run: &PlanRun) -> Vec<Line> {
    let mut out: Vec<(String, Line)> = Vec::new();
    for text in run.answer.lines().map(str::trim) {
        let Some((tone, kind, name)) = answer(text) else {
            continue;
        };
        match out.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, line)) => line.nodes.push((name, String::new())),
            None => {
                let mut line = Line::new(tone, say!("{}", text));
                line.nodes.push((name, String::new()));
                out.push((kind, line));
            }
        }
    }
    let line = |(_, mut line): (String, Line)| {
        match line.nodes.len() {
            1 => line.nodes.clear(),
            n => line.says.push(say!("{} of this kind", &n)),
        }
        line
    };
    out.into_iter().map(line).collect()
}

/// A sentence of kubectl: its tone, the sentence without the name, the name.
fn answer(text: &str) -> Option<(Tone, String, String)> {
    if let Some(rest) = text.strip_prefix("Warning: resource ") {
        let (name, rest) = rest.split_once(' ')?;
        return Some((Tone::Warning, rest.to_owned(), name.to_owned()));
    }
    if text.starts_with("Warning: ") {
        return Some((Tone::Warning, text.to_owned(), String::new()));
    }
    let (object, verb) = text.rsplit_once(' ')?;
    let (kind, name) = object.split_once('/')?;
    let made = verb == "created" || verb == "configured" && kind != "daemonset.apps";
    made.then(|| (Tone::Object, format!("{kind} {verb}"), name.to_owned()))
}

fn of_set(run: &PlanRun, book: &Book, spoke: &mut bool) -> Vec<Line> {
    let places = places::places(&run.before, &run.cluster, book);
    let number = revisions(&run.cluster, book)
        .last()
        .map_or(0, |(number, _)| *number);
    let mut out = moves(&places, book, number);
    out.extend(troubles(&places));
    if !book.touched
        && out
            .iter()
            .all(|line| matches!(line.tone, Tone::Same | Tone::Hole))
    {
        return Vec::new();
    }
    if let Some(first) = out
        .first_mut()
        .filter(|line| line.tone < Tone::Trouble && !*spoke)
    {
        first.says.push(say!("about {}", &words(run.duration())));
        *spoke = true;
    }
    out.extend(revision(run, book));
    let desired = desired(&run.cluster, book);
    if book.lowest < book.first {
        out.push(Line::new(
            Tone::Lowest,
            say!(
                "lowest number available on the way: {} of {}",
                &book.lowest,
                &desired.max(book.first)
            ),
        ));
    }
    out
}

fn desired(cluster: &Cluster, book: &Book) -> i64 {
    let set = cluster
        .api()
        .get(Kind::DaemonSet, &book.namespace, &book.name);
    let set = set.ok().and_then(|set| set.daemon_set());
    set.map_or(0, |set| set.status.desired_number_scheduled)
}

/// Created, replaced, deleted, the same, the old template, no pod.
fn moves(places: &[Place], book: &Book, number: i64) -> Vec<Line> {
    let mut out = Vec::new();
    for (became, tone) in [
        (Move::Created, Tone::Created),
        (Move::Replaced, Tone::Replaced),
        (Move::Same, Tone::Same),
        (Move::Old, Tone::Old),
    ] {
        let there: Vec<&Place> = places.iter().filter(|p| p.became == became).collect();
        if there.is_empty() {
            continue;
        }
        let pods = pods(there.len());
        let say = match (tone, book.budget) {
            (Tone::Created, _) => say!("{} created", pods),
            (Tone::Same, _) => say!("{} unchanged", pods),
            (Tone::Old, _) => say!("{} with the old template still", pods),
            (_, Some(1)) if there.len() > 1 => say!("{} replaced, one at a time", pods),
            (_, Some(n)) if n > 1 && there.len() > 1 => {
                say!("{} replaced, up to {} at a time", pods, &n)
            }
            _ => say!("{} replaced", pods),
        };
        let mut line = Line::new(tone, say);
        line.nodes = there
            .iter()
            .map(|p| (p.node.to_string(), String::new()))
            .collect();
        line.revision = if tone < Tone::Trouble { number } else { 0 };
        out.push(line);
    }
    out.extend(holes(places, &Move::Deleted));
    out.extend(holes(places, &Move::None));
    out.order_by_key(|line| line.tone);
    out
}

/// Nodes without a pod, by the reason.
fn holes(places: &[Place], became: &Move) -> Vec<Line> {
    let mut by_reason: BTreeMap<String, (Say, Vec<(String, String)>)> = BTreeMap::new();
    for place in places.iter().filter(|p| p.became == *became) {
        if let Some((say, detail)) = &place.why_not {
            let entry = by_reason
                .entry(say.to_string())
                .or_insert((say.clone(), Vec::new()));
            entry.1.push((place.node.to_string(), detail.clone()));
        }
    }
    let line = |(say, places): (Say, Vec<(String, String)>)| {
        let (tone, say) = if *became == Move::Deleted {
            (
                Tone::Deleted,
                say!("{} deleted: {}", pods(places.len()), say),
            )
        } else {
            (
                Tone::Hole,
                say!("{} not eligible: {}", nodes(places.len()), say),
            )
        };
        Line {
            nodes: places,
            ..Line::new(tone, say)
        }
    };
    by_reason.into_values().map(line).collect()
}

/// New pods that do not come up, by the reason.
fn troubles(places: &[Place]) -> Vec<Line> {
    let mut by_reason: BTreeMap<&Trouble, Vec<(String, String)>> = BTreeMap::new();
    for place in places {
        if let Some(trouble) = &place.trouble {
            let entry = by_reason.entry(trouble).or_default();
            entry.push((place.node.to_string(), String::new()));
        }
    }
    let line = |(trouble, nodes): (&Trouble, Vec<(String, String)>)| Line {
        says: vec![not_up(trouble, nodes.len())],
        nodes,
        ..Line::new(Tone::Trouble, Say::default())
    };
    by_reason.into_iter().map(line).collect()
}

fn not_up(trouble: &Trouble, count: usize) -> Say {
    match trouble {
        Trouble::Unbound(words) => say!("{} Pending: {}", pods(count), words),
        Trouble::NotReady => say!("{} running, but not ready", pods(count)),
        Trouble::Waiting(word) => say!("{} not ready: {}", pods(count), word),
    }
}

/// The numbers and names of a DaemonSet's revisions, oldest first.
fn revisions<'a>(cluster: &'a Cluster, book: &'a Book) -> Vec<(i64, &'a str)> {
    let Ok(set) = cluster
        .api()
        .get(Kind::DaemonSet, &book.namespace, &book.name)
    else {
        return Vec::new();
    };
    let all = cluster
        .api()
        .list(Kind::ControllerRevision, Some(&book.namespace));
    let own = all.filter(|revision| owned(revision, set));
    let mut out: Vec<(i64, &str)> = own
        .map(|object| {
            let number = object.controller_revision().map_or(0, |r| r.revision);
            (number, object.name().as_str())
        })
        .collect();
    out.order();
    out
}

/// Which revision the template gets.
fn revision(run: &PlanRun, book: &Book) -> Option<Line> {
    if !book.touched {
        return None;
    }
    let (old, new) = (revisions(&run.before, book), revisions(&run.cluster, book));
    let (number, name) = *new.last()?;
    let template = |cluster: &Cluster| {
        let set = cluster
            .api()
            .get(Kind::DaemonSet, &book.namespace, &book.name);
        set.map(|set| set.value().at(&["spec", "template"]).clone())
            .unwrap_or_default()
    };
    let say = match old.iter().find(|(_, known)| *known == name) {
        Some((was, _)) if *was == number => say!("no new revision: the template stays"),
        Some((was, _)) => say!("revision {} comes back as {}", was, &number),
        None if old.is_empty() => say!("new revision {}", &number),
        None => {
            let mut fields = template::changed(&template(&run.before), &template(&run.cluster));
            if fields.len() > FIELDS_MAX {
                fields.truncate(FIELDS_MAX);
                fields.push("…".to_owned());
            }
            say!(
                "new revision {}, template changed: {}",
                &number,
                &fields.join(", ")
            )
        }
    };
    Some(Line {
        revision: number,
        ..Line::new(Tone::Revision, say)
    })
}

fn of_load(run: &PlanRun, load: &Load, spoke: &mut bool) -> Vec<Line> {
    let pods_now = run.loads.pods(&run.cluster, load);
    let place = |pod: &&Object| {
        let node = pod.pod().map(|p| p.spec.node_name.to_string());
        (
            node.filter(|node| !node.is_empty()).unwrap_or_default(),
            pod.name().to_string(),
        )
    };
    let fresh: Vec<&Object> = pods_now
        .iter()
        .copied()
        .filter(|pod| !load.before.contains(pod.uid()))
        .collect();
    let gone = load.before.len() - (pods_now.len() - fresh.len());
    let mut out = Vec::new();
    if !fresh.is_empty() {
        let mut line = Line::new(Tone::Created, say!("{} created", pods(fresh.len())));
        line.nodes = fresh.iter().map(place).collect();
        out.push(line);
    }
    if gone > 0 {
        out.push(Line::new(Tone::Deleted, say!("{} deleted", pods(gone))));
    }
    if let Some(first) = out.first_mut().filter(|_| !*spoke) {
        first.says.push(say!("about {}", &words(run.duration())));
        *spoke = true;
    }
    let mut troubles: BTreeMap<Trouble, Vec<(String, String)>> = BTreeMap::new();
    for pod in fresh {
        if let Some(trouble) = places::trouble(pod) {
            troubles.entry(trouble).or_default().push(place(&pod));
        }
    }
    out.extend(troubles.into_iter().map(|(trouble, nodes)| Line {
        says: vec![not_up(&trouble, nodes.len())],
        nodes,
        ..Line::new(Tone::Trouble, Say::default())
    }));
    out
}

/// `8 s`, `1 m 20 s`, `2 h 5 m`.
pub(super) fn words(span: SimSpan) -> String {
    let seconds = span.as_millis().div_ceil(1000);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 if seconds.is_multiple_of(60) => format!("{} m", seconds / 60),
        60..3600 => format!("{} m {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} m", seconds / 3600, seconds / 60 % 60),
    }
}
