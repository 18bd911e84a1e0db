//! `tampered_metering`: the right payload under the genuine attestation, with another cost. The attestation covers
//! unit and value of the metering record, but not its gas.

use super::{Action, AnswerContext, Behaviour, OutgoingAnswer};
use crate::sim::fault::MeteringField;
use crate::sim::message::Reply;
use crate::sim::replicate_cache::ReplicateCache;

/// More than any honest node reports.
const EXORBITANT: &str = "1000000";

pub(super) struct TamperedMetering {
    pub(super) field: MeteringField,
}

impl Behaviour for TamperedMetering {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        let Some(mut response) = answer.response().cloned() else { return Action::Honest };
        for record in &mut response.metering {
            let part = match self.field {
                MeteringField::Gas => &mut record.spend_value_in_gas_units,
                MeteringField::Value => &mut record.spend_value,
            };
            EXORBITANT.clone_into(part);
        }
        answer.instead(Reply::response(response))
    }
}
