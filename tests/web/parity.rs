//! Runs are equal byte for byte natively and in wasm: the scene of `tests/it/parity.rs`, once more.

#[path = "../parity/scene.rs"]
mod scene;

use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn the_scene_leaves_the_trace_of_the_native_run() {
    assert_eq!(scene::figures(), include_str!("../parity/hash.txt"));
}
