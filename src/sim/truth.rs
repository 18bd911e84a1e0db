//! The right response to a request, as honest nodes produce it, and what accepted bytes are beside it.

use prost::bytes::Bytes;

use crate::wire::{MeteringRecord, Response, Rope, equal_bytes};

use super::outcome::Outcome;
use super::setup::Setup;

/// Type of the right payload.
pub(super) const REPLY_TYPE: &str = "type.googleapis.com/capabilities.blockchain.evm.v1alpha.CallContractReply";

/// Response of honest nodes to a request.
#[derive(Clone, Debug)]
pub(super) struct Truth {
    pub(super) payload: Bytes,
    pub(super) type_url: &'static str,
    pub(super) spend_unit: &'static str,
    pub(super) spend_value: &'static str,
    /// So many confirmations make a quorum of equal responses.
    pub(super) required: usize,
    /// `N`.
    pub(super) nodes: u32,
}

/// `R`: `F + 1`, or `min_responses` where that is set.
pub(super) fn required(setup: &Setup) -> usize {
    match setup.aggregator.min_responses {
        0 => setup.capability_don.f as usize + 1,
        more => more as usize,
    }
}

/// Part of an accepted response that its caller sees: two that differ in this are a disagreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen(Rope);

impl Truth {
    /// Judges accepted bytes, of a node that takes from an attested response what is signed alone, or all of it.
    pub(super) fn judge(&self, accepted: &Rope, takes_signed_only: bool) -> (Outcome, Seen) {
        let Ok(response) = Response::decode(accepted.clone()) else {
            return (Outcome::AcceptedWrong, Seen(accepted.clone()));
        };
        let outcome = if !self.is_right(&response) {
            Outcome::AcceptedWrong
        } else if self.is_tainted(&response, takes_signed_only) {
            Outcome::AcceptedTainted
        } else {
            Outcome::Accepted
        };
        let seen = Response { metering: Vec::new(), capdon_n: 0, attestation: None, ..response };
        (outcome, Seen(seen.rope()))
    }

    /// Whether a response is what honest nodes produced, as far as the caller wants it.
    pub(super) fn is_right(&self, response: &Response) -> bool {
        let payload = response.payload.as_ref();
        payload.is_some_and(|payload| equal_bytes(&payload.value, &self.payload) && payload.type_url == self.type_url)
            && response.value.entries.is_empty()
    }

    /// Whether a response may lead to the right one: it is right, or its attestation may prove the right payload where
    /// nothing else is taken from it.
    pub(super) fn may_be_right(&self, response: &Response, takes_signed_only: bool) -> bool {
        let signed = takes_signed_only && response.attestation.is_some();
        self.is_right(response)
            || (signed && response.payload.as_ref().is_some_and(|it| equal_bytes(&it.value, &self.payload)))
    }

    /// In a counted quorum every record is its sender's word about itself, which is no taint; alone, a record stands
    /// for the cost of the call. An aggregator never passes a sender's `capdon_n` on: it knows `N`, or leaves it out.
    fn is_tainted(&self, response: &Response, takes_signed_only: bool) -> bool {
        let capdon_n = if takes_signed_only { self.nodes } else { 0 };
        let by_quorum = response.metering.len() >= self.required.max(2);
        let honest = |record: &MeteringRecord| {
            record.spend_unit == self.spend_unit
                && record.spend_value == self.spend_value
                && record.spend_value_in_gas_units.is_empty()
        };
        response.capdon_n != capdon_n || !(by_quorum || response.metering.iter().all(honest))
    }
}

/// The metering record of an honest node, by its printed peer id.
pub(super) fn honest_record(truth: &Truth, peer: String) -> MeteringRecord {
    MeteringRecord {
        peer_2_peer_id: peer,
        spend_unit: truth.spend_unit.to_owned(),
        spend_value: truth.spend_value.to_owned(),
        spend_value_in_gas_units: String::new(),
    }
}
