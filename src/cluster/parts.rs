//! Who lives in the cluster. A new part is one line in the list below.

use super::Event;
use super::world::{Slot, World};
use crate::parts::Part;
use crate::parts::cronjob::CronJobController;
use crate::parts::daemonset::DaemonSetController;
use crate::parts::deployment::DeploymentController;
use crate::parts::disruption::Disruption;
use crate::parts::endpoints::Endpoints;
use crate::parts::garbage_collector::GarbageCollector;
use crate::parts::job::JobController;
use crate::parts::kubelet::Kubelets;
use crate::parts::namespace::Namespaces;
use crate::parts::node_lifecycle::NodeLifecycle;
use crate::parts::pod_gc::PodGc;
use crate::parts::replicaset::{ReplicaSetController, ReplicationManager};
use crate::parts::resource_quota::ResourceQuotas;
use crate::parts::scheduler::Scheduler;
use crate::parts::service_account::ServiceAccounts;
use crate::parts::statefulset::StatefulSetController;
use crate::parts::taint_eviction::TaintEviction;
use crate::parts::volumes::Volumes;
use crate::sim::Rng;
use crate::sim::store::Change;
use std::any::Any;
use std::sync::Arc;

macro_rules! parts {
    ($($id:ident $field:ident: $part:ty,)*) => {
        /// Names a part.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum PartId { $($id,)* }

        /// A part's timer and the part's life in which it was set.
        #[derive(Clone, Debug)]
        pub enum Timer { $($id(u32, <$part as Part>::Timer),)* }

        /// All parts.
        #[derive(Clone)]
        pub struct Parts { $(pub $field: Slot<$part>,)* }

        impl PartId {
            /// All parts, in the order in which they start and receive deliveries of one moment.
            pub const ALL: &'static [PartId] = &[$(PartId::$id,)*];

            /// The name that signs the part's calls.
            pub fn name(self) -> &'static str {
                match self { $(PartId::$id => <$part as Part>::NAME,)* }
            }
        }

        impl Parts {
            pub(super) fn new(rng: &Rng) -> Self {
                Self { $($field: Slot::new(rng),)* }
            }

            /// Each part on its own, to be given back.
            pub(super) fn pieces(self) -> Vec<Box<dyn Any>> {
                vec![$(Box::new(self.$field),)*]
            }

            pub(super) fn start(&mut self, world: &mut World, id: PartId) {
                match id { $(PartId::$id => self.$field.start(world, id, Timer::$id),)* }
            }

            /// Its process runs.
            pub fn alive(&self, id: PartId) -> bool {
                match id { $(PartId::$id => self.$field.alive(),)* }
            }

            pub(super) fn stop(&mut self, id: PartId) {
                match id { $(PartId::$id => self.$field.stop(),)* }
            }

            pub(super) fn lose_watch(&mut self, world: &mut World, id: PartId) {
                match id {
                    $(PartId::$id => {
                        self.$field.watching = false;
                        self.$field.inbox.clear();
                    })*
                }
                let at = world.now + world.latencies.relist;
                world.queue.push(at, Event::Relist(id));
            }

            pub(super) fn relist(&mut self, world: &mut World, id: PartId) {
                match id {
                    $(PartId::$id => {
                        if self.$field.alive && !self.$field.watching {
                            self.$field.list(world, id);
                        }
                    })*
                }
            }

            pub(super) fn deliver(&mut self, world: &mut World, id: PartId) {
                match id { $(PartId::$id => self.$field.deliver(world, id, Timer::$id),)* }
            }

            pub(super) fn timer(&mut self, world: &mut World, timer: Timer) {
                match timer {
                    $(Timer::$id(epoch, timer) => {
                        let busy = self.$field.busy;
                        if self.$field.epoch != epoch {
                        } else if busy > world.now {
                            world.queue.push(busy, Event::Timer(Timer::$id(epoch, timer)));
                        } else {
                            self.$field.call(world, Timer::$id, |part, ctx| part.on_timer(ctx, timer));
                        }
                    })*
                }
            }

            /// Wakes all parts that sleep.
            pub(super) fn wake_all(&mut self, world: &mut World) {
                $(self.$field.wake(world, PartId::$id);)*
            }

            /// Puts a change on its way to every part that watches its kind.
            pub(super) fn announce(&mut self, world: &mut World, change: &Arc<Change>) {
                $(self.$field.announce(world, PartId::$id, change);)*
            }
        }
    };
}

impl PartId {
    /// The part speaks for machines, which bare nodes have none of, or brings pods to them.
    pub(super) fn needs_machines(self) -> bool {
        ["kubelet", "node-controller", "default-scheduler"].contains(&self.name())
    }
}

parts! {
    CronJob cronjob: CronJobController,
    DaemonSet daemonset: DaemonSetController,
    Deployment deployment: DeploymentController,
    Disruption disruption: Disruption,
    Endpoints endpoints: Endpoints,
    GarbageCollector garbage_collector: GarbageCollector,
    Job job: JobController,
    Kubelets kubelets: Kubelets,
    NodeLifecycle node_lifecycle: NodeLifecycle,
    Namespaces namespaces: Namespaces,
    PodGc pod_gc: PodGc,
    ReplicaSet replicaset: ReplicaSetController,
    ReplicationController replication: ReplicationManager,
    ResourceQuotas resource_quotas: ResourceQuotas,
    Scheduler scheduler: Scheduler,
    ServiceAccounts service_accounts: ServiceAccounts,
    StatefulSet statefulset: StatefulSetController,
    TaintEviction taint_eviction: TaintEviction,
    Volumes volumes: Volumes,
}
