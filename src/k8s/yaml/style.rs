//! The style in which a text is written, and its escapes.
//!
//! Upstream: go.yaml.in/yaml/v2 emitterc.go `yaml_emitter_analyze_scalar` and `select_scalar_style`.

/// How a text is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Style {
    Plain,
    Single,
    Double,
    Literal,
}

/// What the characters of a text allow.
struct Allowed {
    plain: bool,
    single: bool,
    block: bool,
}

/// Chooses the style. `reads_as_text` is false when the plain form would be read as another type.
pub(super) fn of(text: &str, reads_as_text: bool, simple_key: bool) -> Style {
    let allowed = analyze(text);
    if text.contains('\n') {
        return if allowed.block && !simple_key {
            Style::Literal
        } else {
            Style::Double
        };
    }
    if !reads_as_text {
        Style::Double
    } else if allowed.plain && !text.is_empty() {
        Style::Plain
    } else if allowed.single {
        Style::Single
    } else {
        Style::Double
    }
}

/// A character that ends a line.
fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

pub(super) fn has_break(text: &str) -> bool {
    text.contains(is_break)
}

/// What the emitter writes as it is. Characters beyond the basic plane are not among them.
fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

pub(super) fn needs_escape(c: char) -> bool {
    !is_printable(c) || is_break(c) || c == '"' || c == '\\'
}

/// The escape of a character in a double-quoted text.
pub(super) fn escaped(c: char) -> String {
    match c {
        '\0' => "\\0".to_owned(),
        '\u{7}' => "\\a".to_owned(),
        '\u{8}' => "\\b".to_owned(),
        '\t' => "\\t".to_owned(),
        '\n' => "\\n".to_owned(),
        '\u{b}' => "\\v".to_owned(),
        '\u{c}' => "\\f".to_owned(),
        '\r' => "\\r".to_owned(),
        '\u{1b}' => "\\e".to_owned(),
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\u{85}' => "\\N".to_owned(),
        '\u{a0}' => "\\_".to_owned(),
        '\u{2028}' => "\\L".to_owned(),
        '\u{2029}' => "\\P".to_owned(),
        c if u32::from(c) <= 0xff => format!("\\x{:02X}", u32::from(c)),
        c if u32::from(c) <= 0xffff => format!("\\u{:04X}", u32::from(c)),
        c => format!("\\U{:08X}", u32::from(c)),
    }
}

fn analyze(text: &str) -> Allowed {
    let (mut indicators, mut special, mut breaks) = (false, false, false);
    let (mut break_space, mut space_break) = (false, false);
    indicators |= text.starts_with("---") || text.starts_with("...");
    let (mut after_space, mut after_break, mut after_blank) = (false, false, true);
    let mut chars = text.chars().peekable();
    let mut first = true;
    while let Some(c) = chars.next() {
        let before_blank = chars
            .peek()
            .is_none_or(|next| matches!(next, ' ' | '\t') || is_break(*next));
        indicators |= if first {
            match c {
                '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"'
                | '%' | '@' | '`' => true,
                '?' | ':' | '-' => before_blank,
                _ => false,
            }
        } else {
            (c == ':' && before_blank) || (c == '#' && after_blank)
        };
        special |= !is_printable(c);
        break_space |= c == ' ' && after_break;
        space_break |= is_break(c) && after_space;
        breaks |= is_break(c);
        after_space = c == ' ';
        after_break = is_break(c);
        after_blank = matches!(c, ' ' | '\t') || is_break(c);
        first = false;
    }
    let edge = |c: Option<char>| c.is_some_and(|c| c == ' ' || is_break(c));
    let edges = edge(text.chars().next()) || edge(text.chars().next_back());
    let broken = space_break || special;
    Allowed {
        plain: !(edges || break_space || broken || breaks || indicators),
        single: !(break_space || broken),
        block: !(broken || text.ends_with(' ')),
    }
}
