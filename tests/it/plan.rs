//! Plans of real edits on real clusters: what a plan says is what then happens.

use daemonset_playground::cluster::{Cluster, Command, Setup, SimSpan};
use daemonset_playground::cluster::{Effect, Rule};
use daemonset_playground::console::{Job, Session};
use daemonset_playground::k8s::api::NodeCondition;
use daemonset_playground::k8s::{Kind, Object, Value};
use daemonset_playground::sim::trace::Entry;
use daemonset_playground::value;
use daemonset_playground::view::plan::{End, Plan, PlanRun, Tone};

const BASE: &str = "apiVersion: apps/v1
kind: DaemonSet
metadata: {name: log, namespace: default}
spec:
  selector: {matchLabels: {app: log}}
  template:
    metadata: {labels: {app: log}}
    spec:
      containers:
      - name: log
        image: registry.example.com/log:1
";

fn nodes() -> Vec<Value> {
    let mut nodes: Vec<Value> = ["master", "w1", "w2", "w3"].map(Cluster::node).into();
    let taint = value!({"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"});
    nodes[0].set_at(&["spec", "taints"], value!([taint]));
    nodes[3].set_at(&["metadata", "labels"], value!({"disk": "ssd"}));
    nodes
}

/// A cluster in which the base runs.
fn cluster() -> Cluster {
    let mut cluster = Cluster::new(Setup {
        nodes: nodes(),
        ..Setup::default()
    });
    let (answer, code) = apply(&mut cluster, BASE);
    assert_eq!(code, 0, "{answer}");
    let later = cluster.now() + SimSpan::from_secs(60);
    cluster.advance_to(later, 1_000_000);
    cluster
}

fn apply(cluster: &mut Cluster, text: &str) -> (String, u8) {
    let mut session = Session::default();
    session.files.write("x.yaml", text);
    let mut job = Job::start_complete("kubectl apply -f x.yaml", cluster.now());
    let until = cluster.now() + SimSpan::from_secs(1);
    let code = job.run(&mut session, cluster, until, 100_000);
    let answer = job.outputs().iter().map(|o| o.text.as_str()).collect();
    (answer, code.unwrap_or(1))
}

fn plan_on(before: &Cluster, text: &str) -> Option<Plan> {
    let mut after = before.clone();
    let (answer, code) = apply(&mut after, text);
    assert_eq!(code, 0, "{answer}");
    let mut run = PlanRun::new(before.clone(), after, &answer)?;
    assert!(run.run(|| true));
    Some(run.plan())
}

fn plan(text: &str) -> Plan {
    plan_on(&cluster(), text).expect("something changes")
}

fn names(plan: &Plan, tone: Tone) -> Vec<&str> {
    let lines = plan.lines.iter().filter(|line| line.tone == tone);
    lines
        .flat_map(|line| line.nodes.iter().map(|(name, _)| name.as_str()))
        .collect()
}

#[test]
fn a_new_image_replaces_one_at_a_time() {
    let plan = plan(&BASE.replace("log:1", "log:2"));
    assert_eq!(plan.end, Some(End::Settled));
    let replaced = plan.of(Tone::Replaced).join("");
    assert!(
        replaced.starts_with("3 pods replaced, one at a time · about "),
        "{replaced}"
    );
    assert_eq!(names(&plan, Tone::Replaced), ["w1", "w2", "w3"]);
    assert_eq!(
        plan.of(Tone::Hole),
        ["1 node not eligible: taint not tolerated"]
    );
    let hole = plan
        .lines
        .iter()
        .find(|l| l.tone == Tone::Hole)
        .expect("a hole");
    assert_eq!(
        hole.nodes[0].1,
        "node-role.kubernetes.io/control-plane:NoSchedule"
    );
    assert_eq!(
        plan.of(Tone::Revision),
        ["new revision 2, template changed: image"]
    );
    assert_eq!(
        plan.of(Tone::Lowest),
        ["lowest number available on the way: 2 of 3"]
    );
}

#[test]
fn what_the_plan_says_is_what_then_happens() {
    let mut world = cluster();
    let text = BASE.replace("log:1", "log:2");
    let plan = plan_on(&world, &text).expect("something changes");
    let before: Vec<_> = world.objects(Kind::Pod).map(|p| p.uid().clone()).collect();
    apply(&mut world, &text);
    let later = world.now() + SimSpan::from_secs(300);
    world.advance_to(later, 1_000_000);
    let fresh = world
        .objects(Kind::Pod)
        .filter(|p| !before.contains(p.uid()));
    let mut on: Vec<_> = fresh
        .filter_map(|p| p.pod().map(|p| p.spec.node_name.to_string()))
        .collect();
    on.sort();
    assert_eq!(on, names(&plan, Tone::Replaced));
}

#[test]
fn a_toleration_brings_a_pod_to_the_master() {
    let text = format!("{BASE}      tolerations:\n      - {{operator: Exists}}\n");
    let plan = plan(&text);
    assert_eq!(plan.end, Some(End::Settled));
    assert_eq!(names(&plan, Tone::Created), ["master"]);
    assert_eq!(names(&plan, Tone::Replaced), ["w1", "w2", "w3"]);
    assert_eq!(plan.of(Tone::Hole), [""; 0]);
    assert_eq!(
        plan.of(Tone::Revision),
        ["new revision 2, template changed: tolerations"]
    );
}

#[test]
fn a_bad_image_does_not_settle_and_says_where_it_stops() {
    let plan = plan(&BASE.replace("log:1", "log:does-not-exist"));
    assert_eq!(names(&plan, Tone::Replaced).len(), 1, "{plan:#?}");
    let trouble = plan.of(Tone::Trouble).join("");
    assert!(trouble.starts_with("1 pod not ready: "), "{trouble}");
    assert_eq!(plan.of(Tone::Old), ["2 pods with the old template still"]);
    assert!(plan.of(Tone::Unsettled)[0].starts_with("not settled after "));
}

#[test]
fn a_selector_shrinks_the_set() {
    let text = format!("{BASE}      nodeSelector: {{disk: ssd}}\n");
    let plan = plan(&text);
    assert_eq!(plan.end, Some(End::Settled));
    assert_eq!(names(&plan, Tone::Deleted), ["w1", "w2"]);
    assert_eq!(
        plan.of(Tone::Deleted),
        ["2 pods deleted: nodeSelector does not match"]
    );
    assert_eq!(names(&plan, Tone::Replaced), ["w3"]);
    let changed = plan.of(Tone::Revision).join("");
    assert_eq!(changed, "new revision 2, template changed: nodeSelector");
}

#[test]
fn no_room_is_pending_in_the_schedulers_words() {
    let text = format!("{BASE}        resources: {{requests: {{cpu: '64'}}}}\n");
    let plan = plan(&text);
    let trouble = plan.of(Tone::Trouble).join("");
    assert!(
        trouble.contains("Pending: 0/4 nodes are available"),
        "{trouble}"
    );
    assert!(trouble.contains("Insufficient cpu"), "{trouble}");
    assert_eq!(plan.end, Some(End::Stuck));
}

#[test]
fn the_same_again_is_no_plan_and_a_label_is_no_revision() {
    let cluster = cluster();
    assert!(plan_on(&cluster, BASE).is_none());
    let text = BASE.replace(
        "name: log, namespace",
        "name: log, labels: {a: b}, namespace",
    );
    let plan = plan_on(&cluster, &text).expect("something changes");
    assert_eq!(
        plan.of(Tone::Revision),
        ["no new revision: the template stays"]
    );
    assert_eq!(plan.of(Tone::Same), ["3 pods unchanged"]);
}

#[test]
fn an_older_template_comes_back() {
    let mut world = cluster();
    apply(&mut world, &BASE.replace("log:1", "log:2"));
    let later = world.now() + SimSpan::from_secs(300);
    world.advance_to(later, 1_000_000);
    let plan = plan_on(&world, BASE).expect("something changes");
    assert_eq!(plan.of(Tone::Revision), ["revision 1 comes back as 3"]);
}

#[test]
fn other_kinds_have_plans_too() {
    let text = "apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}
";
    let plan = plan(text);
    assert_eq!(plan.end, Some(End::Settled));
    let made = ["namespace/shop created", "deployment.apps/web created"];
    assert_eq!(plan.of(Tone::Object), made);
    let created = plan.of(Tone::Created).join("");
    assert!(created.starts_with("2 pods created · about "), "{created}");
    assert_eq!(names(&plan, Tone::Created).len(), 2);
}

#[test]
fn a_node_s_taint_empties_it() {
    let text = "apiVersion: v1
kind: Node
metadata: {name: w2}
spec: {taints: [{key: sick, effect: NoExecute}]}
";
    let plan = plan(text);
    assert_eq!(plan.end, Some(End::Settled), "{plan:#?}");
    let deleted = plan.of(Tone::Deleted).join("");
    assert!(
        deleted.starts_with("1 pod deleted: taint not tolerated"),
        "{deleted}"
    );
    assert_eq!(names(&plan, Tone::Deleted), ["w2"]);
    assert_eq!(names(&plan, Tone::Same), ["w1", "w3"]);
}

#[test]
fn ready_made_manifests_are_valid_and_settle() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/app/samples");
    for name in [
        "fluentd-elasticsearch",
        "node-exporter",
        "log-agent",
        "cni-plugin",
        "gpu-plugin",
        "kube-proxy",
    ] {
        let text = std::fs::read_to_string(folder.join(format!("{name}.yaml")));
        let plan = plan(&text.expect("a sample"));
        assert_eq!(plan.end, Some(End::Settled), "{name}: {plan:#?}");
        assert_eq!(plan.of(Tone::Trouble), [""; 0], "{name}");
    }
}

#[test]
fn what_goes_on_by_itself_is_no_plan() {
    let mut world = cluster();
    let text = BASE.replace("log:1", "log:2");
    apply(&mut world, &text);
    // All through the rollout, applying the same again is nothing.
    for _ in 0..80 {
        let later = world.now() + SimSpan::from_millis(50);
        world.advance_to(later, 1_000_000);
        let plan = plan_on(&world, &text);
        assert!(plan.is_none(), "{plan:#?}");
    }
}

/// With and without the controllers that have nothing to do, the same calls are made in the same order.
#[test]
fn an_apply_that_changes_nothing_concerns_nobody() {
    let before = cluster();
    for (text, wanted) in [
        (BASE.to_owned(), false),
        (BASE.replace("log:1", "log:2"), true),
    ] {
        let mut after = before.clone();
        apply(&mut after, &text);
        assert_eq!(PlanRun::concerns(&before, &after), wanted);
    }
}

/// Calls about pods and what makes them: when, who, what, and what was said to it. Names are drawn at random.
fn calls(cluster: &Cluster, from: u64) -> Vec<String> {
    let new = usize::try_from(cluster.api().trace().count() - from).expect("few");
    let entries = cluster.api().trace().entries().rev().take(new);
    let told = entries.filter(|entry| !matches!(entry.key.kind, Kind::Event | Kind::Node));
    let line = |entry: &Entry| {
        let (at, kind) = (entry.at.as_millis(), entry.key.kind);
        format!(
            "{at} {} {} {kind} {}",
            entry.actor, entry.verb, entry.refused
        )
    };
    let mut lines: Vec<_> = told.map(line).collect();
    lines.reverse();
    lines
}

/// Taints and conditions of every node.
fn health(cluster: &Cluster) -> Vec<String> {
    let of = |node: &Object| {
        let view = node.node().expect("a node");
        let condition = |c: &NodeCondition| format!("{} {}", c.kind, c.status);
        let conditions: Vec<_> = view.conditions.iter().map(condition).collect();
        format!("{} {:?} {conditions:?}", node.name(), view.taints)
    };
    cluster.objects(Kind::Node).map(|node| of(node)).collect()
}

#[test]
fn looking_ahead_leaves_out_only_what_nobody_reads() {
    let late = Rule {
        actor: "".into(),
        verb: "".into(),
        kind: Some(Kind::Event),
        effect: Effect::Delay(SimSpan::from_millis(700)),
        times: None,
    };
    let stop = |node: &'static str| Command::NodeStop { node: node.into() };
    let fail = Command::ApiFault { rule: late };
    let image = BASE.replace("log:1", "log:2");
    let rows: [(&str, &str, Vec<Command>, u64); 5] = [
        ("a new image", &image, vec![], 600),
        (
            "a wrong one",
            &BASE.replace("log:1", "log:nope"),
            vec![],
            600,
        ),
        ("a silent node", &image, vec![stop("w2")], 500),
        ("late events", &image, vec![fail], 200),
        (
            "a taint",
            "apiVersion: v1\nkind: Node\nmetadata: {name: w2}\nspec: {taints: [{key: sick, effect: NoExecute}]}\n",
            vec![],
            100,
        ),
    ];
    for (what, text, deeds, seconds) in rows {
        let mut world = cluster();
        for deed in deeds {
            world.dispatch(deed);
        }
        apply(&mut world, text);
        let from = world.api().trace().count();
        let mut ahead = world.clone();
        ahead.look_ahead();
        for cluster in [&mut world, &mut ahead] {
            let later = cluster.now() + SimSpan::from_secs(seconds);
            cluster.advance_to(later, 1_000_000);
        }
        assert_eq!(calls(&ahead, from), calls(&world, from), "{what}");
        assert_eq!(health(&ahead), health(&world), "{what}");
        assert!(ahead.events_done() <= world.events_done(), "{what}");
    }
}
