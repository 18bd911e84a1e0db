//! `caller_flood`: after its request the workflow node goes on asking at a steady pace, each time for something else
//! under the same id. A capability node keeps every one of them as a request of its own, until it tells the flooder one
//! by one that they have expired.

use super::{Action, Behaviour, OutgoingRequest, RequestContext, calls};
use crate::engine::Span;

pub(super) struct CallerFlood {
    pub(super) copies: u32,
    pub(super) interval: Span,
}

impl Behaviour for CallerFlood {
    fn on_ask(&self, ask: &RequestContext<'_>) -> Action<OutgoingRequest> {
        let others = (1..self.copies).map(|number| OutgoingRequest {
            bytes: calls::other(ask, number),
            after: ask.outgoing.after + self.interval.times(u64::from(number)),
        });
        Action::Instead(std::iter::once(ask.outgoing.clone()).chain(others).collect())
    }
}
