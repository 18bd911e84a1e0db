//! `tampered_metering`: the right payload under the genuine attestation, with another cost. The attestation covers
//! unit and value of the metering record, but not its gas.

use super::effect::Effect;
use super::{Action, Definition, Parameter, ParameterKind, acts_on_answers};
use crate::sim::message::Reply;

/// More than any honest node reports.
const EXORBITANT: &str = "1000000";

/// Parts of the metering record that can be changed.
const FIELDS: &[&str] = &[GAS, "value"];
const GAS: &str = "gas";

pub(super) const FAULT: Definition = Definition {
    draw_key: 35,
    phrase: "tamper with metering",
    parameters: &[Parameter::new(
        "field",
        ParameterKind::Word(FIELDS),
        "\"gas\"",
        "What is changed: gas, which the signatures do not cover, or value, which they do.",
    )],
    behaviour: |values| {
        let field: &'static str = values.get(0);
        acts_on_answers(move |answer, _| {
            let Some(mut response) = answer.response().cloned() else { return Action::Honest };
            for record in &mut response.metering {
                let part = match field {
                    GAS => &mut record.spend_value_in_gas_units,
                    _ => &mut record.spend_value,
                };
                EXORBITANT.clone_into(part);
            }
            answer.instead(Reply::response(response))
        })
    },
    effect: |_, _| Effect::Unknown("whether a response is tainted depends on who answers first"),
    ..Definition::of_capability("tampered_metering", "The right payload and attestation, with another cost.")
};
