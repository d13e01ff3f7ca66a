//! `Map`: the fields of an object of a [`Value`] tree. Names and values stand apart, so that stored objects of the same
//! form share one list of names ([`Shapes`]): a field takes the room of its value alone, a copy of a map copies
//! no names, and the names that every lookup compares stay near at hand.

use super::str::compare;
use super::{Str, Value};
use crate::k8s::ordered::BTreeMap;
use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

/// Fields sorted by name.
#[derive(Clone, Default)]
pub struct Map {
    /// None when there are none.
    keys: Option<Arc<Vec<Name>>>,
    /// One for each key.
    values: Vec<Value>,
}

/// The name of a field, and what [`hint`] says of it: most names that are not looked for are passed over without
/// a look at their text.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Name {
    hint: u16,
    text: Str,
}

/// A number that most names of a map do not share: length and last letter.
fn hint(name: &[u8]) -> u16 {
    (name.len() << 8) as u16 | u16::from(name.last().copied().unwrap_or(0))
}

/// The names of a map that is made again and again: they are laid out once, and all such maps share them.
pub struct Form<const N: usize> {
    names: [&'static str; N],
    keys: OnceLock<Arc<Vec<Name>>>,
}

impl<const N: usize> Form<N> {
    /// Of names in order, one at least.
    pub const fn new(names: [&'static str; N]) -> Self {
        Self {
            names,
            keys: OnceLock::new(),
        }
    }

    /// A map with these values, in the order of their names.
    pub fn fill(&self, values: [Value; N]) -> Value {
        laid(&self.keys, &self.names, values.into())
    }
}

/// What forms of all lengths have in common.
fn laid(keys: &OnceLock<Arc<Vec<Name>>>, names: &[&'static str], values: Vec<Value>) -> Value {
    let keys = keys.get_or_init(|| {
        let mut map = Map::new();
        for name in names {
            map.insert(*name, Value::Null);
        }
        debug_assert!(map.keys().eq(names), "names in order: {names:?}");
        map.keys.unwrap_or_default()
    });
    Value::from(Map {
        keys: Some(keys.clone()),
        values,
    })
}

impl Map {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes fields in any order; later ones win over earlier ones of the same name.
    pub fn of(fields: &mut [(&'static str, Value)]) -> Self {
        let mut map = Map {
            keys: (!fields.is_empty()).then(|| Arc::new(Vec::with_capacity(fields.len()))),
            values: Vec::with_capacity(fields.len()),
        };
        for (key, value) in fields {
            map.insert(*key, std::mem::take(value));
        }
        map
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    fn names(&self) -> &[Name] {
        self.keys.as_ref().map_or(&[], |keys| keys.as_slice())
    }

    /// Where a field is.
    pub(super) fn place(&self, key: &str) -> Option<usize> {
        let (names, key) = (self.names(), key.as_bytes());
        let wanted = hint(key);
        let mut at = 0;
        while at < names.len() {
            if names[at].hint == wanted {
                let name = names[at].text.as_bytes();
                // A name that stands in the program is often the very same.
                if std::ptr::eq(name, key) || name == key {
                    return Some(at);
                }
            }
            at += 1;
        }
        None
    }

    /// What is at a place.
    pub(super) fn value(&self, place: usize) -> &Value {
        &self.values[place]
    }

    pub(super) fn value_mut(&mut self, place: usize) -> &mut Value {
        &mut self.values[place]
    }

    /// Where a field is, or where it would have to be.
    fn find(&self, key: &str) -> Result<usize, usize> {
        let (names, key) = (self.names(), key.as_bytes());
        let (mut low, mut high) = (0, names.len());
        // Fields often come in order.
        let mut middle = high.saturating_sub(1);
        while low < high {
            match compare(names[middle].text.as_bytes(), key) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return Ok(middle),
                Ordering::Greater => high = middle,
            }
            middle = low.midpoint(high);
        }
        Err(low)
    }

    fn add(&mut self, at: usize, key: Str, value: Value) {
        let hint = hint(key.as_bytes());
        let name = Name { hint, text: key };
        Arc::make_mut(self.keys.get_or_insert_default()).insert(at, name);
        self.values.insert(at, value);
    }

    pub fn get(&self, key: &str) -> Option<&Value> {
        let at = self.place(key)?;
        self.values.get(at)
    }

    pub fn contains_key(&self, key: &str) -> bool {
        self.place(key).is_some()
    }

    /// The value of a field, made Null first if the field is absent.
    pub fn entry(&mut self, key: impl Into<Str>) -> &mut Value {
        let key = key.into();
        let i = match self.find(&key) {
            Ok(i) => i,
            Err(i) => {
                self.add(i, key, Value::Null);
                i
            }
        };
        &mut self.values[i]
    }

    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.place(key).map(|i| &mut self.values[i])
    }

    /// Sets a field, replacing what was there.
    pub fn insert(&mut self, key: impl Into<Str>, value: impl Into<Value>) {
        let key = key.into();
        match self.find(&key) {
            Ok(i) => self.values[i] = value.into(),
            Err(i) => self.add(i, key, value.into()),
        }
    }

    pub fn remove(&mut self, key: &str) -> Option<Value> {
        let i = self.place(key)?;
        if let Some(keys) = &mut self.keys {
            Arc::make_mut(keys).remove(i);
        }
        Some(self.values.remove(i))
    }

    /// Fields in order of name.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Str, &Value)> + ExactSizeIterator {
        self.keys().zip(&self.values)
    }

    /// The fields in order, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&Str, &mut Value)> {
        let names = self.keys.as_ref().map_or(&[][..], |keys| keys.as_slice());
        names.iter().map(|name| &name.text).zip(&mut self.values)
    }

    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Str> + ExactSizeIterator {
        self.names().iter().map(|name| &name.text)
    }

    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.values.iter()
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.values.iter_mut()
    }

    /// Keeps the fields for which the answer is true.
    pub fn retain(&mut self, mut keep: impl FnMut(&Str, &mut Value) -> bool) {
        let mut i = 0;
        while let Some(value) = self.values.get_mut(i) {
            let Some(keys) = &mut self.keys else { return };
            if keep(&keys[i].text, value) {
                i += 1;
            } else {
                Arc::make_mut(keys).remove(i);
                self.values.remove(i);
            }
        }
    }

    /// Gives back the room that is left over and shares the names with maps that have the same.
    pub(super) fn compact(&mut self, shapes: &mut Shapes) {
        self.values.shrink_to_fit();
        if let Some(keys) = &mut self.keys {
            shapes.share(keys);
        }
    }
}

impl PartialEq for Map {
    fn eq(&self, other: &Self) -> bool {
        let same = match (&self.keys, &other.keys) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a == b,
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => self.names() == other.names(),
        };
        same && self.values == other.values
    }
}

impl Eq for Map {}

impl PartialOrd for Map {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Field by field.
impl Ord for Map {
    fn cmp(&self, other: &Self) -> Ordering {
        self.iter().cmp(other.iter())
    }
}

impl FromIterator<(Str, Value)> for Map {
    /// Later fields win over earlier ones of the same name.
    fn from_iter<I: IntoIterator<Item = (Str, Value)>>(fields: I) -> Self {
        let mut map = Map::new();
        for (k, v) in fields {
            map.insert(k, v);
        }
        map
    }
}

/// How many lists of names are remembered; a cluster has a few hundred.
const SHAPES: usize = 4096;

/// The lists of names of the maps that are stored. It saves memory and changes nothing else.
#[derive(Clone, Debug, Default)]
pub struct Shapes(BTreeMap<u64, Arc<Vec<Name>>>);

impl Shapes {
    /// Takes an equal list in place of the given one, or remembers it.
    fn share(&mut self, keys: &mut Arc<Vec<Name>>) {
        // What others hold already is remembered, or belongs to a version that was.
        let Some(own) = Arc::get_mut(keys) else {
            return;
        };
        let mark = mark(own);
        match self.0.get(&mark) {
            Some(known) if **known == *own => *keys = known.clone(),
            // Two lists of one mark: the later one stays by itself.
            Some(_) => own.shrink_to_fit(),
            None => {
                own.shrink_to_fit();
                if self.0.len() >= SHAPES {
                    self.0.clear();
                }
                self.0.insert(mark, keys.clone());
            }
        }
    }
}

/// A number that seldom agrees for two lists (FNV-1a over the names).
fn mark(names: &[Name]) -> u64 {
    let mut mark: u64 = 0xcbf2_9ce4_8422_2325;
    for name in names {
        for byte in name.text.bytes().chain([0]) {
            mark = (mark ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    mark
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;
    use proptest::prelude::*;
    use std::collections::BTreeMap as Plain;

    #[derive(Clone, Debug)]
    enum Deed {
        Insert(String, i64),
        Remove(String),
        Entry(String),
        Retain(i64),
        Fork,
    }

    fn deed() -> impl Strategy<Value = Deed> {
        let key = "[a-c]{0,3}";
        prop_oneof![
            6 => (key, 0..9_i64).prop_map(|(k, v)| Deed::Insert(k, v)),
            2 => key.prop_map(Deed::Remove),
            1 => key.prop_map(Deed::Entry),
            1 => (0..9_i64).prop_map(Deed::Retain),
            1 => Just(Deed::Fork),
        ]
    }

    proptest! {
        #[test]
        fn it_does_what_an_ordered_map_does(deeds in proptest::collection::vec(deed(), 1..60)) {
            let mut shapes = Shapes::default();
            let (mut map, mut plain) = (Map::new(), Plain::<String, Value>::new());
            let mut forks = Vec::new();
            for deed in deeds {
                match deed {
                    Deed::Insert(k, v) => {
                        map.insert(Str::new(&k), v);
                        plain.insert(k, v.into());
                    }
                    Deed::Remove(k) => prop_assert_eq!(map.remove(&k), plain.remove(&k)),
                    Deed::Entry(k) => {
                        prop_assert_eq!(&*map.entry(Str::new(&k)), plain.entry(k).or_default());
                    }
                    Deed::Retain(n) => {
                        map.retain(|_, v| v.as_i64() != Some(n));
                        plain.retain(|_, v| v.as_i64() != Some(n));
                    }
                    Deed::Fork => {
                        map.compact(&mut shapes);
                        forks.push((map.clone(), plain.clone()));
                    }
                }
                forks.push((map.clone(), plain.clone()));
                if forks.len() > 4 {
                    forks.remove(0);
                }
            }
            forks.push((map, plain));
            for (map, plain) in &forks {
                let fields: Vec<(&str, &Value)> = map.iter().map(|(k, v)| (k.as_str(), v)).collect();
                let wanted: Vec<(&str, &Value)> = plain.iter().map(|(k, v)| (k.as_str(), v)).collect();
                prop_assert_eq!(fields, wanted);
                for (k, v) in plain {
                    prop_assert_eq!(map.get(k), Some(v));
                }
                prop_assert_eq!(map.get("nothing"), None);
                for (other, other_plain) in &forks {
                    prop_assert_eq!(map == other, plain == other_plain);
                    prop_assert_eq!(map.cmp(other), plain.iter().map(|(k, v)| (k.as_str(), v)).cmp(other_plain.iter().map(|(k, v)| (k.as_str(), v))));
                }
            }
        }
    }

    #[test]
    fn a_form_makes_maps_like_any_others() {
        static FORM: Form<2> = Form::new(["image", "name"]);
        let mut filled = FORM.fill(["x".into(), Value::Null]);
        assert_eq!(filled, value!({"name": null, "image": "x"}));
        let other = FORM.fill(["x".into(), Value::Null]);
        filled.set("more", 1);
        assert_eq!(filled, value!({"name": null, "image": "x", "more": 1}));
        assert_eq!(other, value!({"name": null, "image": "x"}));
    }

    #[test]
    fn maps_of_one_form_share_their_names_until_one_gets_another_field() {
        let mut shapes = Shapes::default();
        let mut of = |name: &'static str| {
            let mut value = value!({"name": name, "image": "x"});
            value.compact(&mut shapes);
            value
        };
        let (a, mut b) = (of("a"), of("b"));
        let names = |value: &Value| {
            value
                .as_map()
                .and_then(|m| m.keys.clone())
                .map(|k| Arc::as_ptr(&k))
        };
        assert_eq!(names(&a), names(&b));
        b.set("name", "c");
        assert_eq!(names(&a), names(&b));
        b.set("more", 1);
        assert_ne!(names(&a), names(&b));
        assert_eq!(a, value!({"image": "x", "name": "a"}));
        assert_eq!(b, value!({"image": "x", "more": 1, "name": "c"}));
    }
}
