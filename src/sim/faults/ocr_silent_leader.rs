//! `ocr_silent_leader`: a leader that says nothing, and is voted out.

use std::rc::Rc;

use super::{Action, Behaviour, Definition, MessageContext};
use crate::sim::rounds::{OcrBody, OcrMessage};

pub(super) const FAULT: Definition = Definition {
    draw_key: 50,
    phrase: "do not lead",
    behaviour: |_| Box::new(SilentLeader),
    ..Definition::in_rounds("ocr_silent_leader", "As leader, no epoch start, no round start and no proposal.")
};

pub(super) struct SilentLeader;

impl Behaviour for SilentLeader {
    fn on_message(&self, it: &MessageContext<'_>) -> Action<Rc<OcrMessage>> {
        match &it.message.body {
            OcrBody::EpochStart(_) | OcrBody::RoundStart(_) | OcrBody::Proposal(_) => Action::Instead(Vec::new()),
            _ => Action::Honest,
        }
    }
}
