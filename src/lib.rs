//! DaemonSet Playground: a Kubernetes v1.36 control plane in simulated time, and a page over it.
//!
//! The library is a stack of layers; a layer imports only layers to its left (`tests/it/tidy.rs`
//! enforces it):
//!
//! ```text
//! k8s  →  sim  →  parts  →  cluster  →  { console, lesson, share, view }  →  app  →  main.rs
//! ```
//!
//! * [`k8s`]: the object model and the pure rules over it.
//! * [`sim`]: the machine: time, chance, storage, API server, watches.
//! * [`parts`]: the controllers, the scheduler and the kubelets.
//! * [`cluster`]: the world and its only public face.
//! * [`console`]: a typed line to text and commands.
//! * [`lesson`]: short courses, and whether their goals are met.
//! * [`share`]: a run as a link or a file, and back.
//! * [`view`]: one moment of the world as plain screen values.
//! * `app`: the page, for the browser only.

pub mod k8s;

pub mod sim;

pub mod parts;

pub mod cluster;

pub mod console;

pub mod lesson;

pub mod share;

pub mod view;

#[cfg(target_arch = "wasm32")]
pub mod app;
