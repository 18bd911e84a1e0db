//! `ocr_omitted_observations`: a leader proposes as few observations as it may, its accomplices' first.

use std::rc::Rc;

use super::{Action, Definition, acts_on_messages};
use crate::sim::rounds::{OcrBody, Proposal};

pub(super) const FAULT: Definition = Definition {
    draw_key: 48,
    phrase: "leave observations out of proposals",
    behaviour: |_| {
        acts_on_messages(|it| {
            let OcrBody::Proposal(proposal) = &it.message.body else { return Action::Honest };
            let least = (it.don.nodes - it.don.f) as usize;
            let mut kept = proposal.observations.clone();
            kept.sort_by_key(|observation| !it.accomplices.contains(&observation.observer));
            kept.truncate(least);
            kept.sort_by_key(|observation| observation.observer);
            if kept.len() == proposal.observations.len() {
                return Action::Honest;
            }
            it.instead(OcrBody::Proposal(Rc::new(Proposal::new(proposal.seq_nr, kept))))
        })
    },
    ..Definition::in_rounds(
        "ocr_omitted_observations",
        "As leader, proposals of N - F observations, those of other faulty nodes first.",
    )
};
