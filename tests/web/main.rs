//! Browser tests: mount one component with a hand-made value, act as a user, read by role and
//! `data-testid`.
#![cfg(target_arch = "wasm32")]

mod parity;
mod stage;

use daemonset_playground::app::screen::Selection;
use daemonset_playground::app::{grid, why};
use daemonset_playground::view::{Counters, Frame, PodState};
use leptos::prelude::*;
use leptos::task::tick;
use stage::{Stage, card, frame, pod, set};
use wasm_bindgen_test::wasm_bindgen_test;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn every_pod_state_has_its_shape_and_words() {
    let rows = [
        (PodState::Pending, "pending", "2"),
        (PodState::Creating, "creating", "2"),
        (PodState::Running, "running", "2"),
        (PodState::Ready, "ready", "2✓"),
        (PodState::Available, "available", "2✓✓"),
        (PodState::Terminating, "terminating", "2"),
        (PodState::CrashLoop, "crashloop", "2"),
        (PodState::Failed, "failed", "2✗"),
        (PodState::Succeeded, "succeeded", "2"),
    ];
    for (state, name, token) in rows {
        let stage = Stage::new(|| view! { <grid::Grid /> });
        stage
            .screen
            .patch(frame(vec![card("w1", vec![pod("log-a", 2, state)])]));
        tick().await;
        let pod = stage.one("pod");
        assert_eq!(pod.get_attribute("data-state").as_deref(), Some(name));
        assert_eq!(pod.get_attribute("data-revision").as_deref(), Some("2"));
        let shown = pod
            .query_selector(".token")
            .ok()
            .flatten()
            .and_then(|t| t.text_content());
        assert_eq!(shown.as_deref(), Some(token), "{name}");
    }
}

#[wasm_bindgen_test]
async fn an_empty_slot_says_why() {
    let stage = Stage::new(|| view! { <grid::Grid /> });
    stage.screen.patch(frame(vec![card("w1", Vec::new())]));
    tick().await;
    let slot = stage.one("slot");
    assert_eq!(
        slot.get_attribute("data-reason").as_deref(),
        Some("taint not tolerated")
    );
    assert_eq!(
        slot.text_content().as_deref(),
        Some("no pod: taint not tolerated")
    );
}

#[wasm_bindgen_test]
async fn only_what_changed_is_touched() {
    let stage = Stage::new(|| view! { <grid::Grid /> });
    let cards = |second| {
        vec![
            card("w1", vec![pod("log-a", 1, PodState::Available)]),
            card("w2", vec![pod("log-b", 1, second)]),
        ]
    };
    stage.screen.patch(frame(cards(PodState::Creating)));
    tick().await;
    let before = stage.all("pod");
    stage.screen.patch(frame(cards(PodState::Available)));
    tick().await;
    let after = stage.all("pod");
    assert_eq!(before, after, "the elements stay, their attributes change");
    assert_eq!(
        after[1].get_attribute("data-state").as_deref(),
        Some("available")
    );
}

#[wasm_bindgen_test]
async fn nodes_join_and_leave() {
    let stage = Stage::new(|| view! { <grid::Grid /> });
    stage
        .screen
        .patch(frame(vec![card("w1", Vec::new()), card("w2", Vec::new())]));
    tick().await;
    stage
        .screen
        .patch(frame(vec![card("w2", Vec::new()), card("w3", Vec::new())]));
    tick().await;
    let names: Vec<_> = stage
        .all("node")
        .iter()
        .map(|n| n.get_attribute("data-name"))
        .collect();
    assert_eq!(names, [Some("w2".to_owned()), Some("w3".to_owned())]);
}

#[wasm_bindgen_test]
async fn counters_carry_the_six_numbers() {
    let stage = Stage::new(|| view! { <grid::CountersRow /> });
    let mut row = set();
    row.counters = Counters {
        desired: 6,
        current: 5,
        ready: 4,
        updated: 3,
        available: 2,
        misscheduled: 1,
    };
    stage.screen.patch(Frame {
        sets: vec![row],
        ..Frame::default()
    });
    tick().await;
    let counters = stage.one("counters");
    let names = [
        "desired",
        "current",
        "ready",
        "updated",
        "available",
        "misscheduled",
    ];
    let read = |name: &str| counters.get_attribute(&format!("data-{name}"));
    let numbers: Vec<_> = names.iter().filter_map(|name| read(name)).collect();
    assert_eq!(numbers, ["6", "5", "4", "3", "2", "1"]);
}

#[wasm_bindgen_test]
async fn a_taint_form_opens_in_its_card_and_escape_closes_it() {
    let stage = Stage::new(|| view! { <grid::Grid /> });
    stage.screen.patch(frame(vec![card("w1", Vec::new())]));
    tick().await;
    assert_eq!(
        stage.one("taint").text_content().as_deref(),
        Some("dedicated=infra:NoSchedule")
    );
    stage.click("add-taint");
    tick().await;
    assert_eq!(stage.all("taint-form").len(), 1);
    stage.press("taint-form", "Escape");
    tick().await;
    assert_eq!(stage.all("taint-form").len(), 0);
}

#[wasm_bindgen_test]
async fn the_page_s_own_cluster_says_why_the_master_is_empty() {
    let stage = Stage::new(|| view! { <why::Pane /> });
    let screen = stage.screen;
    screen.selection.set(Selection {
        node: "master01".into(),
        pod: None,
    });
    tick().await;
    let outcomes: Vec<_> = stage
        .all("check")
        .iter()
        .map(|c| c.get_attribute("data-outcome"))
        .collect();
    let wanted = ["pass", "pass", "pass", "fail"].map(|o| Some(o.to_owned()));
    assert_eq!(outcomes, wanted);
    assert_eq!(stage.all("fix").len(), 2);
}
