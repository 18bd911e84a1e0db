//! `caller_flood`: after its request the workflow node goes on asking at a steady pace, each time for something else
//! under the same id. A capability node keeps every one of them as a request of its own, until it tells the flooder one
//! by one that they have expired.

use super::effect::Effect;
use super::{Action, Answers, Behaviour, Definition, OutgoingRequest, Parameter, ParameterKind, RequestContext, calls};
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
    behaviour: |values| Box::new(CallerFlood { copies: values.get(0), interval: values.get(1) }),
    effect: |_, _| Effect::Unknown("requests of one caller differ"),
    ..Definition::of_workflow("caller_flood", "Goes on asking, each time for something else under the same request id.")
};

pub(super) struct CallerFlood {
    pub(super) copies: u32,
    pub(super) interval: Span,
}

impl Behaviour for CallerFlood {
    fn on_ask(&self, ask: &RequestContext<'_>) -> Action<OutgoingRequest> {
        let others = (1..self.copies).map(|number| OutgoingRequest {
            bytes: calls::other(ask, number),
            after: ask.outgoing.after + self.interval.times(u64::from(number)),
        });
        Action::Instead(std::iter::once(ask.outgoing.clone()).chain(others).collect())
    }
}
