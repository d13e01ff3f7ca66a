//! The fingers on the field, and the mouse as one of them.

use crate::k8s::ordered::BTreeMap;

/// The fingers on the field.
#[derive(Clone, Default)]
pub struct Fingers {
    pub down: BTreeMap<i32, (i32, i32)>,
    /// Where the drag began, and where the field was scrolled to.
    pub from: Option<(i32, i32, i32)>,
    pub moved: bool,
    /// The distance of two fingers at the last step of a pinch.
    pub apart: i32,
}

impl Fingers {
    /// How far two fingers are apart; 0 when there are not two.
    pub fn distance(&self) -> i32 {
        let mut fingers = self.down.values();
        match (fingers.next(), fingers.next()) {
            (Some(a), Some(b)) => (a.0 - b.0).abs() + (a.1 - b.1).abs(),
            _ => 0,
        }
    }
}
