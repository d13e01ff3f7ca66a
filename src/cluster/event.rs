//! Everything the queue can hold.

use super::parts::{PartId, Timer};

/// What happens next.
#[derive(Clone, Debug)]
pub enum Event {
    /// The part's inbox has a delivery that is due.
    Deliver(PartId),
    /// A part asked to be called back.
    Timer(Timer),
    /// The part lists everything again after it lost its watches.
    Relist(PartId),
}
