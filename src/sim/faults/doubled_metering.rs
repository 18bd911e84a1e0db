//! `doubled_metering`: the right payload under the genuine attestation, with the metering record twice where exactly
//! one is due.

use super::{Action, Definition, acts_on_answers};
use crate::sim::message::Reply;

pub(super) const FAULT: Definition = Definition {
    draw_key: 16,
    phrase: "double the metering record",
    behaviour: |_| {
        acts_on_answers(|answer, _| {
            let Some(mut response) = answer.response().cloned() else { return Action::Honest };
            response.metering.extend_from_within(..);
            answer.instead(Reply::response(response))
        })
    },
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("doubled_metering", "The right response with its metering record twice.")
};
