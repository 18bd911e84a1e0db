//! What was counted so far.

use std::collections::BTreeMap;

use crate::wire::{MeteringRecord, PeerId, Response};

use super::{Basis, Opened, Success};

/// The counters of a client request.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    groups: BTreeMap<[u8; 32], Group>,
    errors: BTreeMap<String, usize>,
    /// Errors of any text that count.
    pub(super) total_errors: usize,
    /// Payload-not-available answers.
    pub(super) unavailable: usize,
    /// Signatures that were checked.
    pub(super) signatures_checked: u64,
}

/// Equal responses.
#[derive(Clone, Debug, Default)]
struct Group {
    senders: Vec<PeerId>,
    metering: Vec<MeteringRecord>,
}

impl Tally {
    /// Counts a response for its id and returns how often that id has come by now.
    pub(super) fn count_response(&mut self, sender: PeerId, opened: &Opened) -> usize {
        let group = self.groups.entry(opened.id).or_default();
        group.senders.push(sender);
        group.metering.extend(own_record(sender, &opened.response));
        group.senders.len()
    }

    /// Counts an error's text and returns how often that text has come by now.
    pub(super) fn count_error(&mut self, text: &str) -> usize {
        self.total_errors += 1;
        let count = self.errors.entry(text.to_owned()).or_default();
        *count += 1;
        *count
    }

    /// How many distinct responses were counted, and how often the best came.
    pub(super) fn standing(&self) -> (usize, usize) {
        (self.groups.len(), self.groups.values().map(|group| group.senders.len()).max().unwrap_or(0))
    }

    /// Success with a response and all metering that was collected for its id.
    pub(super) fn success(&self, sender: PeerId, opened: &Opened, basis: Basis) -> Success {
        let group = self.groups.get(&opened.id).cloned().unwrap_or_default();
        let support = match basis {
            Basis::Attestation => vec![sender],
            Basis::Quorum => group.senders,
        };
        Success { response: with_metering(&opened.response, group.metering), basis, support }
    }
}

/// Success with a response and its sender's own metering record.
pub(super) fn success_alone(sender: PeerId, opened: &Opened) -> Success {
    let metering = own_record(sender, &opened.response).into_iter().collect();
    let response = with_metering(&opened.response, metering);
    Success { response, basis: Basis::Attestation, support: vec![sender] }
}

/// The one metering record of a response in its sender's name.
fn own_record(sender: PeerId, response: &Response) -> Option<MeteringRecord> {
    match &response.metering[..] {
        [record] => Some(MeteringRecord { peer_2_peer_id: sender.to_string(), ..record.clone() }),
        _ => None,
    }
}

fn with_metering(response: &Response, metering: Vec<MeteringRecord>) -> prost::bytes::Bytes {
    Response { metering, capdon_n: 0, ..response.clone() }.encode()
}
