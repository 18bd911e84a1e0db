//! `caller_other_request`: the workflow node asks for something else under the id of the request, each such node for
//! something of its own. It does not count among the requesters of the genuine one.

use super::{Ask, Behaviour, Deed, Demand, calls};

pub(super) struct CallerOtherRequest;

impl Behaviour for CallerOtherRequest {
    fn on_ask(&self, ask: &Ask<'_>) -> Deed<Demand> {
        let bytes = calls::other(ask, 0);
        Deed::Instead(vec![Demand { bytes, ..ask.demand.clone() }])
    }
}
