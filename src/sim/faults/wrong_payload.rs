//! `wrong_payload`: another payload of the same size, without attestation; each node its own, or all the same.

use super::effect::{Answer, Attached, Effect, Lie};
use super::lies::{Version, lie};
use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer, Parameter, ParameterKind};
use crate::sim::message::Reply;
use crate::sim::replicate_cache::ReplicateCache;
use crate::wire::Response;

pub(super) const FAULT: Definition = Definition {
    draw_key: 6,
    phrase: "send wrong payloads",
    parameters: &[Parameter::new("collude", ParameterKind::Flag, "false", "Whether all send the same wrong payload.")],
    behaviour: |values| Box::new(WrongPayload { collude: values.get(0) }),
    effect: |values, _| Effect::Answers(Answer::Lie(Lie::of(values.get(0)), Attached::Nothing)),
    ..Definition::of_capability("wrong_payload", "Another payload, without attestation.")
};

pub(super) struct WrongPayload {
    pub(super) collude: bool,
}

impl Behaviour for WrongPayload {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        let payload = Some(lie(answer, Version::of(self.collude)));
        answer.instead(Reply::response(Response { payload, ..answer.honest.clone() }))
    }
}
