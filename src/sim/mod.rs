//! The machine: time, chance, storage, API server, watches.
//!
//! Determinism contract: the same setup and the same input log give the same trace, byte for byte, on every
//! platform. Nothing here reads a clock, system randomness, the environment or a file; no floats, no
//! pointer-sized integers and no standard-library hasher reach a decision or the trace.

pub mod clock;

pub mod rng;

pub mod room;

pub mod queue;

pub mod objects;

pub mod store;

pub mod status;

pub mod latency;

pub mod apiserver;

pub mod client;

pub mod watch;

pub mod informer;

pub mod workqueue;

pub mod worker;

pub mod backoff;

pub mod leases;

pub mod recorder;

pub mod trace;

pub mod control;

pub mod ctx;

pub mod fault;

pub use apiserver::{ApiServer, Call, DeleteOptions, Patch, Propagation, Written};
pub use client::Client;
pub use clock::{SimSpan, SimTime};
pub use ctx::Ctx;
pub use informer::{Delta, Deltas, Informer};
pub use latency::Latencies;
pub use leases::NodeLeases;
pub use queue::EventQueue;
pub use recorder::{EventType, ObjectRef, Recorder};
pub use rng::Rng;
pub use status::Status;
pub use store::{Change, Spot, Store};
pub use trace::Trace;
pub use watch::Delivery;
