//! Happenings of OCR3 rounds.

use serde_json::{Value, json};

use crate::sim::rounds::Value as Observed;
use crate::sim::{OcrBody, OcrHappening, OcrMessage};

use super::{way, way_object};

/// A happening in words; `None` for one that says nothing beside the next one.
pub(super) fn words(what: &OcrHappening) -> Option<String> {
    Some(match what {
        OcrHappening::RoundStarted { epoch, seq_nr, requests } => {
            format!("leads epoch {epoch}, starts round {seq_nr} about requests {requests:?}")
        }
        OcrHappening::Proposed { seq_nr, observations, .. } => {
            format!("proposes {observations} observations in round {seq_nr}")
        }
        OcrHappening::Committed { seq_nr, agreed, .. } => format!("commits round {seq_nr}, agreed: {agreed:?}"),
        OcrHappening::EpochWished { epoch } => format!("wishes for epoch {epoch}"),
        OcrHappening::EpochEntered { epoch, leader } => format!("enters epoch {epoch}, led by {leader}"),
        OcrHappening::EpochStarted { epoch } => format!("epoch {epoch} has started"),
        OcrHappening::Sent { message, bytes, arrivals, barrier } => {
            format!("{}, {bytes} bytes, {}", describe(message), way(*arrivals, *barrier))
        }
        OcrHappening::Refused { message } => format!("{}, dropped: too many of this sender", describe(message)),
        OcrHappening::Delivered { .. } => return None,
        OcrHappening::Captured { value } => format!("captures {}", value_words(*value)),
        OcrHappening::Attested { seq_nr, signers, holds } => {
            let payload = if *holds { "holds the payload" } else { "has no payload for it" };
            format!("has the report of round {seq_nr}, signed by {signers:?}, {payload}")
        }
        OcrHappening::AgreedOnError => "knows that all agree on an error of the RPC".to_owned(),
    })
}

fn describe(message: &OcrMessage) -> String {
    let name = message.body.name();
    match &message.body {
        OcrBody::NewEpochWish | OcrBody::EpochStartRequest(_) | OcrBody::EpochStart(_) => {
            format!("{name} {}", message.epoch)
        }
        _ => format!("{name} {}", message.seq_nr),
    }
}

fn value_words(value: Observed) -> String {
    match value {
        Observed::Response { version: 0 } => "the response".to_owned(),
        Observed::Response { version } => format!("the response after {version} changes of the chain"),
        Observed::Failure => "an error of the RPC".to_owned(),
        Observed::Own { .. } => "a response of its own".to_owned(),
        Observed::Colluding => "a false response".to_owned(),
    }
}

/// Name of a happening, and an object of what belongs to it alone.
pub(super) fn object(what: &OcrHappening) -> (&'static str, Value) {
    match what {
        OcrHappening::RoundStarted { epoch, seq_nr, requests } => {
            ("round_started", json!({ "epoch": epoch, "seq_nr": seq_nr, "requests": requests }))
        }
        OcrHappening::Proposed { epoch, seq_nr, observations } => {
            ("proposed", json!({ "epoch": epoch, "seq_nr": seq_nr, "observations": observations }))
        }
        OcrHappening::Committed { epoch, seq_nr, agreed } => {
            ("committed", json!({ "epoch": epoch, "seq_nr": seq_nr, "agreed": agreed }))
        }
        OcrHappening::EpochWished { epoch } => ("epoch_wished", json!({ "epoch": epoch })),
        OcrHappening::EpochEntered { epoch, leader } => {
            ("epoch_entered", json!({ "epoch": epoch, "leader": leader.to_string() }))
        }
        OcrHappening::EpochStarted { epoch } => ("epoch_started", json!({ "epoch": epoch })),
        OcrHappening::Sent { message, bytes, arrivals, barrier } => {
            let mut object = message_object(message);
            object["bytes"] = json!(bytes);
            way_object(&mut object, *arrivals, *barrier);
            ("ocr_sent", object)
        }
        OcrHappening::Refused { message } => ("ocr_refused", message_object(message)),
        OcrHappening::Delivered { message } => ("ocr_delivered", message_object(message)),
        OcrHappening::Captured { value } => ("captured", json!({ "value": value_words(*value) })),
        OcrHappening::Attested { seq_nr, signers, holds } => {
            ("attested", json!({ "seq_nr": seq_nr, "signers": signers, "holds": holds }))
        }
        OcrHappening::AgreedOnError => ("agreed_on_error", json!({})),
    }
}

fn message_object(message: &OcrMessage) -> Value {
    json!({
        "message": message.body.name(),
        "epoch": message.epoch,
        "seq_nr": message.seq_nr,
        "size": message.len(),
    })
}
