//! Lessons: short courses over the page's sample cluster, written as Markdown in `lessons/`.
//!
//! Reading order: [`model`] (what a lesson is), [`library`] (reading the files), [`check`] (goals against the cluster).

pub mod model;

pub mod library;

pub mod check;

pub use model::{Goal, Lesson, Piece, Step};
