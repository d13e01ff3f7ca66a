//! Which revisions and pods belong to a DaemonSet: adopted, released, labelled, chosen.

use super::deed::Deed;
use super::sync::Sync;
use super::{DaemonSetController, Timer, revision};
use crate::k8s::selector::Selector;
use crate::k8s::{Kind, Object, Str};
use crate::sim::Ctx;
use crate::sim::control::revision_number;
use std::sync::Arc;

impl DaemonSetController {
    /// The revisions that the DaemonSet owns, or could.
    pub(super) fn claim_revisions(&self, sync: &mut Sync) {
        let Some(ds) = sync.daemon_set.daemon_set() else {
            return;
        };
        let fresh;
        let selector = match self.known_lens(sync) {
            Some(lens) => &lens.selector,
            None => {
                fresh = Selector::read(&ds.spec.selector);
                &fresh
            }
        };
        let all = self.cache.informer().of(Kind::ControllerRevision);
        for revision in all.iter(Some(sync.daemon_set.namespace())) {
            let matches = selector.matches(&revision.meta().labels);
            match revision.meta().controller() {
                Some(owner) if owner.uid == *sync.daemon_set.uid() => {
                    if matches {
                        sync.revisions.push(revision.clone());
                    } else {
                        sync.deeds
                            .push_back(Deed::ReleaseRevision(revision.clone()));
                    }
                }
                None if matches && !revision.meta().terminating() => {
                    sync.deeds.push_back(Deed::AdoptRevision(revision.clone()));
                }
                Some(_) | None => {}
            }
        }
    }

    /// Adopts orphans that the selector matches, releases owned pods that it does not match.
    ///
    /// Upstream: pkg/controller/controller_ref_manager.go `ClaimPods`.
    pub(super) fn claim_pods(&mut self, ctx: &mut Ctx<'_, Timer>, sync: &mut Sync) {
        let Some(lens) = sync.lens.clone() else {
            return;
        };
        sync.may_adopt = None;
        let ledger = self.cache.refresh(sync.daemon_set.uid(), &lens, ctx.now());
        let strays = ledger.strays().cloned();
        sync.deeds.extend(strays.map(Deed::ReleasePod));
        let adoptable = |pod: &&Arc<Object>| {
            !pod.meta().terminating() && lens.selector.matches(&pod.meta().labels)
        };
        let orphans = self.cache.orphans(sync.daemon_set.namespace());
        let adopts = orphans.filter(adoptable).cloned().map(Deed::AdoptPod);
        sync.deeds.extend(adopts);
    }

    /// Finds the current revision among those of the DaemonSet, or has it made, deduplicated, renumbered.
    pub(super) fn choose_revision(&self, sync: &mut Sync) {
        let Some(ds) = sync.daemon_set.daemon_set() else {
            return;
        };
        let known = self.known_lens(sync).map(|lens| lens.data.clone());
        let data = known.unwrap_or_else(|| revision::data(&ds.spec));
        let choice = revision::choose(&sync.revisions, &data);
        sync.old = choice.old;
        sync.current = choice.current;
        let Some(keeper) = &sync.current else {
            sync.deeds.push_back(Deed::CreateRevision(choice.next));
            return;
        };
        if !choice.duplicates.is_empty() {
            let hash = keeper.meta().label(revision::HASH_LABEL).unwrap_or("");
            let selector = Selector::read(&ds.spec.selector);
            let ledger = self.cache.ledger(sync.daemon_set.uid());
            let pods = ledger.into_iter().flat_map(|l| l.matching(&selector));
            for pod in pods {
                if pod.meta().label(revision::HASH_LABEL) != Some(hash) {
                    sync.deeds
                        .push_back(Deed::RelabelPod(pod.clone(), Str::new(hash)));
                }
            }
            let deletes = choice.duplicates.into_iter().map(Deed::DeleteRevision);
            sync.deeds.extend(deletes);
        }
        if revision_number(keeper) < choice.next {
            let renumber = Deed::Renumber(keeper.clone(), choice.next);
            sync.deeds.push_back(renumber);
        }
    }
}

/// Queues a label for every revision that lacks its hash.
pub(super) fn label_revisions(sync: &mut Sync) {
    let unlabelled = |r: &&Arc<Object>| r.meta().label(revision::HASH_LABEL).is_none();
    let deeds: Vec<Deed> = sync
        .revisions
        .iter()
        .filter(unlabelled)
        .cloned()
        .map(Deed::LabelRevision)
        .collect();
    sync.deeds.extend(deeds);
}
