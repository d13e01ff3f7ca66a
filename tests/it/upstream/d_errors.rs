//! D005, D006, D008 to D010: creations and status writes that fail.

use super::harness::*;
use daemonset_playground::k8s::Kind;
use daemonset_playground::sim::fault::{Effect, Rule};

fn refuse(bench: &mut Bench, verb: &'static str, kind: Kind, times: Option<u32>) {
    bench.api.faults.add(Rule {
        actor: "daemonset-controller".into(),
        verb: verb.into(),
        kind: Some(kind),
        effect: Effect::Fail,
        times,
    });
}

/// 100 nodes; of the fourth batch, eight creations, five fail, so that ten succeed in all.
fn ten_of_a_hundred(check: impl Fn(&mut Bench)) {
    both(|ds| {
        let mut bench = Bench::with_nodes(100);
        bench.add_ds(ds);
        bench.before_batch = Some((4, |bench| refuse(bench, "create", Kind::Pod, Some(5))));
        let (creates, deletes, events) = bench.sync();
        assert!(creates <= 15, "{creates}");
        assert_eq!((deletes, events), (0, 0));
        check(&mut bench);
    });
}

#[test]
fn d005_failing_creations_stop_the_slow_start() {
    ten_of_a_hundred(|bench| {
        assert_eq!(bench.successes("create", Kind::Pod), 10);
        assert_eq!(bench.status("desiredNumberScheduled"), 100);
        assert_eq!(bench.status("currentNumberScheduled"), 10);
        assert_eq!(bench.status("updatedNumberScheduled"), 10);
    });
}

#[test]
fn d006_failed_and_skipped_creations_are_not_expected() {
    ten_of_a_hundred(|bench| {
        let key = bench.foo_key();
        assert!(bench.part.expectations().satisfied(&key, bench.now));
        assert_eq!(bench.part.expectations().get(&key).map(|o| o.adds), Some(0));
    });
}

#[test]
fn d008_a_failed_creation_is_the_error() {
    let mut bench = Bench::with_nodes(1);
    bench.add_ds(simple_ds());
    refuse(&mut bench, "create", Kind::Pod, None);
    assert_eq!(bench.sync(), (1, 0, 0));
    let error = bench.error().expect("the creation failed");
    assert!(error.starts_with("unable to create pods: "), "{error}");
}

#[test]
fn d009_a_failed_status_write_is_the_error() {
    let mut bench = Bench::with_nodes(1);
    bench.add_ds(simple_ds());
    refuse(&mut bench, "update", Kind::DaemonSet, None);
    assert_eq!(bench.sync(), (1, 0, 0));
    let error = bench.error().expect("the status was refused");
    assert!(
        error.starts_with("error storing status for daemon set "),
        "{error}"
    );
}

#[test]
fn d010_of_both_the_creation_is_the_error() {
    let mut bench = Bench::with_nodes(1);
    bench.add_ds(simple_ds());
    refuse(&mut bench, "create", Kind::Pod, None);
    refuse(&mut bench, "update", Kind::DaemonSet, None);
    assert_eq!(bench.sync(), (1, 0, 0));
    let error = bench.error().expect("both failed");
    assert!(error.starts_with("unable to create pods: "), "{error}");
}
