//! `at_deadline`: every answer arrives in the very instant in which the caller gives up. Which of the two comes first
//! is the order of ties, drawn for each answer. The adversary has the network in hand: neither latency nor loss applies.

use super::effect::Effect;
use super::{Definition, When, acts_on_answers};

pub(super) const FAULT: Definition = Definition {
    draw_key: 7,
    phrase: "answer at the deadline",
    behaviour: |_| acts_on_answers(|answer, _| answer.at(When::Arriving(answer.deadline))),
    effect: |_, _| Effect::Unknown("answers come at another time than all others"),
    ..Definition::of_capability("at_deadline", "Every answer arrives in the instant in which the caller gives up.")
};
