//! `silent`: the node takes part in everything and never answers.

use super::effect::{Answer, Effect};
use super::{Action, Definition, acts_on_answers};

pub(super) const FAULT: Definition = Definition {
    draw_key: 4,
    phrase: "fall silent",
    behaviour: |_| acts_on_answers(|_, _| Action::Instead(Vec::new())),
    effect: |_, _| Effect::Answers(Answer::Silence),
    ..Definition::of_capability("silent", "Takes part in everything and never answers.")
};
