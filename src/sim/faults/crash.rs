//! `crash`: the node is down for the window, forgets what it was doing, and recovers.

use super::Definition;
use super::effect::{Answer, Effect};

pub(super) const FAULT: Definition = Definition {
    draw_key: 1,
    phrase: "crash",
    effect: |_, _| Effect::Answers(Answer::Absence),
    ..Definition::outage("crash", "Down: receives, executes and sends nothing, forgets everything, and recovers.")
};
