//! Changed documents: each is either stored, in a form that stays, or refused with the field that is wrong.

use super::manifests::manifest;
use super::*;
use crate::k8s::kind::KINDS;
use crate::k8s::{decode, defaults, json};

/// How many documents of each kind are tried.
const COUNT: u64 = 8;

/// Values at their limits, of every type.
fn extremes() -> Vec<Value> {
    let texts = [
        "",
        " ",
        "-",
        "a b",
        "A",
        "é",
        "..",
        "*",
        "0",
        "-1",
        "1.5",
        "101%",
        "10 %",
        "1Ki",
        "-5m",
        "9e99",
        "1e-99",
        "true",
        "9223372036854775808",
        "2026-02-31T00:00:00Z",
        "Always",
        "Never",
        "Exists",
        "In",
        "NoSchedule",
        "None",
        "RollingUpdate",
    ];
    let mut all: Vec<Value> = texts.map(Value::from).to_vec();
    all.push(Value::from("x".repeat(300)));
    let numbers = [0, -1, 1, 65_536, 1 << 31, (1 << 31) - 1, i64::MAX, i64::MIN];
    all.extend(numbers.map(Value::from));
    all.extend([
        Value::Null,
        Value::from(true),
        Value::Number("1.5".into()),
        Value::Number("1e+30".into()),
        Value::map(),
        value!([]),
        value!([null]),
        value!({"": ""}),
        value!(["a", "a"]),
        value!([{"name": "main"}, {}]),
        value!({"a": {"b": [1]}}),
    ]);
    all
}

/// One change at a place that chance picks.
fn change(rng: &mut Rng, tree: &mut Value, extremes: &[Value]) {
    let pick = |rng: &mut Rng, n: usize| usize::try_from(rng.below(n as u64)).expect("small");
    let deeper = rng.below(6) > 0;
    match tree {
        Value::Map(map) if !map.is_empty() => {
            let keys: Vec<Str> = map.keys().cloned().collect();
            let key = keys[pick(rng, keys.len())].clone();
            let held = map
                .get(&key)
                .is_some_and(|v| matches!(v, Value::Map(_) | Value::List(_)));
            let map = tree.map_mut();
            if deeper && held {
                return change(rng, map.entry(key), extremes);
            }
            match rng.below(8) {
                0 | 1 => drop(map.remove(&key)),
                2 => {
                    let value = map.remove(&key).unwrap_or_default();
                    map.insert(format!("{key}x"), value);
                }
                3 => {
                    let other = keys[pick(rng, keys.len())].clone();
                    let value = map.get(&other).cloned().unwrap_or_default();
                    map.insert(key, value);
                }
                _ => map.insert(key, extremes[pick(rng, extremes.len())].clone()),
            }
        }
        Value::List(list) if !list.is_empty() => {
            let at = pick(rng, list.len());
            let list = tree.list_mut();
            match rng.below(8) {
                0 => drop(list.remove(at)),
                1 => list.push(list[at].clone()),
                2 => list[at] = extremes[pick(rng, extremes.len())].clone(),
                _ => change(rng, &mut list[at], extremes),
            }
        }
        other => *other = extremes[pick(rng, extremes.len())].clone(),
    }
}

/// What was stored is read again as it is, and storing it again changes nothing.
fn check_stored(api: &mut ApiServer, kind: Kind, object: &Object, sent: &Value) {
    let stored = object.value();
    let read = decode::decode(kind, stored);
    assert_eq!(read.strict_error(), None, "{sent} became {stored}");
    assert!(read.value == *stored, "{stored} reads as {}", read.value);
    let mut again = stored.clone();
    defaults::apply(kind, &mut again);
    assert!(again == *stored, "{stored} gets the defaults {again}");
    let text = json::parse(&stored.to_string()).expect("what is printed can be read");
    assert!(text == *stored, "{stored} prints as {text}");
    let updated = api.update(&person(9), kind, Subresource::Main, stored.clone());
    match updated {
        Ok(written) => assert!(
            !written.changed,
            "{sent}: {stored} became {}",
            written.object.value()
        ),
        Err(refused) => panic!("{sent}: what was stored is refused: {refused}"),
    }
}

/// A refusal says what is wrong and where.
fn check_refused(refused: &Status, sent: &Value) {
    assert!(!refused.message.is_empty(), "{sent}");
    if refused.code == 422 {
        assert!(!refused.causes.is_empty(), "{sent}: {refused}");
        for cause in &refused.causes {
            assert!(
                !cause.field.is_empty() && !cause.message.is_empty(),
                "{sent}: {refused}"
            );
        }
    }
    assert!(
        matches!(refused.code, 400 | 403 | 404 | 409 | 422),
        "{sent}: {refused}"
    );
}

/// A stored object that is changed and sent again.
fn check_update(fresh: &ApiServer, kind: Kind, rng: &mut Rng, extremes: &[Value]) {
    let mut api = fresh.clone();
    let namespace = if kind.namespaced() { "default" } else { "" };
    let made = api.create(&person(5), kind, namespace, manifest(kind));
    let mut value = made.expect("accepted").object.value().clone();
    change(rng, &mut value, extremes);
    let before = api.store.version();
    match api.update(&person(6), kind, Subresource::Main, value.clone()) {
        Ok(written) => check_stored(&mut api, kind, &written.object, &value),
        Err(status) => {
            let unreadable = status.code == 500 && status.message.contains("strconv");
            if !unreadable {
                check_refused(&status, &value);
            }
            assert_eq!(api.store.version(), before, "{value}");
        }
    }
}

#[test]
fn documents_are_stored_for_good_or_refused_with_a_field() {
    let extremes = extremes();
    let fresh = server();
    let (mut stored, mut refused) = (0, 0);
    for info in &KINDS {
        let plain = manifest(info.kind);
        for seed in 0..COUNT {
            let mut rng = Rng::new(seed).fork(info.name);
            let mut value = plain.clone();
            for _ in 0..=rng.below(3) {
                change(&mut rng, &mut value, &extremes);
            }
            let mut api = fresh.clone();
            let state = |api: &ApiServer| (api.store.version(), api.store.committed());
            let before = state(&api);
            let namespace = if info.namespaced { "default" } else { "" };
            match api.create(&person(5), info.kind, namespace, value.clone()) {
                Ok(written) => {
                    stored += 1;
                    check_stored(&mut api, info.kind, &written.object, &value);
                }
                Err(status) => {
                    refused += 1;
                    check_refused(&status, &value);
                    assert_eq!(state(&api), before, "{value}");
                }
            }
            check_update(&fresh, info.kind, &mut rng, &extremes);
        }
    }
    assert!(
        stored > 30 && refused > 30,
        "{stored} stored, {refused} refused"
    );
}
