//! The three stages, seen through the events that they leave.

use super::*;
use crate::sim::{ApiServer, Rng, SimSpan, SimTime};

fn at(seconds: u64) -> SimTime {
    SimTime::from_millis(1_767_225_600_000) + SimSpan::from_secs(seconds)
}

fn server() -> ApiServer {
    let mut api = ApiServer::new(Rng::new(3));
    api.bootstrap(at(0));
    api
}

fn about(name: &str) -> ObjectRef {
    ObjectRef {
        kind: "DaemonSet".into(),
        namespace: "default".into(),
        name: Str::new(name),
        uid: "1".into(),
        ..ObjectRef::default()
    }
}

fn emit(api: &mut ApiServer, recorder: &mut Recorder, seconds: u64, message: &str) {
    let mut client = Client::new(api, at(seconds), "part");
    let reason = "SuccessfulCreate";
    recorder.event(&mut client, &about("x"), EventType::Normal, reason, message);
}

/// (message, count) of all events.
fn events(api: &ApiServer) -> Vec<(String, i64)> {
    let read = |event: &Object| {
        let count = event.value().get("count").as_i64().unwrap_or(0);
        (event.value().get("message").text().to_owned(), count)
    };
    let mut all: Vec<_> = api.list(Kind::Event, None).map(|e| read(e)).collect();
    all.sort();
    all
}

#[test]
fn the_tenth_distinct_message_and_all_after_it_are_combined() {
    let mut api = server();
    let mut recorder = Recorder::new("part", "");
    for i in 0..12 {
        emit(&mut api, &mut recorder, 1, &format!("Created pod: {i}"));
    }
    let events = events(&api);
    assert_eq!(events.len(), 10);
    let combined = "(combined from similar events): Created pod: 11";
    assert_eq!(events[0], (combined.to_owned(), 3));
}

#[test]
fn ten_minutes_of_silence_begin_the_count_anew() {
    let mut api = server();
    let mut recorder = Recorder::new("part", "");
    for i in 0..9 {
        emit(&mut api, &mut recorder, 1, &format!("a {i}"));
    }
    for i in 0..9 {
        emit(&mut api, &mut recorder, 700, &format!("b {i}"));
    }
    assert_eq!(events(&api).len(), 18);
}

#[test]
fn equal_events_are_counted_and_written_again_when_they_are_gone() {
    let mut api = server();
    let mut recorder = Recorder::new("part", "");
    for seconds in [1, 2, 3] {
        emit(&mut api, &mut recorder, seconds, "same");
    }
    assert_eq!(events(&api), [("same".to_owned(), 3)]);
    Client::new(&mut api, at(4000), "part").expire_events();
    assert_eq!(events(&api), []);
    emit(&mut api, &mut recorder, 4001, "same");
    assert_eq!(events(&api), [("same".to_owned(), 4)]);
}

#[test]
fn a_burst_of_25_and_one_every_five_minutes() {
    let mut api = server();
    let mut recorder = Recorder::new("part", "");
    for _ in 0..30 {
        emit(&mut api, &mut recorder, 1, "same");
    }
    assert_eq!(events(&api), [("same".to_owned(), 25)]);
    emit(&mut api, &mut recorder, 302, "same");
    assert_eq!(events(&api), [("same".to_owned(), 31)]);
    emit(&mut api, &mut recorder, 303, "same");
    assert_eq!(events(&api), [("same".to_owned(), 31)]);
}

#[test]
fn the_new_api_makes_series() {
    let mut api = server();
    let mut recorder = Recorder::series("default-scheduler", "default-scheduler-a");
    for seconds in [1, 2, 3] {
        emit(&mut api, &mut recorder, seconds, "no nodes");
    }
    let all: Vec<_> = api.list(Kind::Event, None).cloned().collect();
    assert_eq!(all.len(), 1);
    let event = all[0].value();
    assert_eq!(event.at(&["series", "count"]), &Value::Int(2));
    assert!(event.at(&["source", "component"]).is_null());
    assert_eq!(event.get("reportingComponent").text(), "default-scheduler");
    emit(&mut api, &mut recorder, 1000, "no nodes");
    assert_eq!(api.list(Kind::Event, None).count(), 2);
}
