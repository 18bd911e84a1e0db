//! `decimal_without_coefficient`: in place of every answer a response whose `value` map has a decimal number without
//! digits. The original crashes while it decodes it, under every rule set.

use super::{Action, AnswerContext, Behaviour, OutgoingAnswer};
use crate::sim::message::Reply;
use crate::sim::replicate_cache::ReplicateCache;
use crate::wire::{Decimal, Kind, Response};

pub(super) struct DecimalWithoutCoefficient;

impl Behaviour for DecimalWithoutCoefficient {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        let mut response = Response::default();
        response.value.push("price", Kind::Decimal(Decimal::default().into()));
        answer.instead(Reply::response(response))
    }
}
