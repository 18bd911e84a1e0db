//! `caller_silent`: the workflow node never asks, so that one requester fewer is there to start an execution.

use super::effect::Effect;
use super::{Action, Definition, acts_on_requests};

pub(super) const FAULT: Definition = Definition {
    draw_key: 11,
    phrase: "never ask",
    behaviour: |_| acts_on_requests(|_| Action::Instead(Vec::new())),
    effect: |_, _| Effect::NeverAsks,
    ..Definition::of_workflow("caller_silent", "Never asks.")
};
