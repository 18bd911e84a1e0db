//! `caller_repeats`: the workflow node sends its request several times at once. All but the first are dropped without
//! an answer: what they cost is bandwidth.

use super::effect::Effect;
use super::{Action, Answers, Definition, Parameter, ParameterKind, acts_on_requests};

pub(super) const FAULT: Definition = Definition {
    draw_key: 10,
    answers: Answers::Several,
    phrase: "repeat requests",
    parameters: &[
        Parameter::new("copies", ParameterKind::Count { min: 2, max: 1_000 }, "2", "How often in all.").such_as("3")
    ],
    behaviour: |values| {
        let copies: u32 = values.get(0);
        acts_on_requests(move |ask| Action::Instead(vec![ask.outgoing.clone(); copies as usize]))
    },
    effect: |_, _| Effect::Unknown("a caller asks several times"),
    ..Definition::of_workflow("caller_repeats", "Sends its request several times at once.")
};
