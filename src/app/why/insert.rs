//! Puts a change into the manifest in the editor.

use super::place::go;
use crate::app::screen::Screen;
use crate::app::session::Dispatch;
use crate::app::words::t;
use crate::view::explain::pair;
use crate::view::fix::inserted;
use crate::view::{Fix, Verdict};
use leptos::prelude::*;

/// Writes the change into the manifest in the editor; where that cannot be done, patches the DaemonSet.
pub fn insert(screen: Screen, dispatch: Dispatch, verdict: Memo<Option<Verdict>>, fix: &Fix) {
    let index = screen.file.get_untracked();
    let text = screen
        .files
        .with_untracked(|files| files.get(index).map(|f| f.text.clone()));
    let new = verdict
        .get_untracked()
        .zip(text.clone())
        .and_then(|(v, text)| {
            dispatch.cluster(|cluster| {
                let uid = screen.set.get_untracked();
                let (_, node) = pair(cluster, &uid, &v.node)?;
                inserted(fix, &text, (&v.namespace, &v.set), node)
            })
        });
    let (Some(old), Some(new)) = (text, new) else {
        dispatch.line(&fix.line);
        return;
    };
    let same = old
        .lines()
        .zip(new.lines())
        .take_while(|(a, b)| a == b)
        .count();
    dispatch.edit(new);
    screen
        .said
        .set(t("Inserted into the manifest. Apply it to make it so.").to_owned());
    go(screen, index, same + 1);
}
