//! Editing the typed line as a terminal does it: words and ends of the line are removed, history is searched, a
//! completion is put in. Texts and cursors in, texts and cursors out.

use super::complete::Completion;

/// A line and the place of the cursor in it, in bytes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Typed {
    pub text: String,
    pub cursor: usize,
}

impl Typed {
    /// A line whose cursor is given as browsers count: in UTF-16 units.
    pub fn at_utf16(text: &str, units: usize) -> Self {
        let mut seen = 0;
        let place = text.char_indices().find(|(_, c)| {
            let here = seen >= units;
            seen += c.len_utf16();
            here
        });
        Self {
            cursor: place.map_or(text.len(), |(i, _)| i),
            text: text.to_owned(),
        }
    }

    /// The cursor as browsers count it.
    pub fn utf16(&self) -> usize {
        self.text[..self.cursor].encode_utf16().count()
    }

    /// The line with the cursor at its end.
    pub fn whole(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            cursor: text.len(),
        }
    }

    /// Ctrl-A
    #[must_use]
    pub fn home(mut self) -> Self {
        self.cursor = 0;
        self
    }

    /// Ctrl-E
    #[must_use]
    pub fn end(mut self) -> Self {
        self.cursor = self.text.len();
        self
    }

    /// Ctrl-U: all before the cursor goes.
    #[must_use]
    pub fn without_start(self) -> Self {
        Self {
            text: self.text[self.cursor..].to_owned(),
            cursor: 0,
        }
    }

    /// Ctrl-K: all behind the cursor goes.
    #[must_use]
    pub fn without_end(mut self) -> Self {
        self.text.truncate(self.cursor);
        self
    }

    /// Ctrl-W: the word before the cursor goes, with the blanks behind it.
    #[must_use]
    pub fn without_word(mut self) -> Self {
        let before = self.text[..self.cursor].trim_end_matches(' ');
        let start = before.rfind(' ').map_or(0, |i| i + 1);
        self.text.replace_range(start..self.cursor, "");
        self.cursor = start;
        self
    }

    /// Tab: the line with what all candidates have in common, and the candidates when that is no step forward.
    pub fn completed(&self, completion: &Completion) -> (Self, Vec<String>) {
        let typed = self.text.get(completion.start..self.cursor);
        let (Some(typed), common) = (typed, completion.common()) else {
            return (self.clone(), Vec::new());
        };
        if completion.candidates.is_empty() {
            return (self.clone(), Vec::new());
        }
        let one = completion.candidates.len() == 1;
        if !one && common == typed {
            return (self.clone(), completion.candidates.clone());
        }
        let mut put = common.to_owned();
        if one && !put.ends_with(['/', '=', '.']) && !self.text[self.cursor..].starts_with(' ') {
            put.push(' ');
        }
        let mut done = self.clone();
        done.text.replace_range(completion.start..self.cursor, &put);
        done.cursor = completion.start + put.len();
        (done, Vec::new())
    }
}

/// Ctrl-R: the newest line that holds the text, or an older one when some are to be passed over.
pub fn search<'a>(history: &'a [String], text: &str, older: usize) -> Option<&'a str> {
    let mut seen: Vec<&str> = Vec::new();
    for line in history.iter().rev().filter(|l| l.contains(text)) {
        if seen.contains(&line.as_str()) {
            continue;
        }
        if seen.len() == older {
            return Some(line);
        }
        seen.push(line);
    }
    seen.last().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(marked: &str) -> Typed {
        Typed {
            cursor: marked.find('|').unwrap_or(marked.len()),
            text: marked.replacen('|', "", 1),
        }
    }

    #[test]
    fn keys() {
        let rows: [(fn(Typed) -> Typed, &str, &str); 8] = [
            (Typed::home, "get po|ds", "|get pods"),
            (Typed::end, "get| pods", "get pods|"),
            (Typed::without_start, "get |pods", "|pods"),
            (Typed::without_end, "get |pods", "get |"),
            (Typed::without_word, "get pods | -A", "get | -A"),
            (Typed::without_word, "get|", "|"),
            (Typed::without_word, "|get", "|get"),
            (Typed::without_word, "日本 語|x", "日本 |x"),
        ];
        for (key, before, after) in rows {
            assert_eq!(key(at(before)), at(after), "{before}");
        }
    }

    #[test]
    fn browsers_count_otherwise() {
        for (units, cursor) in [(0, 0), (1, 1), (3, 5), (4, 6), (9, 6)] {
            let typed = Typed::at_utf16("a😀b", units);
            assert_eq!(typed.cursor, cursor, "{units}");
        }
        assert_eq!(at("a😀|b").utf16(), 3);
    }

    #[test]
    fn completions() {
        let rows: [(&str, &[&str], &str, usize); 5] = [
            ("kubectl get po|", &["pods"], "kubectl get pods |", 0),
            ("get p|", &["pods", "podtemplates"], "get pod|", 0),
            ("get pod|", &["pods", "podtemplates"], "get pod|", 2),
            ("get x|", &[], "get x|", 0),
            ("-n=|", &["-n=default", "-n=dev"], "-n=de|", 0),
        ];
        for (before, candidates, after, shown) in rows {
            let typed = at(before);
            let completion = Completion {
                start: before.rfind(' ').map_or(0, |i| i + 1),
                candidates: candidates.iter().map(|c| (*c).to_owned()).collect(),
            };
            let (done, list) = typed.completed(&completion);
            assert_eq!((done, list.len()), (at(after), shown), "{before}");
        }
    }

    #[test]
    fn history_is_searched_backwards() {
        let history = ["get ds", "get po", "apply", "get po"].map(str::to_owned);
        let rows = [
            ("get", 0, Some("get po")),
            ("get", 1, Some("get ds")),
            ("get", 9, Some("get ds")),
            ("x", 0, None),
        ];
        for (text, older, want) in rows {
            assert_eq!(search(&history, text, older), want, "{text} {older}");
        }
    }
}
