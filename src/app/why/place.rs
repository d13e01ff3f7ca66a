//! Where in the manifests a value came from, and the way there.

use crate::app::screen::{Screen, use_screen};
use crate::k8s::Str;
use crate::k8s::ordered::BTreeMap;
use crate::view::Verdict;
use crate::view::manifest::Manifest;
use js_sys::{Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlTextAreaElement;

/// Fields of the DaemonSet to the file and line that they were applied from.
pub type Places = BTreeMap<Str, (usize, usize)>;

/// The places of all fields that a verdict names; only of texts that are what was applied.
pub fn places(verdict: Memo<Option<Verdict>>) -> Memo<Places> {
    let screen = use_screen();
    let applied = Memo::new(move |_| {
        screen.files.with(|files| {
            let same = files
                .iter()
                .map(|f| f.applied.clone().filter(|a| *a == f.text));
            same.collect::<Vec<_>>()
        })
    });
    Memo::new(move |_| {
        let Some(verdict) = verdict.get() else {
            return Places::new();
        };
        applied.with(|texts| {
            let found = texts.iter().enumerate().find_map(|(i, text)| {
                let text = text.as_ref()?;
                Some((i, Manifest::find(text, &verdict.namespace, &verdict.set)?))
            });
            let Some((file, manifest)) = found else {
                return Places::new();
            };
            let own = verdict.checks.iter().map(|check| &check.path);
            let tried = verdict
                .checks
                .iter()
                .flat_map(|check| &check.trials)
                .flat_map(|trial| &trial.tried)
                .map(|tried| &tried.path);
            own.chain(tried)
                .filter(|path| !path.is_empty())
                .filter_map(|path| Some((path.clone(), (file, manifest.line(path)?))))
                .collect()
        })
    })
}

/// Opens a file at a line.
pub fn go(screen: Screen, file: usize, line: usize) {
    screen.file.set(file);
    screen.section.set("want");
    // The editor shows the other file in the next frame.
    request_animation_frame(move || request_animation_frame(move || show(line)));
}

fn show(line: usize) {
    let found = document()
        .query_selector("[data-testid=editor]")
        .ok()
        .flatten();
    if let Some(area) = found.and_then(|e| e.dyn_into::<HtmlTextAreaElement>().ok()) {
        let text = area.value();
        let before: usize = text
            .split_inclusive('\n')
            .take(line - 1)
            .map(|l| l.encode_utf16().count())
            .sum();
        let length = text
            .lines()
            .nth(line - 1)
            .map_or(0, |l| l.encode_utf16().count());
        let at = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        // Without the selection the person still sees the text.
        let _ = area.focus();
        let _ = area.set_selection_range(at(before), at(before + length));
        return;
    }
    let rich = Reflect::get(&window(), &"showEditorLine".into()).ok();
    if let Some(rich) = rich.and_then(|rich| rich.dyn_into::<Function>().ok()) {
        // What the editor throws is its own.
        let _ = rich.call1(&JsValue::NULL, &JsValue::from_f64(line as f64));
    }
}

/// A button with a line number that leads to it.
#[component]
pub fn LineOf(path: Str, places: Memo<Places>) -> impl IntoView {
    use crate::app::words::tell;
    use crate::say;
    let screen = use_screen();
    let place = Memo::new(move |_| places.with(|places| places.get(&path).copied()));
    move || {
        place.get().map(|(file, line)| {
            view! {
                <button
                    class="line-link"
                    data-testid="why-line"
                    data-line=line.to_string()
                    on:click=move |_| go(screen, file, line)
                >
                    {tell(&say!("line {}", &line))}
                </button>
            }
        })
    }
}
