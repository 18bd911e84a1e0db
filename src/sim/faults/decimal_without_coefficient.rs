//! `decimal_without_coefficient`: in place of every answer a response whose `value` map has a decimal number without
//! digits. The original crashes while it decodes it, under every rule set.

use super::effect::{Answer, Effect};
use super::{Definition, acts_on_answers};
use crate::sim::message::Reply;
use crate::wire::{Decimal, Kind, Response};

pub(super) const FAULT: Definition = Definition {
    draw_key: 14,
    phrase: "send a decimal without digits",
    behaviour: |_| {
        acts_on_answers(|answer, _| {
            let mut response = Response::default();
            response.value.push("price", Kind::Decimal(Decimal::default().into()));
            answer.instead(Reply::response(response))
        })
    },
    effect: |_, _| Effect::Answers(Answer::Bomb),
    ..Definition::of_capability("decimal_without_coefficient", "A response whose decoding crashes the original.")
};
