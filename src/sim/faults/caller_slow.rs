//! `caller_slow`: every request leaves late.

use super::{Ask, Behaviour, Deed, Demand};
use crate::engine::Distribution;
use crate::sim::site::Site;

pub(super) struct CallerSlow {
    pub(super) delay: Distribution,
}

impl Behaviour for CallerSlow {
    fn on_ask(&self, ask: &Ask<'_>) -> Deed<Demand> {
        let draw = Site::SlowAsk.draw(ask.draws, [ask.call.number, ask.node, ask.capability, 0, 0]);
        let after = ask.demand.after + self.delay.sample(draw);
        Deed::Instead(vec![Demand { after, ..ask.demand.clone() }])
    }
}
