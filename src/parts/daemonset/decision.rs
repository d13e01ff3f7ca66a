//! `Decision`: what the controller thinks of a node for a DaemonSet, and why.

use crate::k8s::Str;
use crate::k8s::affinity::{Mismatch, Side, TermMismatch};
use crate::k8s::api::Taint;
use std::fmt;

/// The answer for one node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// A pod should run there: one is created if there is none.
    pub run: bool,
    /// A pod that is there already may stay.
    pub keep: bool,
    pub reason: Reason,
}

/// What decided.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reason {
    /// All checks passed.
    Fits,
    /// The template names another node.
    NodeName { wanted: Str, found: Str },
    /// `nodeSelector` or required node affinity of the template does not match.
    Affinity(Mismatch),
    /// A taint that none of the pod's tolerations tolerates.
    Taint {
        taint: Taint,
        /// How many tolerations were tried: the template's and the injected ones.
        tried: usize,
    },
}

/// The checks of a node in the order in which they are made; the first that fails decides.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Check {
    NodeName,
    NodeSelector,
    NodeAffinity,
    /// Taints with the effect NoSchedule or NoExecute.
    Taints,
}

/// How a check went.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Passed,
    Failed,
    /// An earlier one failed.
    NotReached,
}

impl Check {
    pub const ALL: [Check; 4] = [
        Check::NodeName,
        Check::NodeSelector,
        Check::NodeAffinity,
        Check::Taints,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Check::NodeName => "spec.nodeName",
            Check::NodeSelector => "nodeSelector",
            Check::NodeAffinity => "required node affinity",
            Check::Taints => "taints",
        }
    }
}

impl Reason {
    /// The check that failed.
    pub fn failed(&self) -> Option<Check> {
        match self {
            Reason::Fits => None,
            Reason::NodeName { .. } => Some(Check::NodeName),
            Reason::Affinity(Mismatch::NodeSelector { .. }) => Some(Check::NodeSelector),
            Reason::Affinity(Mismatch::NoTerms | Mismatch::Terms(_)) => Some(Check::NodeAffinity),
            Reason::Taint { .. } => Some(Check::Taints),
        }
    }
}

impl Decision {
    /// A node where everything fits.
    pub const fn fits() -> Self {
        Self {
            run: true,
            keep: true,
            reason: Reason::Fits,
        }
    }

    /// A node where no pod may be.
    pub(super) const fn never(reason: Reason) -> Self {
        Self {
            run: false,
            keep: false,
            reason,
        }
    }

    /// Every check in order and how it went.
    pub fn checks(&self) -> [(Check, Outcome); 4] {
        let failed = self.reason.failed();
        Check::ALL.map(|check| {
            let outcome = match failed {
                Some(bad) if bad == check => Outcome::Failed,
                Some(bad) if bad < check => Outcome::NotReached,
                Some(_) | None => Outcome::Passed,
            };
            (check, outcome)
        })
    }
}

/// `gpu=true:NoSchedule`, `gpu:NoExecute`
pub(super) fn taint_text(taint: &Taint) -> String {
    if taint.value.is_empty() {
        format!("{}:{}", taint.key, taint.effect)
    } else {
        format!("{}={}:{}", taint.key, taint.value, taint.effect)
    }
}

fn found_text(found: Option<&Str>, on: Side) -> String {
    match (found, on) {
        (Some(value), Side::Labels) => format!("the node has \"{value}\""),
        (Some(value), Side::Fields) => format!("the node's is \"{value}\""),
        (None, Side::Labels) => "the node has no such label".to_owned(),
        (None, Side::Fields) => "there is no such field".to_owned(),
    }
}

fn term_text(mismatch: &TermMismatch) -> String {
    match mismatch {
        TermMismatch::Empty => "is empty, which matches nothing".to_owned(),
        TermMismatch::Invalid {
            requirement,
            detail,
        } => format!("is void: {requirement} cannot be read: {detail}"),
        TermMismatch::Failed {
            requirement,
            on,
            found,
        } => format!("wants {}, {}", requirement, found_text(found.as_ref(), *on)),
    }
}

/// One sentence for the page and the console, without a final period.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Fits => f.write_str("the node passes every check"),
            Reason::NodeName { wanted, found } => write!(
                f,
                "the template's nodeName is \"{wanted}\", this node is \"{found}\""
            ),
            Reason::Affinity(Mismatch::NodeSelector { key, wanted, found }) => write!(
                f,
                "nodeSelector wants {key}={wanted}, {}",
                found_text(found.as_ref(), Side::Labels)
            ),
            Reason::Affinity(Mismatch::NoTerms) => {
                f.write_str("required node affinity has no terms, which matches nothing")
            }
            Reason::Affinity(Mismatch::Terms(terms)) => {
                f.write_str("no term of the required node affinity matches: ")?;
                for (i, term) in terms.iter().enumerate() {
                    let comma = if i > 0 { "; " } else { "" };
                    write!(f, "{comma}term {} {}", i + 1, term_text(term))?;
                }
                Ok(())
            }
            Reason::Taint { taint, tried } => write!(
                f,
                "none of {tried} tolerations tolerates the taint {}",
                taint_text(taint)
            ),
        }
    }
}
