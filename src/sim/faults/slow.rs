//! `slow`: every answer leaves late.

use super::effect::Effect;
use super::{Definition, Parameter, ParameterKind, When, acts_on_answers};
use crate::engine::Distribution;
use crate::sim::site::Site;

pub(super) const FAULT: Definition = Definition {
    draw_key: 5,
    phrase: "slow down",
    parameters: &[Parameter::required("delay", ParameterKind::Distribution, "How much later every answer leaves.")],
    behaviour: |values| {
        let delay: Distribution = values.get(0);
        acts_on_answers(move |answer, _| {
            let parts = [answer.request.number, answer.node, answer.requester, 0, 0];
            let delay = delay.sample(Site::SlowAnswer.draw(answer.draws, parts));
            answer.at(match answer.outgoing.when {
                When::After(span) => When::After(span + delay),
                When::Arriving(time) => When::Arriving(time + delay),
            })
        })
    },
    effect: |_, _| Effect::Unknown("answers leave at another time than all others"),
    ..Definition::of_capability("slow", "Every answer leaves late.")
};
