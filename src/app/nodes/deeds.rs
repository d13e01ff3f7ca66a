//! Deeds of the cards.

use crate::app::bottom::Bottom;
use crate::app::session::Dispatch;
use crate::cluster::Command;
use crate::k8s::{Kind, Str};
use leptos::prelude::*;

impl Dispatch {
    /// Runs a line whose answer is to be read, and shows the console.
    pub fn ask(self, bottom: Bottom, line: &str) {
        bottom.show_console();
        self.screen.section.set("console");
        self.line(line);
    }

    /// The first container of a pod ends with an error.
    pub fn crash(self, namespace: &Str, name: &Str) {
        let container = self.cluster(|cluster| {
            let mut pods = cluster.objects(Kind::Pod);
            let pod = pods.find(|pod| pod.namespace() == namespace && pod.name() == name)?;
            Some(pod.pod()?.spec.containers.first()?.name.clone())
        });
        if let Some(container) = container {
            self.command(Command::CrashContainer {
                namespace: namespace.clone(),
                pod: name.clone(),
                container,
            });
        }
    }
}
