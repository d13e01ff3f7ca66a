//! Every lesson does what it says, in every language, on the cluster that the page opens with.

use daemonset_playground::cluster::{Cluster, Setup, SimSpan};
use daemonset_playground::console::{Job, Session};
use daemonset_playground::k8s::Value;
use daemonset_playground::lesson::library::lessons;
use daemonset_playground::lesson::{Lesson, check};
use daemonset_playground::value;
use std::fs;
use std::path::Path;

/// The languages, with the folder of each.
const LANGUAGES: [(&str, &str); 3] = [
    ("en", "lessons"),
    ("zh-Hans", "lessons/zh-Hans"),
    ("zh-Hant", "lessons/zh-Hant"),
];

fn all(tag: &str) -> Vec<Lesson> {
    let one = |(i, lesson): (usize, Result<Lesson, _>)| match lesson {
        Ok(lesson) => lesson,
        Err(bad) => panic!("lesson {} in {tag}: {bad:?}", i + 1),
    };
    lessons(tag).into_iter().enumerate().map(one).collect()
}

/// A reader at the console, and what the reader sees.
struct Desk {
    cluster: Cluster,
    session: Session,
}

impl Desk {
    /// The page's sample.
    fn sample() -> Self {
        let master = value!({
            "apiVersion": "v1", "kind": "Node",
            "metadata": {"name": "master01", "labels": {"node-role.kubernetes.io/control-plane": ""}},
            "spec": {"taints": [
                {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}]}
        });
        let workers = ["worker01", "worker02", "worker03"];
        let nodes: Vec<Value> = [master]
            .into_iter()
            .chain(workers.map(Cluster::node))
            .collect();
        let mut desk = Self {
            cluster: Cluster::new(Setup {
                nodes,
                ..Setup::default()
            }),
            session: Session::default(),
        };
        let text = include_str!("../../src/app/samples/fluentd-elasticsearch.yaml");
        desk.session.files.write("fluentd-elasticsearch.yaml", text);
        desk.run("kubectl apply -f fluentd-elasticsearch.yaml");
        desk.pass(20);
        desk
    }

    fn run(&mut self, line: &str) -> (Option<u8>, String) {
        let mut job = Job::start_complete(line, self.cluster.now());
        let until = self.cluster.now() + SimSpan::from_secs(120);
        let code = job.run(&mut self.session, &mut self.cluster, until, 1_000_000);
        let text = job.outputs().iter().map(|o| o.text.as_str()).collect();
        (code, text)
    }

    fn pass(&mut self, seconds: u64) {
        let until = self.cluster.now() + SimSpan::from_secs(seconds);
        self.cluster.advance_to(until, 1_000_000);
    }

    /// Takes a lesson as somebody who does what each step says, and waits for its goal.
    fn take(&mut self, lesson: &Lesson) {
        for (i, step) in lesson.steps.iter().enumerate() {
            let place = format!("{}, step {}", lesson.title, i + 1);
            if let Some(goal) = &step.goal {
                assert!(!check::met(goal, &self.cluster), "{place}: met before");
            }
            for line in &step.commands {
                let (code, text) = self.run(line);
                // What is meant to wait in vain is given a time.
                let wanted = u8::from(line.contains("--timeout"));
                assert_eq!(code, Some(wanted), "{place}: {line}\n{text}");
            }
            let Some(goal) = &step.goal else { continue };
            for _ in 0..120 {
                if check::met(goal, &self.cluster) {
                    break;
                }
                self.pass(1);
            }
            let (_, printed) = self.run(goal.command);
            assert_eq!(printed, goal.value, "{place}: {}", goal.command);
        }
    }
}

#[test]
fn each_lesson_leads_to_its_goals() {
    for lesson in all("en") {
        Desk::sample().take(&lesson);
    }
}

#[test]
fn the_lessons_can_be_taken_one_after_the_other() {
    let mut desk = Desk::sample();
    for lesson in all("en") {
        desk.take(&lesson);
        desk.pass(5);
    }
}

#[test]
fn progress_is_kept_when_a_later_step_undoes_an_earlier_one() {
    let lesson = &all("en")[0];
    let mut desk = Desk::sample();
    assert_eq!(check::reached(lesson, 0, &desk.cluster), 0);
    desk.take(lesson);
    // The first goal is undone by the last step.
    assert_eq!(check::reached(lesson, 0, &desk.cluster), 0);
    assert_eq!(check::reached(lesson, 1, &desk.cluster), 2);
    assert_eq!(check::reached(lesson, 2, &desk.cluster), 2);
}

#[test]
fn every_language_has_the_same_steps_commands_and_goals() {
    let english = all("en");
    for (tag, folder) in LANGUAGES {
        let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
        let files = files.expect("a folder of lessons").flatten();
        let files = files.filter(|file| file.path().extension().is_some_and(|e| e == "md"));
        assert_eq!(
            files.count(),
            english.len(),
            "a file is not in the library: {folder}"
        );
        let there = all(tag);
        assert_eq!(there.len(), english.len());
        for (own, other) in there.iter().zip(&english) {
            let shape = |lesson: &Lesson| -> Vec<_> {
                let steps = lesson.steps.iter();
                let goal = |goal: &daemonset_playground::lesson::Goal| (goal.command, goal.value);
                steps
                    .map(|s| (s.commands.clone(), s.goal.as_ref().map(goal)))
                    .collect()
            };
            assert_eq!(shape(own), shape(other), "{tag}: {}", own.title);
            let texts = |lesson: &Lesson| -> Vec<&'static str> {
                let steps = lesson.steps.iter();
                let steps = steps.flat_map(|s| [Some(s.text), s.goal.as_ref().map(|g| g.text)]);
                [lesson.title, lesson.about]
                    .into_iter()
                    .chain(steps.flatten())
                    .collect()
            };
            for (text, original) in texts(own).into_iter().zip(texts(other)) {
                assert_eq!(
                    text == original,
                    tag == "en",
                    "{tag}, not translated: {text}"
                );
                assert_eq!(text.matches('`').count() % 2, 0, "{tag}: {text}");
            }
            assert!((4..=7).contains(&own.steps.len()), "{}", own.title);
        }
    }
}
