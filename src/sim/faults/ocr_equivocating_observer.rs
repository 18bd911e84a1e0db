//! `ocr_equivocating_observer`: another value in every round, so that no two leaders hear the same.

use std::rc::Rc;

use super::{Action, Behaviour, Definition, MessageContext};
use crate::sim::rounds::{OcrBody, OcrMessage, Value};

pub(super) const FAULT: Definition = Definition {
    draw_key: 45,
    phrase: "observe another value in every round",
    behaviour: |_| Box::new(EquivocatingObserver),
    ..Definition::in_rounds("ocr_equivocating_observer", "Observations of another value in every round.")
};

pub(super) struct EquivocatingObserver;

impl Behaviour for EquivocatingObserver {
    fn on_message(&self, it: &MessageContext<'_>) -> Action<Rc<OcrMessage>> {
        match &it.message.body {
            OcrBody::Observation(observation) => {
                it.observing(observation, Value::Own { node: it.node, number: it.message.seq_nr as u32 })
            }
            _ => Action::Honest,
        }
    }
}
