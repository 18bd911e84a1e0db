//! `ocr_false_observation`: a value that no honest node observes; each its own, or all the same.

use std::rc::Rc;

use super::{Action, Behaviour, Definition, MessageContext, Parameter, ParameterKind};
use crate::sim::rounds::{OcrBody, OcrMessage, Value};

pub(super) const FAULT: Definition = Definition {
    draw_key: 46,
    phrase: "observe false values",
    parameters: &[Parameter::new("collude", ParameterKind::Flag, "false", "Whether all observe the same false value.")],
    behaviour: |values| Box::new(FalseObservation { collude: values.get(0) }),
    ..Definition::in_rounds("ocr_false_observation", "Observations of a value that is not there.")
};

pub(super) struct FalseObservation {
    collude: bool,
}

impl Behaviour for FalseObservation {
    fn on_message(&self, it: &MessageContext<'_>) -> Action<Rc<OcrMessage>> {
        let value = if self.collude { Value::Colluding } else { Value::Own { node: it.node, number: 0 } };
        match &it.message.body {
            OcrBody::Observation(observation) => it.observing(observation, value),
            _ => Action::Honest,
        }
    }
}
