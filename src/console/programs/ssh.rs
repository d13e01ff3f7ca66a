//! `ssh NODE systemctl stop kubelet`, `ssh NODE reboot`: what a person at a machine's own shell can do here.

use super::Refused;
use crate::cluster::Command;
use crate::console::task::{Io, Step, Task};
use crate::k8s::Str;

/// The kubelet's service, with a deed.
#[derive(Clone)]
struct Ssh {
    node: Str,
    deed: String,
}

/// Starts `ssh`.
pub fn start(args: &[String]) -> Result<Box<dyn Task>, Refused> {
    let words: Vec<&str> = args.iter().flat_map(|arg| arg.split_whitespace()).collect();
    let (host, rest) = words.split_first().unwrap_or((&"", &[]));
    let rest = rest.strip_prefix(&["sudo"]).unwrap_or(rest);
    let deed = match rest {
        ["reboot"] => "restart",
        [
            "systemctl",
            deed @ ("start" | "stop" | "restart" | "is-active"),
            "kubelet" | "kubelet.service",
        ] => *deed,
        _ => {
            let text = "ssh: nodes are no whole machines here: \
                ssh NODE reboot, ssh NODE systemctl start|stop|restart|is-active kubelet";
            return Err((text.to_owned(), 255));
        }
    };
    let host = host.rsplit('@').next().unwrap_or(host);
    Ok(Box::new(Ssh {
        node: Str::new(host),
        deed: deed.to_owned(),
    }))
}

impl Task for Ssh {
    fn poll(&mut self, io: &mut Io<'_>) -> Step {
        let kubelets = io.cluster.parts().kubelets.part();
        let Some(up) = kubelets.is_up(&self.node) else {
            let name = &self.node;
            io.err_line(format!(
                "ssh: Could not resolve hostname {name}: Name or service not known"
            ));
            return Step::Exit(255);
        };
        if self.deed == "is-active" {
            io.line(if up { "active" } else { "inactive" });
            return Step::Exit(if up { 0 } else { 3 });
        }
        let node = self.node.clone();
        if up && self.deed != "start" {
            io.cluster
                .dispatch(Command::NodeStop { node: node.clone() });
        }
        if self.deed != "stop" && !(up && self.deed == "start") {
            io.cluster.dispatch(Command::NodeStart { node });
        }
        Step::Exit(0)
    }
}
