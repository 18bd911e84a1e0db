//! `ocr_bad_report_signatures`: one bad signature voids all that a node signs in a round.

use std::rc::Rc;

use super::{Action, Behaviour, Definition, MessageContext};
use crate::sim::rounds::{OcrBody, OcrMessage};

pub(super) const FAULT: Definition = Definition {
    draw_key: 44,
    phrase: "sign reports badly",
    behaviour: |_| Box::new(BadReportSignatures),
    ..Definition::in_rounds("ocr_bad_report_signatures", "Signatures over reports that are not valid.")
};

pub(super) struct BadReportSignatures;

impl Behaviour for BadReportSignatures {
    fn on_message(&self, it: &MessageContext<'_>) -> Action<Rc<OcrMessage>> {
        match &it.message.body {
            OcrBody::ReportSignatures { over, .. } => {
                it.instead(OcrBody::ReportSignatures { over: Rc::clone(over), genuine: false })
            }
            _ => Action::Honest,
        }
    }
}
