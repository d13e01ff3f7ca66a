//! `Held`: what lives as long as the page does, behind a handle of one pointer.

use std::ops::Deref;

/// A handle that components and their closures copy freely. What it holds is made once, when the page is mounted, and
/// never given back.
pub struct Held<T: 'static>(&'static T);

impl<T> Clone for Held<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Held<T> {}

impl<T> Deref for Held<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0
    }
}

impl<T: Default> Default for Held<T> {
    fn default() -> Self {
        Self(Box::leak(Box::default()))
    }
}
