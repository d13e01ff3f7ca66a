//! The cases of upstream's unit tests for the DaemonSet controller, one function a case.
//!
//! D: controller, U: rolling update and history, T: utilities.

mod harness;

mod d_basic;

mod d_errors;

mod d_pods;

mod d_handlers;

mod d_surge;

mod u_rolling;

mod t_utils;

/// How many cases upstream has per group.
const CASES: [(char, usize); 3] = [('d', 92), ('u', 20), ('t', 33)];

/// Cases that cannot apply, each with the reason.
const NOT_APPLICABLE: &[(&str, &str)] = &[];

const SOURCES: [&str; 7] = [
    include_str!("d_basic.rs"),
    include_str!("d_errors.rs"),
    include_str!("d_pods.rs"),
    include_str!("d_handlers.rs"),
    include_str!("d_surge.rs"),
    include_str!("u_rolling.rs"),
    include_str!("t_utils.rs"),
];

#[test]
fn every_case_has_its_test_or_its_reason() {
    let tests: Vec<&str> = SOURCES
        .iter()
        .flat_map(|source| source.split("#[test]\nfn ").skip(1))
        .filter_map(|rest| rest.split(['_', '(']).next())
        .collect();
    for (group, count) in CASES {
        for i in 1..=count {
            let name = format!("{group}{i:03}");
            let found = tests.iter().filter(|t| **t == name).count();
            let excused = NOT_APPLICABLE.iter().filter(|(n, _)| *n == name).count();
            assert_eq!(found + excused, 1, "{name}");
        }
    }
    assert_eq!(tests.len() + NOT_APPLICABLE.len(), 145);
}
