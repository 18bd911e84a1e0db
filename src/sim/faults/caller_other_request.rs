//! `caller_other_request`: the workflow node asks for something else under the id of the request, each such node for
//! something of its own. It does not count among the requesters of the genuine one.

use super::effect::Effect;
use super::{Action, Definition, OutgoingRequest, acts_on_requests, calls};

pub(super) const FAULT: Definition = Definition {
    draw_key: 9,
    phrase: "ask for something else",
    behaviour: |_| {
        acts_on_requests(|ask| {
            let bytes = calls::other(ask, 0);
            Action::Instead(vec![OutgoingRequest { bytes, ..ask.outgoing.clone() }])
        })
    },
    effect: |_, _| Effect::Unknown("requests of one id differ"),
    ..Definition::of_workflow("caller_other_request", "Asks for something else under the same request id.")
};
