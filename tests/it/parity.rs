//! The run that the browser repeats (`tests/web/parity.rs`) leaves here what the file says.

#[path = "../parity/scene.rs"]
mod scene;

#[test]
fn the_scene_leaves_the_trace_of_the_file() {
    expect_test::expect_file!["../parity/hash.txt"].assert_eq(&scene::figures());
}
