//! What `hardened` may and must do, by the facts of the messages that were heard: of `F + 1` peers, and of `F + 1`
//! signers, one is honest, so what so many say is vouched for.

use std::collections::{BTreeMap, BTreeSet};

use donsim::aggregator::{Answer, Decision, Success, Work};
use donsim::attestation::KeyPair;
use donsim::wire::{Any, ErrorCode, PAYLOAD_NOT_AVAILABLE, Response, ValueMap};

use crate::world::{Don, TYPE_URL, digest};

/// Facts of a message.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    response: Option<Said>,
    /// Code and text of an error other than payload-not-available.
    error: Option<String>,
}

/// A response.
#[derive(Clone, Debug)]
struct Said {
    id: [u8; 32],
    value: ValueMap,
    payload: Option<Any>,
    /// Unit and value of its only metering record.
    spent: Option<(String, String)>,
    signed: Option<Signed>,
}

/// A report with the signers that have signed it.
#[derive(Clone, Debug)]
struct Signed {
    digest: [u8; 32],
    good: BTreeSet<u32>,
    /// Whether every signature is good and by another signer, and there are enough.
    is_valid: bool,
}

impl Facts {
    pub fn of(don: Don, keys: &[KeyPair], answer: &Answer, work: &mut dyn Work) -> Self {
        if answer.code != ErrorCode::OK {
            let is_error = !answer.text.contains(PAYLOAD_NOT_AVAILABLE);
            let error = is_error.then(|| format!("{} : {}", answer.code, answer.text));
            return Self { error, ..Self::default() };
        }
        let Ok(response) = Response::decode(answer.payload.clone()) else { return Self::default() };
        let spent = match &response.metering[..] {
            [record] => Some((record.spend_unit.clone(), record.spend_value.clone())),
            _ => None,
        };
        let (id, signed) = (response.id(), signed(don, keys, &response, work));
        let Response { value, payload, .. } = response;
        Self { response: Some(Said { id, value, payload, spent, signed }), error: None }
    }
}

fn signed(don: Don, keys: &[KeyPair], response: &Response, work: &mut dyn Work) -> Option<Signed> {
    let (Some(attestation), Some(payload), [record]) =
        (&response.attestation, &response.payload, &response.metering[..])
    else {
        return None;
    };
    let digest = digest(&payload.value, record, attestation);
    let mut good = BTreeSet::new();
    for it in &attestation.signatures {
        let key = keys[..don.nodes].get(it.signer as usize);
        if key.is_some_and(|key| work.is_signed_by(&digest, &it.signature, &key.address().0)) {
            good.insert(it.signer);
        }
    }
    let is_valid = good.len() == attestation.signatures.len() && good.len() > don.f;
    Some(Signed { digest, good, is_valid })
}

/// How often each of these comes.
fn most<T: Ord>(items: impl Iterator<Item = T>) -> usize {
    let mut counts = BTreeMap::new();
    items.for_each(|item| *counts.entry(item).or_insert(0) += 1);
    counts.into_values().max().unwrap_or(0)
}

fn responses<'a>(heard: &'a [&Facts]) -> impl Iterator<Item = &'a Said> {
    heard.iter().filter_map(|facts| facts.response.as_ref())
}

/// Checks the decision after these messages, one from each of so many peers, the last of which was heard undecided.
pub fn check(don: Don, heard: &[&Facts], decision: Option<&Decision>) -> Result<(), String> {
    let valid = responses(heard).any(|said| said.signed.as_ref().is_some_and(|signed| signed.is_valid));
    let equal = most(responses(heard).map(|said| said.id));
    let errors = most(heard.iter().filter_map(|facts| facts.error.as_ref()));
    let must_succeed = (don.attests() && valid) || equal >= don.required;
    let pending = don.nodes - heard.len();
    let is_hopeless = if don.attests() { pending == 0 } else { equal + pending < don.required };
    match decision {
        Some(Decision::Success(success)) => check_vouched(don, heard, success),
        _ if must_succeed => Err(format!("it had to succeed: {decision:?}")),
        Some(Decision::Failure(text)) => {
            let equal = heard.iter().filter(|facts| facts.error.as_ref() == Some(text)).count();
            let own = is_hopeless && text.starts_with("no unheard peer can complete the request");
            if equal >= don.required || own { Ok(()) } else { Err(format!("it failed for no reason: {text}")) }
        }
        Some(Decision::Expired) => Err("nobody told it to expire".into()),
        None if errors >= don.required => Err("equal errors had to end it".into()),
        None if is_hopeless => Err("nobody can complete it, and it waits".into()),
        None => Ok(()),
    }
}

/// Every field that the caller sees is vouched for, all by signers or all by equal responses.
fn check_vouched(don: Don, heard: &[&Facts], success: &Success) -> Result<(), String> {
    let accepted = Response::decode(success.response.clone()).map_err(|error| error.to_string())?;
    let spent = match &accepted.metering[..] {
        [] => None,
        [record] if record.peer_2_peer_id.is_empty() && record.spend_value_in_gas_units.is_empty() => {
            Some((record.spend_unit.clone(), record.spend_value.clone()))
        }
        records => return Err(format!("nobody vouches for {records:?}")),
    };
    if accepted.rope() != success.response || accepted.attestation.is_some() || accepted.capdon_n != don.nodes as u32 {
        return Err(format!("nobody vouches for all of {accepted:?}"));
    }
    let by_signers = don.attests()
        && accepted.value == ValueMap::default()
        && accepted.payload == Some(Any::new(TYPE_URL, accepted.payload_value().to_vec().into()))
        && responses(heard).any(|said| {
            let value = said.payload.as_ref().map(|payload| &payload.value[..]);
            let is_it = value == Some(accepted.payload_value()) && said.spent.is_some() && said.spent == spent;
            is_it && said.signed.as_ref().is_some_and(|signed| signers(heard, &signed.digest).len() > don.f)
        });
    let like = || responses(heard).filter(|said| (&said.value, &said.payload) == (&accepted.value, &accepted.payload));
    let vouches_for_cost = spent.is_none() || like().filter(|said| said.spent == spent).count() > don.f;
    if by_signers || (like().count() >= don.required && vouches_for_cost) {
        Ok(())
    } else {
        Err(format!("nobody vouches for {accepted:?}"))
    }
}

/// Signers of a report, over all messages.
fn signers(heard: &[&Facts], digest: &[u8; 32]) -> BTreeSet<u32> {
    let signed = responses(heard).filter_map(|said| said.signed.as_ref());
    signed.filter(|signed| signed.digest == *digest).flat_map(|signed| &signed.good).copied().collect()
}
