//! The happenings of a replicate: one line each for people, one object each for programs.

mod links;
mod rounds;

pub use links::{LinkBytes, link_bytes};

use serde_json::{Value, json};

use crate::aggregator::{Basis, Decision, Rejection, Verdict};
use crate::engine::Time;
use crate::network::{Barrier, Node};
use crate::sim::{AnswerClass, Bytes, Happening, Message, What};

/// A happening in one line: milliseconds with six decimals, the request, who, to whom, and what. `None` for a happening
/// that says nothing beside the next one.
#[must_use]
pub fn happening_line(happening: &Happening) -> Option<String> {
    let name = |node: Option<Node>| node.map_or_else(|| "-".to_owned(), |node| node.to_string());
    let what = words(&happening.what)?;
    let time = millis(happening.time.as_nanos());
    let request = happening.request.map_or_else(|| "OCR3".to_owned(), |request| format!("request {request}"));
    let (node, peer) = (name(happening.node), name(happening.peer));
    Some(format!("{time:>13} ms  {request:<9}  {node:<13} {peer:<13} {what}"))
}

pub(super) fn words(what: &What) -> Option<String> {
    Some(match what {
        What::Started { deadline } => format!("starts, gives up at {} ms", millis(deadline.as_nanos())),
        What::Sent { message, bytes, arrivals, barrier } => {
            format!("{}, {} bytes, {}", message.describe(), bytes.total(), way(*arrivals, *barrier))
        }
        // What becomes of it comes next.
        What::Delivered { .. } | What::Crashed | What::Dropped { right: false } => return None,
        What::Refused { message } => format!("{}, dropped: too many of this sender", message.describe()),
        What::Down { .. } => "is down or was since".to_owned(),
        What::FaultActed { name, .. } => format!("fault {name} acts"),
        What::Missed => "does not take the request".to_owned(),
        What::Asked { requesters, needed } => format!("request {requesters} of {needed} that it needs"),
        What::Repeated => "drops a second request".to_owned(),
        What::Executing { takes } => format!("executes for {} ms", millis(takes.as_nanos())),
        What::Observed { holds: true } => "observes, holds the payload".to_owned(),
        What::Observed { holds: false } => "observes, does not hold the payload".to_owned(),
        What::Agreeing { takes } => format!("quorum of observations, OCR takes {} ms", millis(takes.as_nanos())),
        What::NothingAgreed => "quorum of observations, nothing to agree on".to_owned(),
        What::Reported => "the attested report is there".to_owned(),
        What::Ocr(what) => rounds::words(what)?,
        What::Answering { right, .. } => match right {
            0 => return None,
            1 => "has a right answer".to_owned(),
            more => format!("has {more} right answers"),
        },
        What::Dropped { right: true } => "drops a right answer".to_owned(),
        What::Judged { message, verdict } => format!("{}: {}", message.describe(), verdict_words(message, verdict)),
        What::Unread { dead, .. } => {
            format!("is {}, does not look at it", if *dead { "dead" } else { "decided" })
        }
        What::Decided { decision } => decision_words(decision),
        What::Unreachable { cause } => format!("oracle: unreachable, {cause}"),
    })
}

fn way(arrivals: [Option<Time>; 2], barrier: Option<Barrier>) -> String {
    let at = |time: Time| format!("{} ms", millis(time.as_nanos()));
    match (arrivals, barrier) {
        ([Some(time), None], _) => format!("arrives at {}", at(time)),
        ([Some(first), Some(second)], _) => format!("arrives twice, at {} and {}", at(first), at(second)),
        ([None, _], barrier) => lost_words(barrier),
    }
}

/// Why a message never arrives.
pub(super) fn lost_words(barrier: Option<Barrier>) -> String {
    match barrier {
        Some(Barrier::Partition(number)) => format!("stopped by partition {number}"),
        Some(Barrier::Cut(number)) => format!("stopped by cut {number}"),
        Some(Barrier::TooLarge) => "too large for the transport".to_owned(),
        None => "lost on the way".to_owned(),
    }
}

pub(super) fn verdict_words(message: &Message, verdict: &Verdict) -> String {
    match verdict {
        Verdict::Taken => "taken".to_owned(),
        Verdict::Anomaly => "taken, and so many have no payload now that an honest one may be missing".to_owned(),
        Verdict::Ignored => "ignored, decided before".to_owned(),
        // The aggregator knows peer ids, who reads this knows numbers.
        Verdict::Rejected(Rejection::AlreadyHeard(_)) => match borrowed_name(message) {
            Some(name) => format!("rejected: {name}, in whose name it comes, has already answered"),
            None => "rejected: its sender has already answered".to_owned(),
        },
        Verdict::Rejected(rejection) => format!("rejected: {rejection}"),
        Verdict::Crash(crash) => format!("crashes the node: {crash}"),
        Verdict::Decided => "decides".to_owned(),
    }
}

/// Capability node in whose name another sends an answer.
pub(super) fn borrowed_name(message: &Message) -> Option<Node> {
    let name = Node::Capability(message.claimed);
    (matches!(message.from, Node::Capability(_)) && message.from != name).then_some(name)
}

fn decision_words(decision: &Decision) -> String {
    match decision {
        Decision::Success(success) => {
            let basis = match success.basis {
                Basis::Attestation => "a valid attestation".to_owned(),
                Basis::Quorum => format!("{} identical responses", success.support.len()),
            };
            format!("success on {basis}, {} bytes", success.response.len())
        }
        Decision::Failure(text) => format!("failure, {text}"),
        Decision::Expired => "deadline: request expired".to_owned(),
    }
}

/// Nanoseconds as milliseconds with all their digits.
fn millis(nanos: u64) -> String {
    format!("{}.{:06}", nanos / 1_000_000, nanos % 1_000_000)
}

/// A happening as an object, schema `donsim.replay/1` (explained in docs/replay.md): `time_ns`, `request`, `node`,
/// `peer`, `what`, and what belongs to that kind of happening.
#[must_use]
pub fn happening_object(happening: &Happening) -> Value {
    let name = |node: Option<Node>| node.map(|node| node.to_string());
    let (what, mut object) = kind(&happening.what);
    object["time_ns"] = json!(happening.time.as_nanos());
    object["request"] = json!(happening.request);
    object["node"] = json!(name(happening.node));
    object["peer"] = json!(name(happening.peer));
    object["what"] = json!(what);
    object
}

/// Name of a kind of happening, and an object of what belongs to it alone.
fn kind(what: &What) -> (&'static str, Value) {
    match what {
        What::Started { deadline } => ("started", json!({ "deadline_ns": deadline.as_nanos() })),
        What::Sent { message, bytes, arrivals, barrier } => {
            let mut object = message_object(message);
            object["bytes"] = bytes_object(bytes);
            way_object(&mut object, *arrivals, *barrier);
            ("sent", object)
        }
        What::Delivered { message } => ("delivered", message_object(message)),
        What::Refused { message } => ("refused", message_object(message)),
        What::Down { fault } => ("down", json!({ "fault": fault })),
        What::FaultActed { fault, name } => ("fault_acted", json!({ "fault": fault, "kind": name })),
        What::Missed => ("missed", json!({})),
        What::Asked { requesters, needed } => ("asked", json!({ "requesters": requesters, "needed": needed })),
        What::Repeated => ("repeated", json!({})),
        What::Executing { takes } => ("executing", json!({ "takes_ns": takes.as_nanos() })),
        What::Observed { holds } => ("observed", json!({ "holds": holds })),
        What::Agreeing { takes } => ("agreeing", json!({ "takes_ns": takes.as_nanos() })),
        What::NothingAgreed => ("nothing_agreed", json!({})),
        What::Reported => ("reported", json!({})),
        What::Ocr(what) => rounds::object(what),
        What::Answering { right, faulty } => ("answering", json!({ "right": right, "faulty": faulty })),
        What::Dropped { right } => ("dropped", json!({ "right": right })),
        What::Judged { message, verdict } => {
            let mut object = message_object(message);
            let (name, reason) = verdict_names(verdict);
            object["verdict"] = json!(name);
            object["reason"] = json!(reason);
            ("judged", object)
        }
        What::Unread { message, dead } => {
            let mut object = message_object(message);
            object["dead"] = json!(dead);
            ("unread", object)
        }
        What::Decided { decision } => ("decided", decision_object(decision)),
        What::Crashed => ("crashed", json!({})),
        What::Unreachable { cause } => ("unreachable", json!({ "cause": cause.to_string() })),
    }
}

fn way_object(object: &mut Value, arrivals: [Option<Time>; 2], barrier: Option<Barrier>) {
    object["arrivals_ns"] = arrivals.iter().flatten().map(|time| time.as_nanos()).collect();
    object["stopped_by"] = match barrier {
        None => Value::Null,
        Some(Barrier::Partition(number)) => json!(format!("network.partitions.{number}")),
        Some(Barrier::Cut(number)) => json!(format!("network.cuts.{number}")),
        Some(Barrier::TooLarge) => json!("network.limits.max_message"),
    };
}

fn message_object(message: &Message) -> Value {
    let class = match (message.from, &message.class) {
        (Node::Workflow(_), _) => "request",
        (_, AnswerClass::Genuine) => "genuine",
        (_, AnswerClass::Right { .. }) => "right",
        (_, AnswerClass::Error(_)) => "error",
        (_, AnswerClass::Other) => "other",
    };
    json!({ "message": message.describe(), "class": class, "size": message.len() })
}

fn bytes_object(bytes: &Bytes) -> Value {
    links::causes(bytes).into_iter().chain([("total", bytes.total())]).collect()
}

fn verdict_names(verdict: &Verdict) -> (&'static str, Option<String>) {
    match verdict {
        Verdict::Taken => ("taken", None),
        Verdict::Anomaly => ("anomaly", None),
        Verdict::Decided => ("decided", None),
        Verdict::Ignored => ("ignored", None),
        Verdict::Rejected(rejection) => ("rejected", Some(rejection.to_string())),
        Verdict::Crash(crash) => ("crash", Some(crash.to_string())),
    }
}

fn decision_object(decision: &Decision) -> Value {
    match decision {
        Decision::Success(success) => {
            let basis = match success.basis {
                Basis::Attestation => "attestation",
                Basis::Quorum => "quorum",
            };
            json!({ "decision": "success", "basis": basis, "support": success.support.len(), "size": success.response.len() })
        }
        Decision::Failure(text) => json!({ "decision": "failure", "error": text }),
        Decision::Expired => json!({ "decision": "expired" }),
    }
}
