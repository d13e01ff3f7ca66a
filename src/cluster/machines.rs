//! Commands about machines and what runs on them.

use super::parts::Timer;
use super::{Cluster, Command};
use crate::k8s::Value;
use crate::parts::kubelet::{Kubelets, Kx};

impl Cluster {
    fn kubelets(&mut self, act: impl FnOnce(&mut Kubelets, &mut Kx<'_>)) {
        self.parts
            .kubelets
            .call(&mut self.world, Timer::Kubelets, act);
    }

    /// A machine joins.
    pub(super) fn add_node(&mut self, node: &Value) {
        if self.setup.bare_nodes {
            self.bare_node(node);
        } else {
            self.kubelets(|part, ctx| part.add_node(ctx, node.clone()));
        }
    }

    /// Does a command about a machine.
    pub(super) fn machine(&mut self, command: Command) {
        self.kubelets(|part, ctx| match command {
            Command::NodeStop { node } => part.stop(&node),
            Command::NodeStart { node } => part.boot(ctx, &node),
            Command::NetworkDown { node } => part.network(ctx, &node, false),
            Command::NetworkUp { node } => part.network(ctx, &node, true),
            Command::StaticAdd {
                node,
                file,
                manifest,
            } => part.add_static(ctx, &node, &file, manifest),
            Command::StaticRemove { node, file } => part.remove_static(ctx, &node, &file),
            Command::Pressure {
                node,
                condition,
                on,
            } => part.pressure(ctx, &node, &condition, on),
            Command::Registry { up } => part.registry_up(up),
            Command::SlowPulls { factor } => part.slow_pulls(factor),
            Command::CrashContainer {
                namespace,
                pod,
                container,
            } => part.crash(ctx, &namespace, &pod, &container),
            Command::Request(_)
            | Command::NodeAdd { .. }
            | Command::PartStop { .. }
            | Command::PartStart { .. }
            | Command::LoseWatch { .. }
            | Command::ApiFault { .. }
            | Command::ApiHeal => {}
        });
    }
}
