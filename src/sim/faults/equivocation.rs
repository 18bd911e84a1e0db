//! `equivocation`: a wrong payload without attestation, another one for each workflow node. All who equivocate tell one
//! workflow node the same: `F + 1` of them make workflow nodes accept different things.

use super::effect::{Answer, Attached, Effect, Lie};
use super::lies::{Version, lie};
use super::{Definition, acts_on_answers};
use crate::sim::message::Reply;
use crate::wire::Response;

pub(super) const FAULT: Definition = Definition {
    draw_key: 20,
    phrase: "equivocate",
    behaviour: |_| {
        acts_on_answers(|answer, _| {
            let payload = Some(lie(answer, Version::ForRequester));
            answer.instead(Reply::response(Response { payload, ..answer.honest.clone() }))
        })
    },
    effect: |_, _| Effect::Answers(Answer::Lie(Lie::ForCaller, Attached::Nothing)),
    ..Definition::of_capability("equivocation", "A wrong payload, another one for each workflow node.")
};
