//! `false_pna`: a holder says that it has no payload. Nobody can tell: most honest nodes have none.

use super::effect::{Answer, Effect};
use super::{Action, Definition, acts_on_answers};
use crate::sim::message::Reply;

pub(super) const FAULT: Definition = Definition {
    draw_key: 21,
    phrase: "deny having the payload",
    behaviour: |_| {
        acts_on_answers(
            |answer, _| if answer.response().is_some() { answer.instead(Reply::unavailable()) } else { Action::Honest },
        )
    },
    effect: |_, _| Effect::Answers(Answer::unavailable()),
    ..Definition::of_capability("false_pna", "Holders say that they have no payload.")
};
