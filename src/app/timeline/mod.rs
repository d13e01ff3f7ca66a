//! The bottom: when.

mod bar;

mod track;

mod area;

mod hint;

mod jump;

mod keys;

mod later;

mod ways;

mod rest;

pub use bar::Bar;
