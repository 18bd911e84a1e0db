//! `ocr_omitted_requests`: a leader that asks for nothing.

use std::rc::Rc;

use super::{Action, Behaviour, Definition, MessageContext};
use crate::sim::rounds::{OcrBody, OcrMessage};

pub(super) const FAULT: Definition = Definition {
    draw_key: 49,
    phrase: "leave requests out of queries",
    behaviour: |_| Box::new(OmittedRequests),
    ..Definition::in_rounds("ocr_omitted_requests", "As leader, round starts without a request.")
};

pub(super) struct OmittedRequests;

impl Behaviour for OmittedRequests {
    fn on_message(&self, it: &MessageContext<'_>) -> Action<Rc<OcrMessage>> {
        match &it.message.body {
            OcrBody::RoundStart(query) if !query.is_empty() => it.instead(OcrBody::RoundStart(Rc::new([]))),
            _ => Action::Honest,
        }
    }
}
