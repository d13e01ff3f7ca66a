//! How a pod came into its slot, told from the revision that was there before it.

use super::pod::PodToken;

/// How a pod came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Came {
    /// It was there when one began to look.
    Still,
    /// Into an empty slot, or in place of one of the same revision.
    Placed,
    /// In place of a pod of an older revision.
    Rolled,
    /// In place of a pod of the revision that was undone.
    Reverted,
}

impl Came {
    /// As the page's `data-came` carries it.
    pub const fn name(self) -> &'static str {
        match self {
            Came::Still => "still",
            Came::Placed => "placed",
            Came::Rolled => "rolled",
            Came::Reverted => "reverted",
        }
    }
}

/// How a pod came into a slot whose last pod was of a revision, if there was one.
pub fn came(before: Option<i64>, token: &PodToken) -> Came {
    match before {
        Some(before) if before < token.revision && token.returned => Came::Reverted,
        Some(before) if before < token.revision => Came::Rolled,
        Some(_) | None => Came::Placed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::PodState;

    #[test]
    fn told_from_the_revision_before() {
        let token = |revision, returned| PodToken {
            uid: "u".into(),
            namespace: "default".into(),
            name: "log-a".into(),
            short: "a".into(),
            node: "w1".into(),
            daemon_set: "log".into(),
            revision,
            returned,
            state: PodState::Pending,
            text: String::new(),
            done: 0,
            troubled: false,
        };
        for (before, revision, returned, want) in [
            (None, 1, false, Came::Placed),
            (Some(1), 1, false, Came::Placed),
            (Some(1), 2, false, Came::Rolled),
            (Some(2), 3, true, Came::Reverted),
            (Some(3), 3, true, Came::Placed),
            (Some(3), 1, false, Came::Placed),
        ] {
            assert_eq!(came(before, &token(revision, returned)), want);
        }
    }
}
