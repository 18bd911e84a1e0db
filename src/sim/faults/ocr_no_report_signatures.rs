//! `ocr_no_report_signatures`: a node takes part in the agreement, and then signs nothing.

use super::{Action, Definition, acts_on_messages};
use crate::sim::rounds::OcrBody;

pub(super) const FAULT: Definition = Definition {
    draw_key: 47,
    phrase: "sign no reports",
    behaviour: |_| {
        acts_on_messages(|it| match &it.message.body {
            OcrBody::ReportSignatures { .. } => Action::Instead(Vec::new()),
            _ => Action::Honest,
        })
    },
    ..Definition::in_rounds("ocr_no_report_signatures", "No signatures over reports.")
};
