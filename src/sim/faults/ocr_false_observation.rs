//! `ocr_false_observation`: a value that no honest node observes; each its own, or all the same.

use super::{Action, Definition, Parameter, ParameterKind, acts_on_messages};
use crate::sim::rounds::{OcrBody, Value};

pub(super) const FAULT: Definition = Definition {
    draw_key: 46,
    phrase: "observe false values",
    parameters: &[Parameter::new("collude", ParameterKind::Flag, "false", "Whether all observe the same false value.")],
    behaviour: |values| {
        let collude: bool = values.get(0);
        acts_on_messages(move |it| {
            let value = if collude { Value::Colluding } else { Value::Own { node: it.node, number: 0 } };
            match &it.message.body {
                OcrBody::Observation(observation) => it.observing(observation, value),
                _ => Action::Honest,
            }
        })
    },
    ..Definition::in_rounds("ocr_false_observation", "Observations of a value that is not there; F + 1 honest ones of one value are enough for the DON.")
};
