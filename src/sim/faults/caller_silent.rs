//! `caller_silent`: the workflow node never asks, so that one requester fewer is there to start an execution.

use super::effect::Effect;
use super::{Action, Behaviour, Definition, OutgoingRequest, RequestContext};

pub(super) const FAULT: Definition = Definition {
    draw_key: 11,
    phrase: "never ask",
    behaviour: |_| Box::new(CallerSilent),
    effect: |_, _| Effect::NeverAsks,
    ..Definition::of_workflow("caller_silent", "Never asks.")
};

pub(super) struct CallerSilent;

impl Behaviour for CallerSilent {
    fn on_ask(&self, _: &RequestContext<'_>) -> Action<OutgoingRequest> {
        Action::Instead(Vec::new())
    }
}
