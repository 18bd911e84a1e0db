//! `caller_silent`: the workflow node never asks, so that one requester fewer is there to start an execution.

use super::{Action, Behaviour, OutgoingRequest, RequestContext};

pub(super) struct CallerSilent;

impl Behaviour for CallerSilent {
    fn on_ask(&self, _: &RequestContext<'_>) -> Action<OutgoingRequest> {
        Action::Instead(Vec::new())
    }
}
