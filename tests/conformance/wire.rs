//! Peer ids, schedules, requests and OCR3 messages.

use donsim::sim::schedule::permutation;
use donsim::wire::ocr::{
    AttributedSignedObservation, Body, NewEpochWish, Observation, OcrMessage, Proposal, ReportSignatures, RoundStart,
    SignedObservation, Vote,
};
use donsim::wire::{CallPayload, CapabilityRequest, PeerId, RequestMetadata};
use prost::Message;
use serde::Deserialize;

use crate::vectors::{Hex, Report, decimal, each, same};

#[derive(Deserialize)]
struct PeerIdLine {
    peer_id: Hex,
    text: String,
}

pub fn peer_id(lines: &[String]) -> Result<Report, String> {
    each(lines, |line: &PeerIdLine| same("text", &PeerId(line.peer_id.array()?).to_string(), &line.text))
}

#[derive(Deserialize)]
struct ScheduleLine {
    request_id: String,
    n: u32,
    permutation: Vec<u32>,
}

pub fn schedule(lines: &[String]) -> Result<Report, String> {
    each(lines, |line: &ScheduleLine| same("permutation", &permutation(&line.request_id, line.n), &line.permutation))
}

#[derive(Deserialize)]
struct RequestLine {
    bytes: Hex,
    capability_id: String,
    decoded_workflow_name: String,
    method: String,
    payload_type_url: String,
    payload_value: Hex,
    reference_id: String,
    workflow_don_config_version: u32,
    workflow_don_id: u32,
    workflow_execution_id: String,
    workflow_id: String,
    workflow_name: String,
    workflow_owner: String,
}

pub fn request(lines: &[String]) -> Result<Report, String> {
    each(lines, |line: &RequestLine| {
        let request = CapabilityRequest {
            metadata: Some(RequestMetadata {
                workflow_id: line.workflow_id.clone(),
                workflow_execution_id: line.workflow_execution_id.clone(),
                workflow_owner: line.workflow_owner.clone(),
                workflow_name: line.workflow_name.clone(),
                workflow_don_id: line.workflow_don_id,
                workflow_don_config_version: line.workflow_don_config_version,
                reference_id: line.reference_id.clone(),
                decoded_workflow_name: line.decoded_workflow_name.clone(),
                ..RequestMetadata::default()
            }),
            payload: Some(CallPayload {
                type_url: line.payload_type_url.clone(),
                value: line.payload_value.0.clone().into(),
            }),
            method: line.method.clone(),
            capability_id: line.capability_id.clone(),
            ..CapabilityRequest::default()
        };
        same("bytes", &Hex(request.encode_to_vec()), &line.bytes)
    })
}

#[derive(Deserialize)]
struct OcrLine {
    kind: String,
    bytes: Hex,
    #[serde(default)]
    epoch: String,
    #[serde(default)]
    sequence_number: String,
    #[serde(default)]
    query: Hex,
    #[serde(default)]
    observation: Hex,
    #[serde(default)]
    observations: Vec<OcrObservation>,
    #[serde(default)]
    signature: Hex,
    #[serde(default)]
    signatures: Vec<Hex>,
}

#[derive(Deserialize)]
struct OcrObservation {
    observation: Hex,
    observer: u32,
    signature: Hex,
}

pub fn ocr_message(lines: &[String]) -> Result<Report, String> {
    each(lines, |line: &OcrLine| {
        let message = OcrMessage { body: Some(ocr_body(line)?) };
        same(&line.kind, &Hex(message.encode_to_vec()), &line.bytes)
    })
}

fn ocr_body(line: &OcrLine) -> Result<Body, String> {
    let epoch = || decimal(&line.epoch);
    let seq_nr = || decimal(&line.sequence_number);
    let signature = || line.signature.0.clone().into();
    let vote = || Ok::<_, String>(Vote { epoch: epoch()?, seq_nr: seq_nr()?, signature: signature() });
    Ok(match line.kind.as_str() {
        "new_epoch_wish" => Body::NewEpochWish(NewEpochWish { epoch: epoch()? }),
        "round_start" => Body::RoundStart(RoundStart {
            epoch: epoch()?,
            seq_nr: seq_nr()?,
            query: line.query.0.clone().into(),
            signature31: signature(),
        }),
        "observation" => Body::Observation(Observation {
            epoch: epoch()?,
            seq_nr: seq_nr()?,
            signed_observation: Some(signed(&line.observation, &line.signature)),
        }),
        "proposal" => Body::Proposal(Proposal {
            epoch: epoch()?,
            seq_nr: seq_nr()?,
            attributed_signed_observations: line
                .observations
                .iter()
                .map(|observation| AttributedSignedObservation {
                    signed_observation: Some(signed(&observation.observation, &observation.signature)),
                    observer: observation.observer,
                })
                .collect(),
            signature31: signature(),
        }),
        "prepare" => Body::Prepare(vote()?),
        "commit" => Body::Commit(vote()?),
        "report_signatures" => Body::ReportSignatures(ReportSignatures {
            seq_nr: seq_nr()?,
            report_signatures: line.signatures.iter().map(|signature| signature.0.clone().into()).collect(),
        }),
        other => return Err(format!("unknown kind {other:?}")),
    })
}

fn signed(observation: &Hex, signature: &Hex) -> SignedObservation {
    SignedObservation { observation: observation.0.clone().into(), signature: signature.0.clone().into() }
}
