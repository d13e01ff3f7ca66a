//! Browser entry: mounts the page; nothing else.

fn main() {
    #[cfg(target_arch = "wasm32")]
    daemonset_playground::app::mount();
}
