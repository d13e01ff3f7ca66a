//! A step of a lesson.

use crate::app::console::RunLine;
use crate::app::words::t;
use crate::lesson::model::pieces;
use crate::lesson::{Goal, Piece, Step};
use leptos::prelude::*;

/// A text with its code.
fn text(text: &'static str) -> AnyView {
    let piece = |piece: Piece| match piece {
        Piece::Plain(text) => view! { {text} }.into_any(),
        Piece::Code(text) => view! { <code>{text}</code> }.into_any(),
    };
    pieces(text).map(piece).collect_view().into_any()
}

/// What to read, what to run, and whether the goal is met.
#[component]
pub fn StepRow(
    step: Step,
    number: usize,
    /// Goals before this step.
    before: usize,
    /// Goals that have been met.
    reached: Memo<usize>,
) -> impl IntoView {
    let lines = step.commands.into_iter();
    let lines = lines.map(|line| view! { <RunLine line=line.to_owned() /> });
    let lines = lines.collect_view();
    let goal = step.goal.map(|goal: Goal| {
        let met = move || reached.get() > before;
        view! {
            <p
                class="goal"
                role="status"
                data-testid="lesson-goal"
                data-met=move || met().to_string()
                title=format!("{} = {}", goal.command, goal.value)
            >
                <span class="sign" aria-hidden="true">{move || if met() { "✓" } else { "○" }}</span>
                <b>{move || if met() { t("Goal met:") } else { t("Goal, not yet met:") }}</b>
                " "
                {text(goal.text)}
            </p>
        }
    });
    let own = usize::from(goal.is_some());
    // Those without a goal are done with the next one that has it.
    let now = move || own == 1 && reached.get() == before;
    view! {
        <li data-testid="lesson-step" aria-current=move || now().then_some("step")>
            <span class="number" aria-hidden="true">{number}</span>
            <div>
                <p>{text(step.text)}</p>
                <div class="lines">{lines}</div>
                {goal}
            </div>
        </li>
    }
}
