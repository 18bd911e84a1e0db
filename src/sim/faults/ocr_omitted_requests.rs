//! `ocr_omitted_requests`: a leader that asks for nothing.

use std::rc::Rc;

use super::{Action, Definition, acts_on_messages};
use crate::sim::rounds::OcrBody;

pub(super) const FAULT: Definition = Definition {
    draw_key: 49,
    phrase: "leave requests out of queries",
    behaviour: |_| {
        acts_on_messages(|it| match &it.message.body {
            OcrBody::RoundStart(query) if !query.is_empty() => it.instead(OcrBody::RoundStart(Rc::new([]))),
            _ => Action::Honest,
        })
    },
    ..Definition::in_rounds(
        "ocr_omitted_requests",
        "As leader, round starts without a request, until `ocr.r_max` ends its epoch.",
    )
};
