//! Browser tests: mount one component with a hand-made value, act as a user, read by role and
//! `data-testid`.
#![cfg(target_arch = "wasm32")]

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
