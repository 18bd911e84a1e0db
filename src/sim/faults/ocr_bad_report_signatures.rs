//! `ocr_bad_report_signatures`: one bad signature voids all that a node signs in a round.

use std::rc::Rc;

use super::{Action, Definition, acts_on_messages};
use crate::sim::rounds::OcrBody;

pub(super) const FAULT: Definition = Definition {
    draw_key: 44,
    phrase: "sign reports badly",
    behaviour: |_| {
        acts_on_messages(|it| match &it.message.body {
            OcrBody::ReportSignatures { over, .. } => {
                it.instead(OcrBody::ReportSignatures { over: Rc::clone(over), genuine: false })
            }
            _ => Action::Honest,
        })
    },
    ..Definition::in_rounds("ocr_bad_report_signatures", "Signatures over reports that are not valid.")
};
