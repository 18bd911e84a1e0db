//! `slow`: every answer leaves late.

use super::{Answer, Behaviour, Deed, Dispatch, When};
use crate::engine::Distribution;
use crate::sim::replicate_cache::ReplicateCache;
use crate::sim::site::Site;

pub(super) struct Slow {
    pub(super) delay: Distribution,
}

impl Behaviour for Slow {
    fn on_answer(&self, answer: &Answer<'_>, _: &mut ReplicateCache) -> Deed<Dispatch> {
        let parts = [answer.call.number, answer.node, answer.requester, 0, 0];
        let delay = self.delay.sample(Site::SlowAnswer.draw(answer.draws, parts));
        answer.at(match answer.dispatch.when {
            When::After(span) => When::After(span + delay),
            When::Arriving(time) => When::Arriving(time + delay),
        })
    }
}
