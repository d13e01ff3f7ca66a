//! The release page is cut in two after linking (scripts/split.mjs), for which the linker writes down what refers to what.

// Cargo tells a build script by variables and reads what it prints.
#![allow(clippy::print_stdout, clippy::disallowed_methods)]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_ARCH", "wasm32") && is("PROFILE", "release") {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
}
