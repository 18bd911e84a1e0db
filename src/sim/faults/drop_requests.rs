//! `drop_requests`: the node throws away the requests that it receives, as if they had never come. It executes nothing
//! and observes nothing, so it is missing in the agreement too.

use super::effect::{Answer, Effect};
use super::{Behaviour, Definition};

pub(super) const FAULT: Definition = Definition {
    draw_key: 17,
    phrase: "drop requests",
    behaviour: |_| Behaviour::Deaf,
    effect: |_, _| Effect::Answers(Answer::Absence),
    ..Definition::of_capability("drop_requests", "Throws away the requests that it receives.")
};
