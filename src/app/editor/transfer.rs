//! Files from and to this computer.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, FileList, HtmlAnchorElement, Url};

/// Files that are opened at a time.
const FILES_MAX: u32 = 20;

/// Reads the chosen files; each is handed on with its name.
pub fn open(files: Option<FileList>, each: impl Fn(String, String) + Clone + 'static) {
    let Some(files) = files else {
        return;
    };
    for file in (0..files.length().min(FILES_MAX)).filter_map(|i| files.item(i)) {
        let (name, each) = (file.name(), each.clone());
        let read = Closure::once(move |text: JsValue| {
            each(name, text.as_string().unwrap_or_default());
        });
        // A file that cannot be read stays unopened.
        let reading = file.text().then(&read);
        read.forget();
        drop(reading);
    }
}

/// Saves a text under a name.
pub fn download(name: &str, text: &str) {
    let kind = BlobPropertyBag::new();
    kind.set_type("text/yaml;charset=utf-8");
    let parts = js_sys::Array::of1(&text.into());
    let Ok(url) = Blob::new_with_str_sequence_and_options(&parts, &kind)
        .and_then(|blob| Url::create_object_url_with_blob(&blob))
    else {
        return;
    };
    if let Ok(link) = document().create_element("a") {
        let link: HtmlAnchorElement = link.unchecked_into();
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    // The browser has its own hold on the blob by now; an address that is gone already needs no care.
    let _ = Url::revoke_object_url(&url);
}
