//! The decoders: of responses, and of the envelope around them.

use donsim::wire::{
    DecodeError, Envelope, ErrorCode, Kind, MessageBody, MessageHeader, Response, Rope, Value, ValueMap,
};
use prost::bytes::Bytes;

use crate::dice::Dice;
use crate::protobuf;
use crate::seeds;
use crate::target::{Behaviours, Target, magnitude, promise};

/// Reads the input as an envelope, a body and a response.
pub struct Decoder;

impl Target for Decoder {
    fn name(&self) -> &'static str {
        "decoder"
    }

    fn seeds(&self) -> Vec<Vec<u8>> {
        let mut seeds = seeds::responses();
        let payload = seeds.iter().max_by_key(|seed| seed.len()).cloned().unwrap_or_default();
        let header = MessageHeader {
            version: 1,
            sender: vec![1; 32].into(),
            receiver: vec![2; 32].into(),
            timestamp: 1_700_000_000_000,
            message_id: "Execute:wf:ref".into(),
            capability_id: "evm@1.0.0".into(),
            method: "Execute".into(),
            error: ErrorCode::TIMEOUT.0,
            error_msg: "late".into(),
            capability_don_id: 1,
            caller_don_id: 2,
            capability_method: "CallContract".into(),
        };
        let body = MessageBody { header, payload: payload.into() }.encode();
        seeds.push(Envelope { signature: vec![7; 64].into(), body: body.clone() }.encode().to_bytes().into());
        seeds.push(body.to_bytes().into());
        seeds
    }

    fn mutate(&self, dice: &mut Dice, input: &mut Vec<u8>, other: &[u8]) {
        protobuf::mutate(dice, input, other);
    }

    fn run(&mut self, input: &[u8], seen: &mut Behaviours) -> Result<(), String> {
        let bytes = Bytes::copy_from_slice(input);
        response(&bytes, seen)?;
        if let Ok(body) = body(&bytes.clone().into(), seen)? {
            response(&body.payload.to_bytes(), seen)?;
        }
        if let Ok(message) = envelope(&bytes, seen)? {
            let _ = body(&message.body, seen)?;
        }
        Ok(())
    }
}

/// What decodes, encodes to bytes that decode to the same and encode to themselves, under the same id.
pub fn response(bytes: &Bytes, seen: &mut Behaviours) -> Result<(), String> {
    let response = match Response::decode(bytes.clone()) {
        Ok(response) => response,
        Err(error) => {
            seen.note_kind("no response", &error.to_string());
            return Ok(());
        }
    };
    let encoded = response.encode();
    let again = Response::decode(encoded.clone()).map_err(|error| format!("its encoding does not decode: {error}"))?;
    // Not every response equals itself: a NaN does not.
    promise(format!("{again:?}") == format!("{response:?}"), || "its encoding means something else".into())?;
    promise(again.encode() == encoded, || "its encoding encodes to something else".into())?;
    promise(again.id() == response.id(), || "its encoding has another id".into())?;
    let slice = |part: &[u8]| part.is_empty() || bytes.as_ptr_range().contains(&part.as_ptr());
    promise(slice(response.payload_value()), || "the payload was copied".into())?;
    let anonymous = Response { metering: Vec::new(), capdon_n: 0, attestation: None, ..response.clone() };
    promise(anonymous.id() == response.id(), || "metadata or attestation change the id".into())?;
    note_shape(&response, seen);
    seen.note(("canonical", encoded == *bytes));
    Ok(())
}

fn note_shape(response: &Response, seen: &mut Behaviours) {
    seen.note(("metering", response.metering.len().min(4), response.capdon_n > 0));
    seen.note(("attestation", response.attestation.as_ref().map(|proof| magnitude(proof.signatures.len()))));
    if let Some(payload) = &response.payload {
        seen.note((
            "payload",
            payload.type_url.is_empty(),
            magnitude(payload.value.len()),
            payload.unknown.len().min(6),
        ));
        payload.unknown.iter().for_each(|field| seen.note(("unknown", field.first().map(|key| key & 7))));
    }
    note_map(&response.value, 0, seen);
}

fn note_map(map: &ValueMap, depth: u32, seen: &mut Behaviours) {
    seen.note(("map", depth, magnitude(map.entries.len())));
    map.entries.iter().for_each(|entry| note_value(&entry.0.value.0, depth + 1, seen));
}

fn note_value(value: &Value, depth: u32, seen: &mut Behaviours) {
    let (kind, detail) = match &value.kind {
        None => ("none", 0),
        Some(Kind::String(text)) => ("string", magnitude(text.len()).into()),
        Some(Kind::Bool(flag)) => ("bool", i64::from(*flag)),
        Some(Kind::Bytes(bytes)) => ("bytes", magnitude(bytes.len()).into()),
        Some(Kind::Map(map)) => {
            note_map(&map.0, depth + 1, seen);
            ("map", 0)
        }
        Some(Kind::List(list)) => {
            list.0.fields.iter().for_each(|item| note_value(&item.0, depth + 1, seen));
            ("list", magnitude(list.0.fields.len()).into())
        }
        Some(Kind::Decimal(decimal)) => ("decimal", decimal.0.exponent.signum().into()),
        Some(Kind::Int64(number)) => ("int64", number.signum()),
        Some(Kind::BigInt(number)) => ("bigint", number.0.sign),
        Some(Kind::Timestamp(time)) => ("timestamp", time.0.seconds.signum()),
        Some(Kind::Double(number)) => ("double", number.classify() as i64),
        Some(Kind::Uint64(number)) => ("uint64", (64 - number.leading_zeros()).into()),
    };
    seen.note((kind, detail, depth.min(12)));
}

fn body(bytes: &Rope, seen: &mut Behaviours) -> Result<Result<MessageBody, DecodeError>, String> {
    let body = MessageBody::decode(bytes.clone());
    match &body {
        Err(error) => seen.note_kind("no body", &error.to_string()),
        Ok(body) => {
            let again = MessageBody::decode(body.encode());
            promise(again.as_ref() == Ok(body), || format!("its encoding means something else: {again:?}"))?;
            seen.note(("body", body.header.error.signum(), body.header.version > 0, magnitude(body.payload.len())));
        }
    }
    Ok(body)
}

fn envelope(bytes: &Bytes, seen: &mut Behaviours) -> Result<Result<Envelope, DecodeError>, String> {
    let message = Envelope::decode(bytes.clone());
    match &message {
        Err(error) => seen.note_kind("no envelope", &error.to_string()),
        Ok(message) => {
            let again = Envelope::decode(message.encode());
            promise(again.as_ref() == Ok(message), || format!("its encoding means something else: {again:?}"))?;
            seen.note(("envelope", magnitude(message.signature.len()), magnitude(message.body.len())));
        }
    }
    Ok(message)
}
