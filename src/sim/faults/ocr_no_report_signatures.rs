//! `ocr_no_report_signatures`: a node takes part in the agreement, and then signs nothing.

use std::rc::Rc;

use super::{Action, Behaviour, Definition, MessageContext};
use crate::sim::rounds::{OcrBody, OcrMessage};

pub(super) const FAULT: Definition = Definition {
    draw_key: 47,
    phrase: "sign no reports",
    behaviour: |_| Box::new(NoReportSignatures),
    ..Definition::in_rounds("ocr_no_report_signatures", "No signatures over reports.")
};

pub(super) struct NoReportSignatures;

impl Behaviour for NoReportSignatures {
    fn on_message(&self, it: &MessageContext<'_>) -> Action<Rc<OcrMessage>> {
        match &it.message.body {
            OcrBody::ReportSignatures { .. } => Action::Instead(Vec::new()),
            _ => Action::Honest,
        }
    }
}
