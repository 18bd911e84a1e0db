//! `caller_other_request`: the workflow node asks for something else under the id of the request, each such node for
//! something of its own. It does not count among the requesters of the genuine one.

use super::{Action, Behaviour, OutgoingRequest, RequestContext, calls};

pub(super) struct CallerOtherRequest;

impl Behaviour for CallerOtherRequest {
    fn on_ask(&self, ask: &RequestContext<'_>) -> Action<OutgoingRequest> {
        let bytes = calls::other(ask, 0);
        Action::Instead(vec![OutgoingRequest { bytes, ..ask.outgoing.clone() }])
    }
}
