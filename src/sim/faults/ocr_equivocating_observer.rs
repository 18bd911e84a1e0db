//! `ocr_equivocating_observer`: another value in every round, so that no two leaders hear the same.

use super::{Action, Definition, acts_on_messages};
use crate::sim::rounds::{OcrBody, Value};

pub(super) const FAULT: Definition = Definition {
    draw_key: 45,
    phrase: "observe another value in every round",
    behaviour: |_| {
        acts_on_messages(|it| match &it.message.body {
            OcrBody::Observation(observation) => {
                it.observing(observation, Value::Own { node: it.node, number: it.message.seq_nr as u32 })
            }
            _ => Action::Honest,
        })
    },
    ..Definition::in_rounds("ocr_equivocating_observer", "Observations of another value in every round; F + 1 honest ones of one value are enough for the DON.")
};
