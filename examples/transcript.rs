//! `cargo run --release --example transcript -- CASE_FOLDER` prints the unmasked transcript of a golden case;
//! `tests/golden/check.py` compares it with the recorded one.

#[path = "../tests/it/case.rs"]
mod case;

use daemonset_playground::console::script::{Stage, transcript};
use std::io::Write;

fn main() {
    let mut out = std::io::stdout();
    for folder in std::env::args().skip(1) {
        let case = case::load(folder.as_ref());
        let mut stage = Stage::new(&case);
        let steps = stage.run(&case.script);
        if out.write_all(transcript(&steps).as_bytes()).is_err() {
            std::process::exit(1);
        }
    }
}
