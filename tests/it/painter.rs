//! What is painted step by step equals what is painted from scratch, on every line of time.

use daemonset_playground::cluster::{
    Cluster, Command, History, Patch, Request, Setup, SimSpan, Subresource, Verb,
};
use daemonset_playground::k8s::{Kind, Object, Str, Value};
use daemonset_playground::value;
use daemonset_playground::view::index::{COME_EVERY, NODES_MANY};
use daemonset_playground::view::{Asked, Cell, Cells, Counter, NodeCard, Painter};
use std::collections::BTreeMap;

fn daemon_set(tag: u32, min_ready: i64) -> Value {
    let labels = value!({"app": "log"});
    let image = format!("example.com/log:{tag}");
    value!({
        "apiVersion": "apps/v1", "kind": "DaemonSet",
        "metadata": {"name": "log", "namespace": "default"},
        "spec": {"minReadySeconds": min_ready, "selector": {"matchLabels": &labels}, "template": {
            "metadata": {"labels": &labels},
            "spec": {"containers": [{"name": "main", "image": image}]}
        }},
    })
}

fn create(value: Value) -> Command {
    let namespace = Str::from("default");
    let kind = Kind::DaemonSet;
    let verb = Verb::Create {
        kind,
        namespace,
        value,
    };
    Command::Request(Request::new("test", verb))
}

fn merge(kind: Kind, namespace: &'static str, name: &'static str, patch: Value) -> Command {
    let verb = Verb::Patch {
        kind,
        namespace: namespace.into(),
        name: name.into(),
        subresource: Subresource::Main,
        patch: Patch::Merge(patch),
    };
    Command::Request(Request::new("test", verb))
}

/// A screen that is only ever told what changed.
#[derive(Default)]
struct Screen {
    painter: Painter,
    cells: Vec<Cell>,
    cards: BTreeMap<Str, NodeCard>,
}

impl Screen {
    fn show(&mut self, cluster: &Cluster) {
        let names: Vec<Str> = names(cluster);
        let asked = Asked {
            front: "",
            cards: &names,
        };
        let repaint = self.painter.repaint(cluster, &asked);
        match repaint.cells {
            Cells::All(cells) => self.cells = cells,
            Cells::Some(cells) => {
                for cell in cells {
                    let at = self.cells.binary_search_by(|c| c.name.cmp(&cell.name));
                    self.cells[at.expect("a cell that is there")] = cell;
                }
            }
        }
        self.cards.retain(|name, _| names.contains(name));
        for card in repaint.cards {
            self.cards.insert(card.name.clone(), card);
        }
        let mut fresh = Painter::default();
        let whole = fresh.repaint(cluster, &asked);
        assert_eq!(Cells::All(self.cells.clone()), whole.cells);
        assert_eq!(repaint.sets, whole.sets);
        let cards: Vec<NodeCard> = self.cards.values().cloned().collect();
        assert_eq!(cards, whole.cards, "at {:?}", cluster.now());
    }

    /// When nothing moves any more the cells that a counter lights are as many as the counter says.
    fn counted(&self, cluster: &Cluster) {
        let Some(set) = cluster.objects(Kind::DaemonSet).next() else {
            return;
        };
        let status = &set.daemon_set().expect("a DaemonSet").status;
        let lit = |counter| {
            let lit = self.cells.iter().filter(|c| c.look.counted.has(counter));
            i64::try_from(lit.count()).expect("few")
        };
        assert_eq!(lit(Counter::Desired), status.desired_number_scheduled);
        assert_eq!(lit(Counter::Current), status.current_number_scheduled);
        assert_eq!(lit(Counter::Ready), status.number_ready);
        assert_eq!(lit(Counter::Available), status.number_available);
        assert_eq!(lit(Counter::Updated), status.updated_number_scheduled);
    }
}

fn names(cluster: &Cluster) -> Vec<Str> {
    let nodes = cluster.objects(Kind::Node);
    nodes
        .map(|node: &std::sync::Arc<Object>| node.name().clone())
        .collect()
}

fn run(history: &mut History, screen: &mut Screen, ms: u64, step: u64) {
    for _ in 0..ms / step {
        let until = history.cluster().now() + SimSpan::from_millis(step);
        history.advance_to(until, 100_000);
        screen.show(history.cluster());
    }
}

#[test]
fn a_repaint_of_changes_equals_a_repaint_of_everything() {
    let nodes = (1..=4)
        .map(|i| Cluster::node(&format!("node-{i}")))
        .collect();
    let setup = Setup {
        nodes,
        ..Setup::default()
    };
    let mut history = History::new(setup);
    let mut screen = Screen::default();
    screen.show(history.cluster());
    history.cluster_mut().dispatch(create(daemon_set(1, 3)));
    run(&mut history, &mut screen, 12_000, 300);
    screen.counted(history.cluster());
    let started = history.cluster().now();
    let spec = daemon_set(2, 3).get("spec").clone();
    history.cluster_mut().dispatch(merge(
        Kind::DaemonSet,
        "default",
        "log",
        value!({"spec": spec}),
    ));
    run(&mut history, &mut screen, 9_000, 450);
    let taints = value!([{"key": "gpu", "effect": "NoExecute"}]);
    let cluster = history.cluster_mut();
    cluster.dispatch(merge(
        Kind::Node,
        "",
        "node-2",
        value!({"spec": {"taints": taints}}),
    ));
    cluster.dispatch(Command::NodeAdd {
        node: Cluster::node("node-0"),
    });
    run(&mut history, &mut screen, 30_000, 1_500);
    history.seek(started);
    screen.show(history.cluster());
    run(&mut history, &mut screen, 4_000, 400);
    history.cluster_mut().dispatch(Command::NodeStop {
        node: "node-3".into(),
    });
    run(&mut history, &mut screen, 120_000, 5_000);
    let verb = Verb::Delete {
        kind: Kind::Node,
        namespace: Str::default(),
        name: "node-4".into(),
        options: daemonset_playground::cluster::DeleteOptions::default(),
    };
    history
        .cluster_mut()
        .dispatch(Command::Request(Request::new("test", verb)));
    run(&mut history, &mut screen, 60_000, 4_000);
    assert_eq!(names(history.cluster()).len(), 3);
    screen.counted(history.cluster());
}

#[test]
fn cells_looked_at_a_few_at_a_time_end_up_as_all_at_once() {
    let names = (1..=7).map(|i| format!("node-{i}"));
    let mut history = History::new(Setup {
        nodes: names.map(|name| Cluster::node(&name)).collect(),
        ..Setup::default()
    });
    let wait = |history: &mut History, ms| {
        let until = history.cluster().now() + SimSpan::from_millis(ms);
        history.advance_to(until, 100_000);
    };
    history.cluster_mut().dispatch(create(daemon_set(1, 0)));
    wait(&mut history, 12_000);
    let (mut few, mut shown) = (Painter::default(), BTreeMap::new());
    let Cells::All(cells) = few.refresh(history.cluster(), "", 1) else {
        panic!("the first time is all");
    };
    shown.extend(cells.into_iter().map(|cell| (cell.name, cell.look)));
    assert_eq!(shown.len(), 7);
    let spec = daemon_set(2, 0).get("spec").clone();
    let patch = value!({"spec": spec});
    let cluster = history.cluster_mut();
    cluster.dispatch(merge(Kind::DaemonSet, "default", "log", patch));
    wait(&mut history, 2_000);
    for _ in 0..4 {
        match few.refresh(history.cluster(), "", 2) {
            Cells::All(_) => panic!("no node came"),
            Cells::Some(cells) => {
                assert!(cells.len() <= 2);
                shown.extend(cells.into_iter().map(|cell| (cell.name, cell.look)));
            }
        }
    }
    let Cells::All(cells) = Painter::default().refresh(history.cluster(), "", 1) else {
        panic!("the first time is all");
    };
    let whole: BTreeMap<_, _> = cells.into_iter().map(|c| (c.name, c.look)).collect();
    assert_eq!(shown, whole);
}

#[test]
fn nodes_that_come_to_many_are_shown_several_at_a_time() {
    let names = (0..=NODES_MANY).map(|i| format!("node-{i:03}"));
    let mut history = History::new(Setup {
        nodes: names.map(|name| Cluster::node(&name)).collect(),
        bare_nodes: true,
        ..Setup::default()
    });
    let mut painter = Painter::default();
    painter.refresh(history.cluster(), "", 9);
    let mut count = |history: &mut History, most| {
        let name = format!("more-{}", history.cluster().log().len());
        let node = Cluster::node(&name);
        history.cluster_mut().dispatch(Command::NodeAdd { node });
        match painter.refresh(history.cluster(), "", most) {
            Cells::All(cells) => Some(cells.len()),
            Cells::Some(_) => None,
        }
    };
    let shown: Vec<_> = (0..2 * COME_EVERY + 2)
        .filter_map(|_| count(&mut history, 9))
        .collect();
    let (many, every) = (NODES_MANY + 1, COME_EVERY as usize + 1);
    assert_eq!(shown, [many + every, many + 2 * every]);
    // Who asks for all gets all.
    assert_eq!(count(&mut history, usize::MAX), Some(many + 2 * every + 1));
}
