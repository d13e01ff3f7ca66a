//! The simulation without the page, as a Node module: what `scripts/bench-wasm.mjs` measures.

#[path = "../benches/scenes.rs"]
mod scenes;

/// Exported to JavaScript.
#[cfg(target_arch = "wasm32")]
pub mod exports {
    use super::scenes;
    use daemonset_playground::cluster::{Cluster, SimSpan};
    use daemonset_playground::console::{Job, Session};
    use wasm_bindgen::prelude::wasm_bindgen;

    /// A cluster that scenes are played in.
    #[wasm_bindgen]
    pub struct Scene {
        cluster: Cluster,
        nodes: u32,
    }

    #[wasm_bindgen]
    impl Scene {
        /// Boots a cluster of so many workers with kubelets.
        #[wasm_bindgen(constructor)]
        pub fn new(nodes: u32) -> Scene {
            Scene {
                cluster: scenes::cluster(nodes, false),
                nodes,
            }
        }

        /// Applies a DaemonSet and waits until all pods are Ready.
        pub fn place(&mut self) {
            scenes::place(&mut self.cluster, "agent", self.nodes, "10%");
        }

        /// Changes its image and waits until all pods are new and available.
        pub fn roll(&mut self) {
            scenes::roll(
                &mut self.cluster,
                "agent",
                self.nodes,
                "registry.example.com/agent:2",
            );
        }

        /// Runs a line of the console to its end, at most 5 s of simulated time; the length of what it prints.
        pub fn line(&mut self, text: &str) -> usize {
            let cluster = &mut self.cluster;
            let mut job = Job::start_complete(text, cluster.now());
            let until = cluster.now() + SimSpan::from_secs(5);
            job.run(&mut Session::default(), cluster, until, 1_000_000);
            job.outputs().iter().map(|o| o.text.len()).sum()
        }

        /// Bytes of the module's memory.
        pub fn memory(&self) -> usize {
            core::arch::wasm32::memory_size::<0>() << 16
        }

        /// Events so far.
        pub fn events(&self) -> u32 {
            u32::try_from(self.cluster.events_done()).unwrap_or(u32::MAX)
        }
    }
}

fn main() {
    // Natively there is nothing to export: one small scene shows that it runs.
    #[cfg(not(target_arch = "wasm32"))]
    {
        let mut cluster = scenes::cluster(3, false);
        scenes::place(&mut cluster, "agent", 3, "10%");
        scenes::roll(&mut cluster, "agent", 3, "registry.example.com/agent:2");
    }
}
