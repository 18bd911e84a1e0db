//! `caller_repeats`: the workflow node sends its request several times at once. All but the first are dropped without
//! an answer: what they cost is bandwidth.

use super::{Action, Behaviour, OutgoingRequest, RequestContext};

pub(super) struct CallerRepeats {
    pub(super) copies: u32,
}

impl Behaviour for CallerRepeats {
    fn on_ask(&self, ask: &RequestContext<'_>) -> Action<OutgoingRequest> {
        Action::Instead(vec![ask.outgoing.clone(); self.copies as usize])
    }
}
