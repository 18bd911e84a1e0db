//! `slow`: every answer leaves late.

use super::{Action, AnswerContext, Behaviour, OutgoingAnswer, When};
use crate::engine::Distribution;
use crate::sim::replicate_cache::ReplicateCache;
use crate::sim::site::Site;

pub(super) struct Slow {
    pub(super) delay: Distribution,
}

impl Behaviour for Slow {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        let parts = [answer.request.number, answer.node, answer.requester, 0, 0];
        let delay = self.delay.sample(Site::SlowAnswer.draw(answer.draws, parts));
        answer.at(match answer.outgoing.when {
            When::After(span) => When::After(span + delay),
            When::Arriving(time) => When::Arriving(time + delay),
        })
    }
}
