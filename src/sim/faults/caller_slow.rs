//! `caller_slow`: every request leaves late.

use super::{Action, Behaviour, OutgoingRequest, RequestContext};
use crate::engine::Distribution;
use crate::sim::site::Site;

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
