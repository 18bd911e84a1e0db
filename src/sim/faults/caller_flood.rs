//! `caller_flood`: after its request the workflow node goes on asking at a steady pace, each time for something else
//! under the same id. A capability node keeps every one of them as a request of its own, until it tells the flooder one
//! by one that they have expired.

use super::effect::Effect;
use super::{Action, Answers, Definition, OutgoingRequest, Parameter, ParameterKind, acts_on_requests, calls};
use crate::engine::Span;

pub(super) const FAULT: Definition = Definition {
    draw_key: 8,
    answers: Answers::Several,
    phrase: "flood the DON with requests",
    parameters: &[
        Parameter::new(
            "copies",
            ParameterKind::Count { min: 2, max: 10_000 },
            "100",
            "Requests in all, the right one first.",
        )
        .such_as("3"),
        Parameter::new("interval", ParameterKind::Time, "\"10ms\"", "Time from one to the next.").such_as("\"1ms\""),
    ],
    behaviour: |values| {
        let copies: u32 = values.get(0);
        let interval: Span = values.get(1);
        acts_on_requests(move |ask| {
            let others = (1..copies).map(|number| OutgoingRequest {
                bytes: calls::other(ask, number),
                after: ask.outgoing.after + interval.times(u64::from(number)),
            });
            Action::Instead(std::iter::once(ask.outgoing.clone()).chain(others).collect())
        })
    },
    effect: |_, _| Effect::Unknown("requests of one caller differ"),
    ..Definition::of_workflow("caller_flood", "Goes on asking, each time for something else under the same request id.")
};
