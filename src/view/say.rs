//! `Say`: a sentence that the page shows, kept apart from its values, so that it can be said in any language.

use std::fmt;

/// A sentence with `{}` where its values go. Displayed, it is English.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Say {
    /// English; the key of every translation.
    pub template: &'static str,
    pub args: Vec<Arg>,
}

/// What stands in a sentence's place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Arg {
    /// Names, numbers, words of Kubernetes: the same in every language.
    Text(String),
    /// A sentence of its own.
    Say(Say),
}

impl Say {
    /// A sentence without values.
    pub const fn plain(template: &'static str) -> Self {
        Self {
            template,
            args: Vec::new(),
        }
    }

    /// The sentence after `translate`, which turns each template into another language's.
    pub fn told(&self, translate: &dyn Fn(&'static str) -> &'static str) -> String {
        let template = translate(self.template);
        let mut out = String::with_capacity(template.len() + 16);
        let mut args = self.args.iter();
        let mut rest = template;
        while let Some(at) = rest.find("{}") {
            out.push_str(&rest[..at]);
            match args.next() {
                Some(Arg::Text(text)) => out.push_str(text),
                Some(Arg::Say(say)) => out.push_str(&say.told(translate)),
                None => {}
            }
            rest = &rest[at + 2..];
        }
        out.push_str(rest);
        out
    }
}

impl fmt::Display for Say {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told(&|template| template))
    }
}

impl From<Say> for Arg {
    fn from(say: Say) -> Self {
        Arg::Say(say)
    }
}

impl<T: ToString + ?Sized> From<&T> for Arg {
    fn from(value: &T) -> Self {
        Arg::Text(value.to_string())
    }
}

/// `say!("{} of {} pods", a, b)`: a [`Say`] with its values, given by value or reference; a nested `Say` by value.
#[macro_export]
macro_rules! say {
    ($template:literal $(,)?) => { $crate::view::Say::plain($template) };
    ($template:literal, $($arg:expr),+ $(,)?) => {
        $crate::view::Say {
            template: $template,
            args: vec![$($crate::view::say::Arg::from($arg)),+],
        }
    };
}

/// So many pods.
pub fn pods(count: usize) -> Say {
    match count {
        1 => say!("1 pod"),
        n => say!("{} pods", &n),
    }
}

/// So many nodes.
pub fn nodes(count: usize) -> Say {
    match count {
        1 => say!("1 node"),
        n => say!("{} nodes", &n),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn values_stand_where_the_language_puts_them() {
        let say = say!("no pod: {} ({})", say!("taint not tolerated"), &3);
        assert_eq!(say.to_string(), "no pod: taint not tolerated (3)");
        let other = say.told(&|t| match t {
            "taint not tolerated" => "TAINT",
            _ => "{} / {}",
        });
        assert_eq!(other, "TAINT / 3");
    }
}
