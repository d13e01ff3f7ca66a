//! The grid as a file: SVG, or PNG drawn from it.

use super::colors::{Colors, context};
use crate::app::screen::{Screen, use_screen};
use crate::app::ui::Menu;
use crate::app::words::t;
use crate::view::picture::{Palette, svg};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, HtmlCanvasElement, HtmlImageElement, Url};

fn text(screen: Screen) -> String {
    let colors = Colors::read();
    let palette = Palette {
        back: colors.panel.clone(),
        panel: colors.panel,
        ink: colors.ink,
        line: colors.dim,
        warn: colors.warn,
        bad: colors.bad,
        on_revision: colors.on_revision,
        revisions: colors.revisions,
    };
    let groups = screen.grid.groups.get_untracked();
    let groups: Vec<_> = screen.grid.cells.with_value(|cells| {
        let cell = |i: &u32| cells.get(*i as usize).cloned();
        let group = |group: &crate::view::Group| {
            let own = group.cells.iter().filter_map(cell).collect();
            (group.title.clone(), own)
        };
        groups.iter().map(group).collect()
    });
    let title = untrack(|| screen.front()).map_or(String::new(), |row| {
        let at = crate::view::age::clock(screen.elapsed.get_untracked());
        format!("{}/{} · {at}", row.namespace, row.name)
    });
    svg(&title, &groups, &palette)
}

/// Gives the browser a file to keep. A browser that refuses keeps nothing, and says so itself.
fn save(blob: &Blob, name: &str) {
    let Ok(url) = Url::create_object_url_with_blob(blob) else {
        return;
    };
    let link = document().create_element("a").ok();
    if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) {
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    let _ = Url::revoke_object_url(&url);
}

fn save_svg(text: &str) {
    let options = BlobPropertyBag::new();
    options.set_type("image/svg+xml");
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    if let Ok(blob) = Blob::new_with_str_sequence_and_options(&parts, &options) {
        save(&blob, "nodes.svg");
    }
}

/// Draws the SVG onto a canvas, which makes the PNG. Every step may be refused; then there is no file.
fn save_png(text: &str) {
    let Ok(image) = HtmlImageElement::new() else {
        return;
    };
    let drawn = image.clone();
    let done = Closure::once_into_js(move || {
        let canvas = document().create_element("canvas").ok();
        let Some(canvas) = canvas.and_then(|c| c.dyn_into::<HtmlCanvasElement>().ok()) else {
            return;
        };
        canvas.set_width(drawn.natural_width() * 2);
        canvas.set_height(drawn.natural_height() * 2);
        if let Some(pen) = context(&canvas) {
            let _ = pen.scale(2.0, 2.0);
            let _ = pen.draw_image_with_html_image_element(&drawn, 0.0, 0.0);
        }
        let keep = Closure::once_into_js(move |blob: JsValue| {
            if let Ok(blob) = blob.dyn_into::<Blob>() {
                save(&blob, "nodes.png");
            }
        });
        let _ = canvas.to_blob(keep.unchecked_ref());
    });
    image.set_onload(Some(done.unchecked_ref()));
    let encoded = js_sys::encode_uri_component(text);
    image.set_src(&format!("data:image/svg+xml;charset=utf-8,{encoded}"));
}

/// The menu of pictures.
#[component]
pub fn Pictures() -> impl IntoView {
    let screen = use_screen();
    let items = move || {
        view! {
            <button role="menuitem" data-testid="picture-svg" on:click=move |_| save_svg(&text(screen))>
                {t("Picture as SVG")}
            </button>
            <button role="menuitem" data-testid="picture-png" on:click=move |_| save_png(&text(screen))>
                {t("Picture as PNG")}
            </button>
        }
    };
    view! {
        <Menu label=t("Picture of the nodes") sign="⤓" testid="pictures">
            {items}
        </Menu>
    }
}
