//! `equivocation`: a wrong payload without attestation, another one for each workflow node. All who equivocate tell one
//! workflow node the same: `F + 1` of them make workflow nodes accept different things.

use super::effect::{Answer, Attached, Effect, Lie};
use super::lies::{Version, lie};
use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer};
use crate::sim::message::Reply;
use crate::sim::replicate_cache::ReplicateCache;
use crate::wire::Response;

pub(super) const FAULT: Definition = Definition {
    draw_key: 20,
    phrase: "equivocate",
    behaviour: |_| Box::new(Equivocation),
    effect: |_, _| Effect::Answers(Answer::Lie(Lie::ForCaller, Attached::Nothing)),
    ..Definition::of_capability("equivocation", "A wrong payload, another one for each workflow node.")
};

pub(super) struct Equivocation;

impl Behaviour for Equivocation {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        let payload = Some(lie(answer, Version::ForRequester));
        answer.instead(Reply::response(Response { payload, ..answer.honest.clone() }))
    }
}
