//! Decoding and encoding of responses.

use donsim::wire::Response;
use serde::Deserialize;

use crate::vectors::{Hex, Report, each, same};

#[derive(Deserialize)]
struct ResponseLine {
    case: String,
    bytes: Hex,
    #[serde(flatten)]
    expected: Expected,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Expected {
    Crash {
        crash: bool,
    },
    Error {
        #[serde(rename = "error")]
        _text: String,
    },
    Decoded {
        response_id: Hex,
        reencoded: Hex,
        metering_records: usize,
        has_attestation: bool,
        has_payload: bool,
        payload_value: Option<Hex>,
    },
}

/// What donsim or the original made of some bytes.
#[derive(Debug, PartialEq)]
enum Outcome {
    Crash,
    Error,
    Decoded {
        response_id: Hex,
        reencoded: Hex,
        metering_records: usize,
        has_attestation: bool,
        payload_value: Option<Hex>,
    },
}

pub fn compare(lines: &[String]) -> Result<Report, String> {
    each(lines, |line: &ResponseLine| same(&line.case, &ours(&line.bytes), &theirs(&line.expected)?))
}

fn theirs(expected: &Expected) -> Result<Outcome, String> {
    match expected {
        Expected::Crash { crash: true } => Ok(Outcome::Crash),
        Expected::Crash { crash: false } => Err("`crash` is false".into()),
        Expected::Error { .. } => Ok(Outcome::Error),
        Expected::Decoded { has_payload, payload_value, .. } if *has_payload != payload_value.is_some() => {
            Err("`has_payload` and `payload_value` contradict each other".into())
        }
        Expected::Decoded { response_id, reencoded, metering_records, has_attestation, payload_value, .. } => {
            Ok(Outcome::Decoded {
                response_id: response_id.clone(),
                reencoded: reencoded.clone(),
                metering_records: *metering_records,
                has_attestation: *has_attestation,
                payload_value: payload_value.clone(),
            })
        }
    }
}

fn ours(bytes: &Hex) -> Outcome {
    match Response::decode(bytes.0.clone()) {
        Ok(response) => Outcome::Decoded {
            response_id: Hex(response.id().to_vec()),
            reencoded: Hex(response.encode().to_vec()),
            metering_records: response.metering.len(),
            has_attestation: response.attestation.is_some(),
            payload_value: response.payload.map(|payload| Hex(payload.value.to_vec())),
        },
        Err(error) if error.crashes_original() => Outcome::Crash,
        Err(_) => Outcome::Error,
    }
}
