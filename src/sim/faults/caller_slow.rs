//! `caller_slow`: every request leaves late.

use super::effect::Effect;
use super::{Action, Definition, OutgoingRequest, Parameter, ParameterKind, acts_on_requests};
use crate::engine::Distribution;
use crate::sim::site::Site;

pub(super) const FAULT: Definition = Definition {
    draw_key: 12,
    phrase: "ask late",
    parameters: &[Parameter::required("delay", ParameterKind::Distribution, "How much later every request leaves.")],
    behaviour: |values| {
        let delay: Distribution = values.get(0);
        acts_on_requests(move |ask| {
            let draw = Site::SlowAsk.draw(ask.draws, [ask.request.number, ask.node, ask.capability, 0, 0]);
            let after = ask.outgoing.after + delay.sample(draw);
            Action::Instead(vec![OutgoingRequest { after, ..ask.outgoing.clone() }])
        })
    },
    effect: |_, _| Effect::Unknown("a caller asks at another time than all others"),
    ..Definition::of_workflow("caller_slow", "Every request leaves late.")
};
