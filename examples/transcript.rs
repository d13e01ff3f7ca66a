//! Prints the transcript of one case.

fn main() {}
