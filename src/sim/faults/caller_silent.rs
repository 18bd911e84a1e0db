//! `caller_silent`: the workflow node never asks, so that one requester fewer is there to start an execution.

use super::{Ask, Behaviour, Deed, Demand};

pub(super) struct CallerSilent;

impl Behaviour for CallerSilent {
    fn on_ask(&self, _: &Ask<'_>) -> Deed<Demand> {
        Deed::Instead(Vec::new())
    }
}
