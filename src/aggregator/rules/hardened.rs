//! `hardened`: donsim's own. At most `F` Byzantine nodes can neither make it accept, nor make it fail, nor crash it, nor
//! cost it more than `F + 1` signature checks each.
//!
//! One principle: *what the caller sees, an honest node vouches for*. Of any `F + 1` nodes one is honest, so two things
//! vouch: `F + 1` equal messages, for what is equal in them, and signatures of `F + 1` signers, for what they cover. One
//! message alone vouches for nothing.
//!
//! - **Success by signers.** A report is proven once `R` of its signers are known; a signer is known once a valid signature
//!   of it was heard, in whatever message. From the message that completes the proof it takes what the report covers: the
//!   payload's value, and unit and value of the metering record. Type of the payload and `capdon_n` come from the
//!   configuration, everything else stays empty.
//! - **Success by equality.** `R` equal responses: value map and payload as all have them. Metering is no part of what is
//!   equal: unit and value stand if `F + 1` of the senders report them, otherwise no record does.
//! - Either way the attestation is left out, whose signers any sender may choose, and names no sender. So the response
//!   does not depend on who was heard first: where honest nodes send one response of one type, callers get the same bytes,
//!   with or without the metering record.
//! - **Failure.** `R` equal errors, code and text alike, for an honest node vouches for them; not payload-not-available,
//!   which an honest node says where another one has the payload. Or success became unreachable: nobody is unheard who could
//!   complete a proof, and too few are for `R` equal responses. The text of that is its own.
//! - **No crash.** What does not decode is refused, a Decimal without coefficient too. An attestation without payload
//!   proves nothing; the response around it is one without payload, which counts like any other.
//!
//! A valid attestation that is heard decides at once, and so do `R` equal responses, whatever came before: only `R` equal
//! errors, of which one is honest, end the request earlier.
//!
//! **Cost.** A message is looked at signer by signer: known signers, repeated ones and those out of range cost nothing, and
//! nothing is checked where the others could not complete the proof. The first bad signature ends it, and so does the
//! `R`-th known signer. Each check but the last makes a signer known, and fewer than `R` were, so a message costs
//! at most `R = F + 1` checks, a request at most `N (F + 1)`, and what `F` Byzantine nodes can waste is at most `F (F + 1)`. That takes
//! `F` nodes that sign another lie in every message; forged signatures over one report cost `F + 1` checks once, and then
//! one each.
//!
//! With `min_responses` above `F + 1` attestations prove nothing, and `R` is that.

use std::collections::{BTreeMap, BTreeSet};

use super::{Attestation, Definition, Round, Rules, Step, Unavailable, is_unavailable};
use crate::aggregator::evidence::{self, Attested};
use crate::aggregator::{Answer, Basis, Config, Opened, Rejection, Success};
use crate::attestation::Claim;
use crate::wire::{Any, AttributedSignature, DecodeError, MeteringRecord, OcrAttestation, PeerId, Response};

pub(super) struct Hardened;

impl Rules for Hardened {
    fn definition(&self) -> Definition {
        Definition {
            name: "hardened",
            meaning: "As `attested`, but an honest node vouches for every field that is accepted and every error that fails, and nothing crashes.",
            attestation: Attestation::Signers,
            unavailable: Unavailable::Nothing,
            gives_up_early: false,
            errors_add_up: false,
        }
    }

    /// Signers first: they vouch for more than equality does.
    fn on_response(&self, round: &mut Round<'_>, sender: PeerId, opened: &Opened) -> Step {
        let equal = round.tally.count_response(sender, opened);
        let response = &opened.response;
        if let Some(Attested { attestation, payload: Some(payload), metering: Some(metering) }) = Attested::of(response)
            && is_proven(round, attestation, payload, metering)
        {
            let payload = Any::new(round.config.type_url(), payload.clone());
            let vouched = Response { payload: Some(payload), ..Response::default() };
            return succeed(round.config, vouched, Some(metering), Basis::Attestation, vec![sender]);
        }
        if equal < round.required() {
            return unless_hopeless(round, Step::Taken);
        }
        let (senders, metering) = round.tally.group(opened);
        let metering = shared(metering, round.config.fault_bound());
        succeed(round.config, response.clone(), metering, Basis::Quorum, senders)
    }

    fn on_error(&self, round: &mut Round<'_>, error: &Answer) -> Step {
        if is_unavailable(error) {
            let step = round.count_unavailable();
            return unless_hopeless(round, step);
        }
        let seen = format!("{} : {}", error.code, error.text);
        if round.tally.count_error(&seen) == round.required() {
            return Step::Fail(seen);
        }
        unless_hopeless(round, Step::Taken)
    }

    fn on_undecodable(&self, round: &Round<'_>, error: DecodeError) -> Step {
        unless_hopeless(round, Step::Reject(Rejection::Undecodable(error)))
    }
}

/// Whether `R` signers of the report are known, those of this attestation included.
fn is_proven(round: &mut Round<'_>, attestation: &OcrAttestation, payload: &[u8], metering: &MeteringRecord) -> bool {
    let (config, required) = (round.config, round.required());
    if !config.attestation_suffices() {
        return false;
    }
    let digest = evidence::digest(round.ids, attestation, payload, metering, round.work);
    let known = round.tally.signers.entry(digest).or_default();
    let mut named = BTreeSet::new();
    let mut unknown = Vec::new();
    for AttributedSignature { signer, signature } in &attestation.signatures {
        let address = usize::try_from(*signer).ok().and_then(|index| config.signers().get(index));
        if let Some(address) = address.filter(|_| !known.contains(signer) && named.insert(*signer)) {
            unknown.push((*signer, Claim { signature, address }));
        }
    }
    let missing = required.saturating_sub(known.len());
    if unknown.len() < missing {
        return false;
    }
    unknown.truncate(missing);
    let (signers, claims): (Vec<u32>, Vec<Claim<'_>>) = unknown.into_iter().unzip();
    let unsigned = round.work.first_unsigned(&digest, &claims);
    round.tally.signatures_checked += unsigned.map_or(missing, |at| at + 1) as u64;
    known.extend(&signers[..unsigned.unwrap_or(missing)]);
    unsigned.is_none()
}

/// Unit and value that more than `F` of the records report.
fn shared<'a>(records: impl Iterator<Item = &'a MeteringRecord>, f: usize) -> Option<&'a MeteringRecord> {
    let mut counts = BTreeMap::new();
    for record in records {
        let (count, _) = counts.entry((&record.spend_unit, &record.spend_value)).or_insert((0, record));
        *count += 1;
    }
    counts.into_values().find(|(count, _)| *count > f).map(|(_, record)| record)
}

/// Success with value map and payload of `vouched`, and unit and value of `metering`.
fn succeed(
    config: &Config,
    vouched: Response,
    metering: Option<&MeteringRecord>,
    basis: Basis,
    support: Vec<PeerId>,
) -> Step {
    let record = |MeteringRecord { spend_unit, spend_value, .. }: &MeteringRecord| MeteringRecord {
        spend_unit: spend_unit.clone(),
        spend_value: spend_value.clone(),
        ..MeteringRecord::default()
    };
    let capdon_n = u32::try_from(config.expected()).unwrap_or(u32::MAX);
    let metering = metering.map(record).into_iter().collect();
    let response = Response { metering, capdon_n, attestation: None, ..vouched }.rope();
    Step::Succeed(Success { response, basis, support })
}

/// The step, unless nobody is left who could make the request succeed: one unheard peer by an attestation, or all of them
/// by equal responses.
fn unless_hopeless(round: &Round<'_>, step: Step) -> Step {
    let (config, required) = (round.config, round.required());
    let (expected, pending) = (config.expected(), config.expected() - round.heard);
    let attestable = config.attestation_suffices() && config.signers().len() >= required;
    let (distinct, best) = round.tally.standing();
    if (attestable && pending > 0) || best + pending >= required {
        return step;
    }
    let (errors, unavailable) = (round.tally.total_errors, round.tally.unavailable);
    Step::Fail(format!(
        "no unheard peer can complete the request: {heard} of {expected} peers heard, {distinct} distinct responses, \
         {best} of {required} equal, {errors} errors, {unavailable} without payload",
        heard = round.heard,
    ))
}
