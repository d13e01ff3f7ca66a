//! The native tests, one binary.

mod case;
mod cluster_rules;
mod console_fuzz;
mod daemonset_properties;
mod flips;
mod golden;
mod kubelet;
mod kubelet_refuses;
mod lifecycle;
mod mask;
mod node_life;
mod node_world;
mod painter;
mod parity;
mod plan;
mod replay;
mod requeue;
mod rhythm;
mod schema;
mod share;
mod stored_form;
mod swarm;
mod tidy;
mod upstream;
mod validate;
mod words;
