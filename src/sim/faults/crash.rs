//! `crash`: the node is down for the window, forgets what it was doing, and recovers.

use super::effect::{Answer, Effect};
use super::{Behaviour, Definition};

pub(super) const FAULT: Definition = Definition {
    draw_key: 1,
    phrase: "crash",
    behaviour: |_| Box::new(Crash),
    effect: |_, _| Effect::Answers(Answer::Absence),
    ..Definition::outage("crash", "Down: receives, executes and sends nothing, forgets everything, and recovers.")
};

pub(super) struct Crash;

impl Behaviour for Crash {}
