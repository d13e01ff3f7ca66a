//! Playing until all is at rest.

use crate::app::session::Dispatch;
use crate::app::words::tell;
use crate::say;
use crate::view::settle::{Rest, Settle};
use leptos::prelude::*;

/// The speed at which a run is brought to rest.
const SETTLE_SPEED: f64 = 1000.0;

impl Dispatch {
    /// Plays at full speed until all is at rest.
    pub fn settle(self) {
        self.session.update_value(|session| {
            session.settle = Some(Settle::new(session.history.cluster()));
        });
        let before = self.screen.speed.get_untracked();
        self.keep.speed_before.set_value(Some(before));
        self.screen.speed.set(SETTLE_SPEED);
        self.screen.playing.set(true);
    }

    /// What an advance towards rest came to.
    pub(in crate::app) fn rested(self, rest: Rest) {
        let Some(before) = self.keep.speed_before.get_value() else {
            return;
        };
        let playing = self.screen.playing.get_untracked();
        if rest == Rest::NotYet && playing {
            return;
        }
        self.pause();
        self.keep.speed_before.set_value(None);
        self.session.update_value(|session| session.settle = None);
        self.screen.speed.set(before);
        match rest {
            Rest::NotYet => {}
            Rest::Settled => self.screen.said.set(tell(&say!("All is at rest."))),
            Rest::Never => {
                self.screen
                    .said
                    .set(tell(&say!("It does not come to rest.")));
            }
        }
    }
}
