//! The cases of upstream's unit tests for the DaemonSet controller, one function a case.
//!
//! D: controller, U: rolling update and history, T: utilities.

mod harness;

mod d_basic;

mod d_pods;

mod d_handlers;

mod d_surge;

mod u_rolling;

mod t_utils;
