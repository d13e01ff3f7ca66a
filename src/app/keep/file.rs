//! Workspace files: written to and read from the person's disk.

use super::clipboard::settle;
use super::document::sentence;
use super::start::{Source, open};
use crate::app::session::Dispatch;
use crate::say;
use crate::share::{self, ShareError};
use js_sys::Array;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Blob, BlobPropertyBag, File, HtmlAnchorElement, Url};

/// Gives a text to the browser as a file to save.
pub fn download(name: &str, kind: &str, text: &str) {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let parts = Array::of1(&text.into());
    let Ok(blob) = Blob::new_with_str_sequence_and_options(&parts, &options) else {
        return;
    };
    let Ok(url) = Url::create_object_url_with_blob(&blob) else {
        return;
    };
    if let Ok(anchor) = document().create_element("a") {
        let anchor: HtmlAnchorElement = anchor.unchecked_into();
        anchor.set_href(&url);
        anchor.set_download(name);
        anchor.click();
    }
    // The browser has taken the file by then; an address that stays costs memory only.
    let _ = Url::revoke_object_url(&url);
}

impl Dispatch {
    /// The whole page as a file.
    pub(in crate::app) fn download(self) {
        let name = self.keep.workspace.get_untracked();
        let name = if name.is_empty() { "playground" } else { &name };
        let text = share::to_file(&self.document());
        download(&format!("{name}.daemonset.json"), "application/json", &text);
    }

    /// Opens a file in place of what is there.
    pub(in crate::app) fn open_workspace_file(self, file: &File) {
        let refuse = move |error: &ShareError| {
            self.keep
                .say(say!("The file does not open. {}", sentence(error)));
        };
        if file.size() > share::codec::LIMIT_TEXT as f64 {
            return refuse(&ShareError::TooLarge);
        }
        settle(&file.text(), move |text| {
            let text = text.ok().and_then(|text| text.as_string());
            match share::from_file(&text.unwrap_or_default()) {
                Ok(doc) => open(self, doc, Source::File),
                Err(error) => refuse(&error),
            }
        });
    }
}
