//! `caller_slow`: every request leaves late.

use super::effect::Effect;
use super::{Action, Behaviour, Definition, OutgoingRequest, Parameter, ParameterKind, RequestContext};
use crate::engine::Distribution;
use crate::sim::site::Site;

pub(super) const FAULT: Definition = Definition {
    draw_key: 12,
    phrase: "ask late",
    parameters: &[Parameter::required("delay", ParameterKind::Distribution, "How much later every request leaves.")],
    behaviour: |values| Box::new(CallerSlow { delay: values.get(0) }),
    effect: |_, _| Effect::Unknown("a caller asks at another time than all others"),
    ..Definition::of_workflow("caller_slow", "Every request leaves late.")
};

pub(super) struct CallerSlow {
    pub(super) delay: Distribution,
}

impl Behaviour for CallerSlow {
    fn on_ask(&self, ask: &RequestContext<'_>) -> Action<OutgoingRequest> {
        let draw = Site::SlowAsk.draw(ask.draws, [ask.request.number, ask.node, ask.capability, 0, 0]);
        let after = ask.outgoing.after + self.delay.sample(draw);
        Action::Instead(vec![OutgoingRequest { after, ..ask.outgoing.clone() }])
    }
}
