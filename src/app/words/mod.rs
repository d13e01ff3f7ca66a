//! The words of the page in its reader's language. English stands in the code and is the key; the other
//! languages stand in the tables of this folder, a line each: English, 简体中文, 繁體中文, between tabs.
//! `tests/it/words.rs` checks that every sentence is in a table. What kubectl and the server print stays English.

use crate::k8s::ordered::BTreeMap;
use crate::view::Say;
use leptos::prelude::{document, window};
use std::cell::RefCell;

/// The tables, by the place of the page.
const TABLES: [&str; 8] = [
    include_str!("ui.txt"),
    include_str!("editor.txt"),
    include_str!("nodes.txt"),
    include_str!("why.txt"),
    include_str!("timeline.txt"),
    include_str!("keep.txt"),
    include_str!("bottom.txt"),
    include_str!("lesson.txt"),
];

/// A language of the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Language {
    #[default]
    English,
    Simplified,
    Traditional,
}

impl Language {
    pub const ALL: [Language; 3] = [
        Language::English,
        Language::Simplified,
        Language::Traditional,
    ];

    /// As `?lang=` and the document's `lang` write it.
    pub const fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Simplified => "zh-Hans",
            Language::Traditional => "zh-Hant",
        }
    }

    /// Its own name.
    pub const fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::Simplified => "简体中文",
            Language::Traditional => "繁體中文",
        }
    }

    /// The language of a tag, also of a browser's (`zh-TW`, `zh_CN`, `de`).
    pub fn of(tag: &str) -> Self {
        let tag = tag.to_ascii_lowercase().replace('_', "-");
        if !tag.starts_with("zh") {
            return Language::English;
        }
        let traditional = ["hant", "tw", "hk", "mo"];
        if tag.split('-').any(|piece| traditional.contains(&piece)) {
            Language::Traditional
        } else {
            Language::Simplified
        }
    }
}

thread_local! {
    static WORDS: RefCell<BTreeMap<&'static str, &'static str>> = const { RefCell::new(BTreeMap::new()) };
}

/// Lets the page speak a language; what is on the screen is to be drawn anew.
pub fn speak(language: Language) {
    let words = match language {
        Language::English => BTreeMap::new(),
        Language::Simplified => read(1),
        Language::Traditional => read(2),
    };
    WORDS.set(words);
    if let Some(root) = document().document_element() {
        // The attribute tells screen readers how to speak; where it cannot be set, the page still works.
        let _ = root.set_attribute("lang", language.tag());
    }
}

/// The tables' column of a language. A function of its own: who reads English does without the tables.
#[inline(never)]
fn read(column: usize) -> BTreeMap<&'static str, &'static str> {
    let lines = TABLES.iter().flat_map(|table| table.lines());
    let pair = |line: &'static str| {
        let mut columns = line.split('\t');
        Some((columns.next()?, columns.nth(column - 1)?))
    };
    lines.filter_map(pair).collect()
}

/// The language of the browser.
pub fn preferred() -> Language {
    let tag = window().navigator().language();
    Language::of(tag.as_deref().unwrap_or("en"))
}

/// A fixed text of the page in its language.
pub fn t(english: &'static str) -> &'static str {
    WORDS.with_borrow(|words| words.get(english).copied().unwrap_or(english))
}

/// A sentence with values in the page's language.
pub fn tell(say: &Say) -> String {
    say.told(&t)
}

/// Marks a text for the tables where it is only kept; [`t`] translates it when it is shown.
pub const fn w(english: &'static str) -> &'static str {
    english
}
