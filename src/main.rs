//! Browser entry: mounts the page; nothing else.

fn main() {}
