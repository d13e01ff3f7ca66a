//! The browser's storage: may be full, forbidden, or gone.

use crate::app::ui::options::{keep, kept, storage};
use crate::k8s::order::InOrder;
use leptos::prelude::*;
use web_sys::Storage;

/// What stands before the name of a workspace.
const WORKSPACE: &str = "workspace/";

/// What stands before the number of unnamed work.
const WORK: &str = "work/";

/// Pieces of unnamed work kept: one for each tab, the newest ones.
const WORK_MAX: usize = 6;

/// The tab's own key in its session storage.
const OWN: &str = "work";

fn session() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

fn remove(key: &str) {
    if let Some(storage) = storage() {
        // What cannot be removed stays.
        let _ = storage.remove_item(key);
    }
}

fn keys(prefix: &str) -> Vec<String> {
    let Some(storage) = storage() else {
        return Vec::new();
    };
    let length = storage.length().unwrap_or(0);
    let all = (0..length).filter_map(|i| storage.key(i).ok().flatten());
    let mut names: Vec<String> = all
        .filter_map(|key| key.strip_prefix(prefix).map(str::to_owned))
        .collect();
    names.order();
    names
}

/// The names of the workspaces, in order.
pub fn workspaces() -> Vec<String> {
    keys(WORKSPACE)
}

pub fn workspace(name: &str) -> Option<String> {
    kept(&format!("{WORKSPACE}{name}"))
}

/// Keeps a workspace under its name; false when that cannot be.
pub fn workspace_keep(name: &str, text: &str) -> bool {
    keep(&format!("{WORKSPACE}{name}"), text)
}

pub fn workspace_delete(name: &str) {
    remove(&format!("{WORKSPACE}{name}"));
}

/// The work that this tab did before it was loaded again; in a new tab, a copy of the newest work of any.
/// The work comes with the name of its workspace, if it has one.
pub fn work() -> Option<(String, String)> {
    let own = session().and_then(|s| s.get_item(OWN).ok().flatten());
    let text = match own {
        Some(own) => kept(&format!("{WORK}{own}")),
        None => keys(WORK)
            .pop()
            .and_then(|newest| kept(&format!("{WORK}{newest}"))),
    }?;
    let (name, text) = text.split_once('\n')?;
    Some((name.to_owned(), text.to_owned()))
}

/// The tab begins work of its own; what it did before stays.
pub fn work_anew() {
    if let Some(storage) = session() {
        // Without it the tab goes on with its number.
        let _ = storage.remove_item(OWN);
    }
}

/// Keeps the tab's work; false when the storage is full or forbidden. Numbers are moments: the newest is last.
pub fn work_keep(workspace: &str, text: &str) -> bool {
    let own = session().and_then(|s| s.get_item(OWN).ok().flatten());
    let number = format!("{:015.0}", js_sys::Date::now());
    if !keep(&format!("{WORK}{number}"), &format!("{workspace}\n{text}")) {
        return false;
    }
    if let Some(own) = own.filter(|own| *own != number) {
        remove(&format!("{WORK}{own}"));
    }
    if let Some(storage) = session() {
        // Without it a reload finds the newest work all the same.
        let _ = storage.set_item(OWN, &number);
    }
    let all = keys(WORK);
    for old in all.iter().take(all.len().saturating_sub(WORK_MAX)) {
        remove(&format!("{WORK}{old}"));
    }
    true
}

/// A flag for the next load of this tab; reading it takes it away.
pub fn once(flag: &str) -> bool {
    let Some(storage) = session() else {
        return false;
    };
    let there = storage.get_item(flag).ok().flatten().is_some();
    // A flag that stays is read again: the page opens as it did before.
    let _ = storage.remove_item(flag);
    there
}

/// All work without a name, newest first: its moment and its text.
pub fn works() -> Vec<(f64, String)> {
    let work = |key: &String| {
        let text = kept(&format!("{WORK}{key}"))?;
        let (name, text) = text.split_once('\n')?;
        (name.is_empty()).then_some((key.parse().ok()?, text.to_owned()))
    };
    keys(WORK).iter().rev().filter_map(work).collect()
}

/// The next load of this tab opens the sample.
pub fn fresh() {
    if let Some(storage) = session() {
        // Without it the work of before is opened, which can be left again.
        let _ = storage.set_item("fresh", "1");
    }
}
