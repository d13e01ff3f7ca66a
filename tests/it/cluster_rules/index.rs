//! Where each rule of the cluster around the controllers is tested, section by section.

use std::fs;
use std::path::Path;

/// Section, rule, and the test: a file and a function of it, or a recorded case.
type Rule = (&'static str, &'static str, &'static str, &'static str);

const WRITES: &str = "src/sim/apiserver/tests/writes.rs";
const DELETION: &str = "src/sim/apiserver/tests/deletion.rs";
const REFUSALS: &str = "src/sim/apiserver/tests/refusals.rs";
const RULES: &str = "src/sim/apiserver/tests/rules.rs";
const COLLECTOR: &str = "src/parts/garbage_collector/tests.rs";
const HERE: &str = "tests/it/cluster_rules/mod.rs";
const SCHEDULING: &str = "tests/it/cluster_rules/scheduling.rs";
const TAINTS: &str = "tests/it/cluster_rules/taints.rs";
const PODS: &str = "tests/it/cluster_rules/pods.rs";
const KUBELET: &str = "tests/it/kubelet.rs";
const REFUSES: &str = "tests/it/kubelet_refuses.rs";
const NODES: &str = "tests/it/node_life.rs";
const LIFECYCLE: &str = "tests/it/lifecycle.rs";
const QUEUE: &str = "src/parts/scheduler/queue.rs";
const RECORDER: &str = "src/sim/recorder/tests.rs";
const GOLDEN: &str = "tests/golden";

#[rustfmt::skip]
const ALL: &[Rule] = &[
    ("1.1", "versions grow; a uid is never used again", HERE, "identities_and_halves_of_objects"),
    ("1.1", "a write that changes nothing gives no version", WRITES, "a_write_that_changes_nothing_gives_no_version"),
    ("1.1", "stale versions and foreign uids conflict", WRITES, "stale_versions_and_foreign_uids_conflict"),
    ("1.1", "patches with a version conflict, others do not", REFUSALS, "refused_requests_of_every_verb_and_kind_change_nothing"),
    ("1.1", "generations count changes of the spec", WRITES, "generations_count_changes_of_the_spec_only"),
    ("1.1", "the first deletion counts as one", DELETION, "propagation_sets_finalizers_and_the_last_one_ends_the_object"),
    ("1.1", "neither half of an object writes the other", HERE, "identities_and_halves_of_objects"),
    ("1.1", "taken and unknown names", WRITES, "refusals_say_what_upstream_says_and_change_nothing"),
    ("1.1", "letters of generated names", "src/k8s/names.rs", "generated_names"),
    ("1.1", "a taken generated name is drawn again, eight times", WRITES, "a_generated_name_that_is_taken_is_drawn_again"),
    ("1.2", "preconditions", REFUSALS, "refused_requests_of_every_verb_and_kind_change_nothing"),
    ("1.2", "finalizers hold an object", DELETION, "propagation_sets_finalizers_and_the_last_one_ends_the_object"),
    ("1.2", "grace of a pod", DELETION, "grace_of_a_deletion"),
    ("1.2", "a repeated deletion only shortens", DELETION, "a_repeated_delete_without_period_changes_nothing"),
    ("1.2", "the kubelet ends it", KUBELET, "a_pod_starts_and_ends"),
    ("1.3", "a solid owner keeps, others are taken from the list", COLLECTOR, "a_second_owner_keeps_an_object_and_the_dead_reference_goes"),
    ("1.3", "no owner left: deleted", COLLECTOR, "an_object_born_with_a_dead_owner_goes"),
    ("1.3", "background", COLLECTOR, "background_takes_the_owner_first_and_then_everything"),
    ("1.3", "foreground waits for those that block", COLLECTOR, "foreground_waits_for_those_that_block"),
    ("1.3", "a finalizer holds a pod and its owner", LIFECYCLE, "a_finalizer_holds_a_pod_and_its_foreground_owner"),
    ("1.3", "orphans", COLLECTOR, "orphans_stay_without_their_owner"),
    ("1.3", "one controller at most", "src/k8s/validate/meta.rs", "new_objects"),
    ("1.4", "priority classes", HERE, "priorities"),
    ("1.4", "five minutes on a lost node", HERE, "tolerations_and_taints_of_newcomers"),
    ("1.4", "the first taint of a node", HERE, "tolerations_and_taints_of_newcomers"),
    ("1.4", "a namespace that goes", REFUSALS, "requests_that_admission_refuses_change_nothing"),
    ("1.4", "quotas", RULES, "quotas_count_and_sum"),
    ("1.4", "quotas, recorded", GOLDEN, "own/resource-quota"),
    ("2", "one kind's changes come in order", "src/sim/informer.rs", "a_slow_delivery_holds_up_those_behind_it"),
    ("2", "handlers get the old and the new", "src/sim/informer.rs", "handlers_are_told_the_cached_and_the_new_version"),
    ("2", "lost watches", HERE, "a_lost_watch_is_made_good"),
    ("2", "late watches", HERE, "delays"),
    ("3", "names", "src/k8s/names.rs", "subdomains"),
    ("3", "labels of DNS", "src/k8s/names.rs", "labels"),
    ("3", "keys", "src/k8s/names.rs", "qualified_names"),
    ("3", "values", "src/k8s/names.rs", "label_values"),
    ("3", "ports", "src/k8s/validate/ports.rs", "single_ports"),
    ("3", "label selectors", "src/k8s/validate/selector.rs", "requirements"),
    ("3", "taints", "src/k8s/validate/node.rs", "taint_rules"),
    ("3", "tolerations", "src/k8s/validate/toleration.rs", "each_rule"),
    ("3", "node selectors", "src/k8s/validate/affinity.rs", "node_requirements"),
    ("3", "all of them at their limits, recorded", GOLDEN, "own/limits-of-values"),
    ("4.1", "order of the queue", QUEUE, "higher_priority_comes_first_then_who_came_earlier"),
    ("4.1", "back-off", QUEUE, "back_off_doubles_from_one_to_ten_seconds"),
    ("4.1", "a back-off only sets behind others", QUEUE, "a_back_off_sets_a_pod_behind_others_and_nothing_more"),
    ("4.1", "changes that may help", SCHEDULING, "what_makes_a_pod_be_tried_again"),
    ("4.1", "five minutes", SCHEDULING, "forgotten_pods_are_flushed"),
    ("4.1", "binding is not part of a cycle's answer", HERE, "delays"),
    ("4.2", "order of the filters", GOLDEN, "own/which-filter-answers"),
    ("4.2", "affinity that names nodes", GOLDEN, "own/which-filter-answers"),
    ("4.2", "resources and ports", GOLDEN, "own/resources-several-reasons"),
    ("4.3", "reasons are counted and sorted", "src/parts/scheduler/message.rs", "reasons_are_counted_and_sorted_as_text"),
    ("4.3", "the whole sentence", SCHEDULING, "pods_that_no_node_can_take"),
    ("4.4", "victims of lower priority", GOLDEN, "placement/critical-daemon-preempts"),
    ("4.4", "which of them", GOLDEN, "own/preemption-of-lesser-daemons"),
    ("4.4", "a ladder of priorities", GOLDEN, "own/priority-ladder"),
    ("4.4", "preemptionPolicy Never", GOLDEN, "own/which-filter-answers"),
    ("5.1", "registration", NODES, "a_node_joins"),
    ("5.1", "heartbeats and posts", NODES, "an_idle_cluster_writes_nothing_but_statuses_every_five_minutes"),
    ("5.1", "a pressure stays for five minutes", NODES, "pressure_evicts_one_pod_at_a_time_and_refuses_others"),
    ("5.1", "static pods", REFUSES, "static_pods_and_their_mirrors"),
    ("5.2", "refusals and their words", REFUSES, "what_a_node_refuses"),
    ("5.2", "critical pods make room", GOLDEN, "own/critical-pod-on-a-full-node"),
    ("5.2", "pressure", HERE, "who_may_come_under_pressure"),
    ("5.3", "start", KUBELET, "a_pod_starts_and_ends"),
    ("5.3", "init containers", KUBELET, "init_containers_come_first_and_a_sidecar_stays"),
    ("5.3", "probes", KUBELET, "probes"),
    ("5.4", "phases", "src/parts/kubelet/phase.rs", "phases_of_containers"),
    ("5.4", "phases at the end", "src/parts/kubelet/phase.rs", "phases_of_pods_that_are_torn_down"),
    ("5.4", "restart policies", KUBELET, "restart_policies"),
    ("5.5", "conditions", KUBELET, "conditions_of_a_running_pod"),
    ("5.5", "conditions of unfinished pods", KUBELET, "an_init_container_that_fails_keeps_the_pod_pending"),
    ("5.5", "readiness gates; when a condition changed", PODS, "readiness_gates"),
    ("5.6", "failing pulls", KUBELET, "an_image_that_is_not_there"),
    ("5.6", "which policy is the default", "src/k8s/defaults/image.rs", "tells_latest"),
    ("5.6", "never pulled", PODS, "images_that_are_never_pulled"),
    ("5.6", "back-off", "src/sim/backoff.rs", "delays_double_from_ten_seconds_to_five_minutes"),
    ("5.6", "forgiven", "src/sim/backoff.rs", "ten_minutes_of_silence_are_forgiven"),
    ("5.7", "crash loops", KUBELET, "a_container_that_crashes"),
    ("5.7", "crash loops, recorded", GOLDEN, "rollout/crash-loop-blocks-rollout"),
    ("5.8", "hooks and grace", REFUSES, "hooks_and_deadlines"),
    ("5.8", "a dead node's pods stay", NODES, "a_kubelet_dies_and_comes_back"),
    ("5.9", "one at a time, in order", NODES, "pressure_evicts_one_pod_at_a_time_and_refuses_others"),
    ("5.9", "recorded", GOLDEN, "own/eviction-in-time"),
    ("6", "quantities", "src/k8s/quantity/tests.rs", "canonical_forms"),
    ("6", "rounding", "src/k8s/quantity/tests.rs", "rounding_and_arithmetic"),
    ("6", "what a pod requests", "src/parts/scheduler/fit.rs", "init_containers_count_by_their_largest"),
    ("6", "what fits", "src/parts/scheduler/fit.rs", "equal_fits_and_reasons_come_in_order"),
    ("6", "a limit without a request", "src/k8s/defaults/tests.rs", "every_part_of_a_template"),
    ("6", "host ports", GOLDEN, "own/ports-protocols-and-addresses"),
    ("6", "classes of service", "src/k8s/qos.rs", "classes"),
    ("6", "a node with nothing, a pod too large", SCHEDULING, "pods_that_no_node_can_take"),
    ("7", "what tolerates what", "src/k8s/taint.rs", "each_rule"),
    ("7", "the first untolerated one", "src/k8s/taint.rs", "first_untolerated_in_list_order"),
    ("7.1", "conditions and their taints", TAINTS, "conditions_and_their_taints"),
    ("7.1", "Ready", NODES, "a_network_is_lost_and_found"),
    ("7.1", "unreachable", NODES, "a_kubelet_dies_and_comes_back"),
    ("8", "what counts as a sign of life", "src/parts/node_lifecycle/health.rs", "a_renewal_counts_from_the_pass_that_sees_it"),
    ("8", "four conditions become Unknown", "src/parts/node_lifecycle/health.rs", "silence_makes_four_conditions_unknown_and_leaves_the_network"),
    ("8", "a node that nobody speaks for", NODES, "a_node_that_nobody_speaks_for"),
    ("8", "pods are marked", NODES, "a_kubelet_dies_and_comes_back"),
    ("8", "states of zones", "src/parts/node_lifecycle/zone.rs", "states_of_zones"),
    ("8", "one node at a time", "src/parts/node_lifecycle/zone.rs", "one_node_per_interval"),
    ("8", "all nodes lost", NODES, "all_nodes_die_and_nothing_is_evicted"),
    ("9.1", "untolerated: now", TAINTS, "clocks_of_evictions"),
    ("9.2", "the least of the seconds", "src/parts/taint_eviction.rs", "fates_of_pods_on_tainted_nodes"),
    ("9.3", "a running clock is kept", TAINTS, "clocks_of_evictions"),
    ("9.4", "no taints: cancelled", TAINTS, "clocks_of_evictions"),
    ("9", "pods that come later", TAINTS, "pods_that_come_to_a_tainted_node"),
    ("9", "recorded", GOLDEN, "own/taints-with-seconds-on-all-kinds"),
    ("10.1", "too many that ended", "src/parts/pod_gc.rs", "evicted_pods_and_then_the_oldest_are_too_many"),
    ("10.2", "out of service", HERE, "what_the_pod_collector_takes"),
    ("10.3", "quarantine", LIFECYCLE, "pods_of_a_deleted_node_go_after_their_quarantine"),
    ("10.3", "a node that comes back", HERE, "what_the_pod_collector_takes"),
    ("10.4", "never bound", PODS, "terminating_pods_that_were_never_bound"),
    ("11", "mirrors", REFUSES, "static_pods_and_their_mirrors"),
    ("11", "mirrors, recorded", GOLDEN, "nodes/static-pod-mirror"),
    ("12", "combined events", RECORDER, "the_tenth_distinct_message_and_all_after_it_are_combined"),
    ("12", "ten minutes of silence", RECORDER, "ten_minutes_of_silence_begin_the_count_anew"),
    ("12", "counted events", RECORDER, "equal_events_are_counted_and_written_again_when_they_are_gone"),
    ("12", "the filter of spam", RECORDER, "a_burst_of_25_and_one_every_five_minutes"),
    ("12", "an hour to live", RULES, "events_end_an_hour_after_their_last_write"),
    ("13", "budgets", LIFECYCLE, "a_budget_counts_its_pods_and_holds_an_eviction_up"),
    ("13", "evictions that are refused", REFUSALS, "refused_bindings_and_evictions_change_nothing"),
    ("13", "drain", GOLDEN, "nodes/drain-blocked-by-budget"),
    ("13", "drain, refused", GOLDEN, "nodes/drain-refusals"),
];

#[test]
fn every_rule_names_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (section, rule, place, test) in ALL {
        let told = format!("{section} {rule}: {place} {test}");
        if *place == GOLDEN {
            assert!(
                root.join(place).join(test).join("transcript.txt").is_file(),
                "{told}"
            );
            continue;
        }
        let text = fs::read_to_string(root.join(place)).expect(&told);
        let at = text.find(&format!("fn {test}()")).expect(&told);
        let before = text[..at].trim_end().lines().next_back().unwrap_or("");
        assert_eq!(before.trim(), "#[test]", "{told}");
    }
    for section in 1..=13 {
        let section = section.to_string();
        let of = |rule: &str| rule.split('.').next() == Some(&section);
        assert!(ALL.iter().any(|(rule, ..)| of(rule)), "section {section}");
    }
}
