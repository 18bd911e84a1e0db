//! `silent`: the node takes part in everything and never answers.

use super::effect::{Answer, Effect};
use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) const FAULT: Definition = Definition {
    draw_key: 4,
    phrase: "fall silent",
    behaviour: |_| Box::new(Silent),
    effect: |_, _| Effect::Answers(Answer::Silence),
    ..Definition::of_capability("silent", "Takes part in everything and never answers.")
};

pub(super) struct Silent;

impl Behaviour for Silent {
    fn on_answer(&self, _: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        Action::Instead(Vec::new())
    }
}
