//! Typed views, one file a kind: only the fields that some part reads. A view is read once per version
//! of an object; subtrees that did not change keep their view.

pub mod controller_revision;
pub mod daemon_set;
pub mod node;
pub mod pod;
pub mod pod_spec;

pub use controller_revision::ControllerRevision;
pub use daemon_set::{DaemonSet, DaemonSetSpec, DaemonSetStatus, RollingUpdate, UpdateStrategy};
pub use node::{Node, NodeCondition, Taint};
pub use pod::{Condition, ContainerState, ContainerStatus, Phase, Pod, PodStatus};
pub use pod_spec::{
    Container, ContainerPort, Handler, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm,
    PodSpec, PreferredTerm, Probe, Resources, Toleration, Totals,
};
