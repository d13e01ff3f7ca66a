//! The choices of the filters in words.

use crate::app::words::w;
use crate::view::{Sort, Want};

/// A state that nodes are filtered by.
pub const fn want_words(want: Want) -> &'static str {
    match want {
        Want::Any => w("any state"),
        Want::NotReady => w("NotReady"),
        Want::Cordoned => w("cordoned"),
        Want::Tainted => w("tainted"),
        Want::Empty => w("without a pod"),
        Want::Unavailable => w("pod not available"),
        Want::Outdated => w("pod of an old revision"),
    }
}

/// An order.
pub const fn sort_words(sort: Sort) -> &'static str {
    match sort {
        Sort::Name => w("by name"),
        Sort::State => w("trouble first"),
        Sort::Revision => w("oldest revision first"),
        Sort::Cpu => w("most cpu requested first"),
        Sort::Newest => w("newest first"),
    }
}
