//! `missing_metering`: the right payload under the genuine attestation, without the metering record that belongs to
//! what was signed.

use super::{Action, Definition, acts_on_answers};
use crate::sim::message::Reply;
use crate::wire::Response;

pub(super) const FAULT: Definition = Definition {
    draw_key: 25,
    phrase: "leave out the metering record",
    behaviour: |_| {
        acts_on_answers(|answer, _| {
            let Some(response) = answer.response().cloned() else { return Action::Honest };
            answer.instead(Reply::response(Response { metering: Vec::new(), ..response }))
        })
    },
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("missing_metering", "The right response without its metering record.")
};
