//! `delay_to_deadline`: every answer arrives as late as it can and still count, `margin` before the caller's deadline.
//! The adversary has the network in hand: neither latency nor loss applies.

use super::effect::Effect;
use super::{Definition, Parameter, ParameterKind, When, acts_on_answers};
use crate::engine::{Span, Time};

pub(super) const FAULT: Definition = Definition {
    draw_key: 15,
    phrase: "wait for the deadline",
    parameters: &[Parameter::new("margin", ParameterKind::Time, "\"1ms\"", "How long before the caller's deadline.")],
    behaviour: |values| {
        let margin: Span = values.get(0);
        acts_on_answers(move |answer, _| {
            let until_then = answer.deadline.since(Time::ZERO) - margin;
            answer.at(When::Arriving(Time::ZERO + until_then))
        })
    },
    effect: |_, _| Effect::Unknown("answers come at another time than all others"),
    ..Definition::of_capability("delay_to_deadline", "Every answer arrives as late as it can and still count.")
};
