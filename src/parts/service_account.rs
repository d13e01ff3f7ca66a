//! The service account `default` and the root certificate of every namespace.
//!
//! Upstream: pkg/controller/serviceaccount/serviceaccounts_controller.go and
//! pkg/controller/certificates/rootcacertpublisher/publisher.go, here in one process.

use super::Part;
use crate::k8s::{Kind, Str, Value};
use crate::sim::worker::{Tick, Worker};
use crate::sim::{Ctx, Delivery, Informer, Status};
use crate::value;

const CONFIG_MAP: &str = "kube-root-ca.crt";

const DESCRIPTION: &str = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal \
                           endpoints such as the internal service IP or kubernetes.default.svc. No other usage is \
                           guaranteed across distributions of Kubernetes clusters.";

/// Nobody checks certificates here; the text only has the form of one.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nc2ltdWxhdGVkIGNsdXN0ZXIgcm9vdCBjZXJ0aWZpY2F0ZQ==\n\
                           -----END CERTIFICATE-----\n";

/// Makes what every namespace has, and makes it again when somebody takes it away.
#[derive(Clone, Default)]
pub struct ServiceAccounts {
    informer: Informer,
    worker: Worker<Str>,
}

/// A moment that the controller asked for.
pub type Timer = Tick;

impl Part for ServiceAccounts {
    type Timer = Timer;
    const NAME: &'static str = "service-account-controller";
    const KINDS: &'static [Kind] = &[Kind::Namespace, Kind::ServiceAccount, Kind::ConfigMap];

    fn start(&mut self, _ctx: &mut Ctx<'_, Timer>) {}

    fn on_watch(&mut self, ctx: &mut Ctx<'_, Timer>, delivery: &Delivery) {
        for delta in self.informer.apply(delivery) {
            let object = delta.object();
            match (delta.kind(), &delta.new) {
                (Kind::Namespace, Some(namespace)) => self.worker.add(namespace.name().clone()),
                (Kind::ServiceAccount, None) if object.name().as_str() == "default" => {
                    self.worker.add(object.namespace().clone());
                }
                (Kind::ConfigMap, _) if object.name().as_str() == CONFIG_MAP => {
                    self.worker.add(object.namespace().clone());
                }
                _ => {}
            }
        }
        self.worker.wake(ctx);
    }

    fn on_timer(&mut self, ctx: &mut Ctx<'_, Timer>, timer: Timer) {
        if let Some(key) = self.worker.turn(ctx.now(), timer) {
            let ended = self.sync(ctx, &key).into();
            self.worker.end(ctx, &key, ended);
        }
        self.worker.wake(ctx);
    }
}

impl ServiceAccounts {
    fn sync(&self, ctx: &mut Ctx<'_, Timer>, namespace: &Str) -> Result<(), Status> {
        let stays = self
            .informer
            .get(Kind::Namespace, "", namespace)
            .is_some_and(|ns| !ns.meta().terminating());
        if !stays {
            return Ok(());
        }
        let cached = |kind, name| self.informer.get(kind, namespace, name);
        if cached(Kind::ServiceAccount, "default").is_none() {
            let account = value!({
                "apiVersion": "v1", "kind": "ServiceAccount",
                "metadata": {"name": "default", "namespace": namespace},
            });
            made(ctx.client.create(Kind::ServiceAccount, namespace, account))?;
        }
        let mut publisher = ctx.client.signed("root-ca-cert-publisher");
        let data = value!({"ca.crt": CERTIFICATE});
        match cached(Kind::ConfigMap, CONFIG_MAP) {
            None => {
                made(publisher.create(Kind::ConfigMap, namespace, config_map(namespace, data)))?;
            }
            Some(map) if *map.value().get("data") != data => {
                let mut value = map.value().clone();
                value.set("data", data);
                publisher.update(Kind::ConfigMap, value)?;
            }
            Some(_) => {}
        }
        Ok(())
    }
}

fn config_map(namespace: &Str, data: Value) -> Value {
    value!({
        "apiVersion": "v1", "kind": "ConfigMap", "data": data,
        "metadata": {
            "name": CONFIG_MAP, "namespace": namespace,
            "annotations": {"kubernetes.io/description": DESCRIPTION},
        },
    })
}

/// An object that exists already, or a namespace that goes, needs nothing.
fn made<T>(answer: Result<T, Status>) -> Result<(), Status> {
    match answer {
        Ok(_) => Ok(()),
        Err(status)
            if status.is_already_exists()
                || status.is_not_found()
                || status.has_cause("NamespaceTerminating") =>
        {
            Ok(())
        }
        Err(status) => Err(status),
    }
}
