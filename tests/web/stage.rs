//! What the browser tests share: a place to mount, hand-made values, hands and eyes.

use daemonset_playground::app::screen::Screen;
use daemonset_playground::app::session::{Dispatch, Session};
use daemonset_playground::k8s::Str;
use daemonset_playground::view::{
    Counters, Frame, NodeCard, PodState, PodToken, SetRow, Slot, TaintChip,
};
use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, KeyboardEventInit};

/// One mounted component; it leaves the document when dropped.
pub struct Stage {
    pub screen: Screen,
    root: HtmlElement,
    _mounted: UnmountHandle<AnyViewState>,
}

impl Stage {
    pub fn new<V: IntoView + 'static>(component: impl FnOnce() -> V + 'static) -> Self {
        let root: HtmlElement = document()
            .create_element("div")
            .expect("a div")
            .unchecked_into();
        document()
            .body()
            .expect("a body")
            .append_child(&root)
            .expect("room for it");
        let (sender, receiver) = std::sync::mpsc::channel();
        let mounted = mount_to(root.clone(), move || {
            let screen = Screen::default();
            let dispatch = Dispatch::new(Session::sample(), screen);
            provide_context(screen);
            provide_context(dispatch);
            sender.send(screen).expect("the stage waits for it");
            component().into_any()
        });
        let screen = receiver.recv().expect("the component was mounted");
        Self {
            screen,
            root,
            _mounted: mounted,
        }
    }

    pub fn all(&self, testid: &str) -> Vec<Element> {
        let found = self
            .root
            .query_selector_all(&format!("[data-testid='{testid}']"));
        let found = found.expect("a selector");
        (0..found.length())
            .filter_map(|i| found.item(i))
            .map(JsCast::unchecked_into)
            .collect()
    }

    pub fn one(&self, testid: &str) -> Element {
        let mut all = self.all(testid);
        assert_eq!(all.len(), 1, "elements called {testid}");
        all.remove(0)
    }

    pub fn click(&self, testid: &str) {
        self.one(testid).unchecked_into::<HtmlElement>().click();
    }

    pub fn press(&self, testid: &str, key: &str) {
        let init = KeyboardEventInit::new();
        init.set_key(key);
        init.set_bubbles(true);
        let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init);
        self.one(testid)
            .dispatch_event(&event.expect("an event"))
            .expect("it is sent");
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.root.remove();
    }
}

const UID: &str = "set-1";

pub fn set() -> SetRow {
    SetRow {
        uid: UID.into(),
        namespace: "default".into(),
        name: "log".into(),
        counters: Counters::default(),
        revisions: Vec::new(),
        doings: Vec::new(),
    }
}

pub fn frame(nodes: Vec<NodeCard>) -> Frame {
    Frame {
        elapsed: 1000,
        sets: vec![set()],
        nodes,
    }
}

pub fn pod(name: &'static str, revision: i64, state: PodState) -> PodToken {
    PodToken {
        uid: name.into(),
        namespace: "default".into(),
        name: name.into(),
        short: Str::new(&name[4..]),
        node: "w1".into(),
        daemon_set: "log".into(),
        revision,
        returned: false,
        state,
        text: state.name().to_owned(),
        done: 50,
        troubled: false,
    }
}

pub fn card(name: &'static str, pods: Vec<PodToken>) -> NodeCard {
    let taint = TaintChip {
        key: "dedicated".into(),
        value: "infra".into(),
        effect: "NoSchedule".into(),
    };
    let reason = if pods.is_empty() {
        "taint not tolerated"
    } else {
        ""
    };
    NodeCard {
        name: name.into(),
        ready: true,
        taints: vec![taint],
        slots: vec![Slot {
            set_uid: UID.into(),
            set_name: "log".into(),
            pods,
            reason,
            ..Slot::default()
        }],
        ..NodeCard::default()
    }
}
