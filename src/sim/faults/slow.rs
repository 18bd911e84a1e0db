//! `slow`: every answer leaves late.

use super::effect::Effect;
use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer, Parameter, ParameterKind, When};
use crate::engine::Distribution;
use crate::sim::replicate_cache::ReplicateCache;
use crate::sim::site::Site;

pub(super) const FAULT: Definition = Definition {
    draw_key: 5,
    phrase: "slow down",
    parameters: &[Parameter::required("delay", ParameterKind::Distribution, "How much later every answer leaves.")],
    behaviour: |values| Box::new(Slow { delay: values.get(0) }),
    effect: |_, _| Effect::Unknown("answers leave at another time than all others"),
    ..Definition::of_capability("slow", "Every answer leaves late.")
};

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
