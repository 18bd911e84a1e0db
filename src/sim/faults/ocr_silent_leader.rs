//! `ocr_silent_leader`: a leader that says nothing, and is voted out.

use super::{Action, Definition, acts_on_messages};
use crate::sim::rounds::OcrBody;

pub(super) const FAULT: Definition = Definition {
    draw_key: 50,
    phrase: "do not lead",
    behaviour: |_| {
        acts_on_messages(|it| match &it.message.body {
            OcrBody::EpochStart(_) | OcrBody::RoundStart(_) | OcrBody::Proposal(_) => Action::Instead(Vec::new()),
            _ => Action::Honest,
        })
    },
    ..Definition::in_rounds("ocr_silent_leader", "As leader, no epoch start, no round start and no proposal.")
};
