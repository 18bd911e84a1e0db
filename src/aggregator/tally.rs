//! What was counted so far.

use std::collections::{BTreeMap, BTreeSet};

use crate::wire::{MeteringRecord, PeerId, Response};

use super::{Basis, Config, Opened, Success};

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
    /// Signers of whom a valid signature was heard, by the digest that they have signed.
    pub(super) signers: BTreeMap<[u8; 32], BTreeSet<u32>>,
}

/// Equal responses.
#[derive(Clone, Debug, Default)]
struct Group {
    senders: Vec<PeerId>,
    /// Records and whose they are: names are printed once they are needed.
    metering: Vec<(PeerId, MeteringRecord)>,
}

impl Tally {
    /// Counts a response for its id and returns how often that id has come by now.
    pub(super) fn count_response(&mut self, sender: PeerId, opened: &Opened) -> usize {
        let group = self.groups.entry(opened.id).or_default();
        group.senders.push(sender);
        group.metering.extend(only_record(&opened.response).map(|record| (sender, record.clone())));
        group.senders.len()
    }

    /// Counts an error's text and returns how often that text has come by now.
    pub(super) fn count_error(&mut self, text: &str) -> usize {
        self.total_errors += 1;
        let count = self.errors.entry(text.to_owned()).or_default();
        *count += 1;
        *count
    }

    /// Senders of a response, and the metering record of each that has exactly one.
    pub(super) fn group(&self, opened: &Opened) -> (Vec<PeerId>, impl Iterator<Item = &MeteringRecord>) {
        let group = self.groups.get(&opened.id);
        let senders = group.map(|group| group.senders.clone()).unwrap_or_default();
        (senders, group.into_iter().flat_map(|group| &group.metering).map(|(_, record)| record))
    }

    /// How many distinct responses were counted, and how often the best came.
    pub(super) fn standing(&self) -> (usize, usize) {
        (self.groups.len(), self.groups.values().map(|group| group.senders.len()).max().unwrap_or(0))
    }

    /// Success with a response and all metering that was collected for its id.
    pub(super) fn success(&self, config: &Config, sender: PeerId, opened: &Opened, basis: Basis) -> Success {
        let group = self.groups.get(&opened.id).cloned().unwrap_or_default();
        let support = match basis {
            Basis::Attestation => vec![sender],
            Basis::Quorum => group.senders,
        };
        let records = group.metering.into_iter();
        let metering: Vec<_> = records.map(|(sender, record)| in_name_of(config, sender, record)).collect();
        Success { response: opened.response.rope_with(&metering), basis, support }
    }
}

/// Success with a response and its sender's own metering record.
pub(super) fn success_alone(config: &Config, sender: PeerId, opened: &Opened) -> Success {
    let metering = only_record(&opened.response).map(|record| in_name_of(config, sender, record.clone()));
    let response = opened.response.rope_with(metering.as_slice());
    Success { response, basis: Basis::Attestation, support: vec![sender] }
}

/// Metering record of a response, if there is exactly one.
pub(super) fn only_record(response: &Response) -> Option<&MeteringRecord> {
    match &response.metering[..] {
        [record] => Some(record),
        _ => None,
    }
}

fn in_name_of(config: &Config, sender: PeerId, record: MeteringRecord) -> MeteringRecord {
    MeteringRecord { peer_2_peer_id: config.name(sender), ..record }
}
