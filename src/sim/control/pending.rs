//! Writes of a controller that its watches have not brought back yet.
//!
//! Upstream: pkg/controller/util/consistency

use crate::k8s::ordered::BTreeMap;
use crate::k8s::{Kind, Object};
use crate::sim::store::NsName;

/// By the object that is worked on: the objects written for it, and the versions that the writes gave.
#[derive(Clone, Debug, Default)]
pub struct PendingWrites {
    of: BTreeMap<NsName, BTreeMap<(Kind, NsName), u64>>,
}

impl PendingWrites {
    /// A write was made for `owner`.
    pub fn wrote(&mut self, owner: &NsName, object: &Object) {
        let writes = self.of.entry(owner.clone()).or_default();
        let version = object.meta().resource_version;
        writes.insert((object.kind(), NsName::of(object)), version);
    }

    /// A watch brought a version, or that the object is gone. Returns the owners that have nothing pending any
    /// more.
    pub fn seen(&mut self, object: &Object, gone: bool) -> Vec<NsName> {
        let key = (object.kind(), NsName::of(object));
        let version = object.meta().resource_version;
        let mut settled = Vec::new();
        for (owner, writes) in &mut self.of {
            if writes.get(&key).is_some_and(|v| gone || *v <= version) {
                writes.remove(&key);
                if writes.is_empty() {
                    settled.push(owner.clone());
                }
            }
        }
        for owner in &settled {
            self.of.remove(owner);
        }
        settled
    }

    /// The caches do not show all that was written for the owner.
    pub fn has(&self, owner: &NsName) -> bool {
        self.of.contains_key(owner)
    }

    pub fn forget(&mut self, owner: &NsName) {
        self.of.remove(owner);
    }
}
