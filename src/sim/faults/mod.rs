//! The registry of faults, one attacker per file.
//!
//! To add a fault: 1. write `faults/x.rs` with a `FAULT`: its [`Definition`], with name, draw key, meaning, phrase,
//! parameters, [`Behaviour`], and its law or why it has none; 2. add its line to the list below;
//! 3. give it a place in a scenario of `scenarios/ci` or `scenarios/weaknesses`. The schema, `donsim faults`, the pictures
//! and the closed forms read the list.
//!
//! A capability node's fault is asked about every answer that its node is about to send, or about every OCR3 message, a
//! workflow node's about every request. It is [`Action::Honest`] where it does what an honest node would, and otherwise says what leaves instead.

mod attestations;
mod behaviour;
mod calls;
pub(crate) mod effect;
mod lies;
mod noise;
mod parameters;

use super::outgoing::{OutgoingAnswer, OutgoingRequest, When};

pub(super) use behaviour::{Action, AnswerContext, Behaviour, MessageContext, RequestContext, distorted};
use behaviour::{acts_on_answers, acts_on_messages, acts_on_requests};
use effect::{Bearer, Effect};
pub(crate) use parameters::Values;
pub use parameters::{Parameter, ParameterKind, Value};

/// A kind of fault: everything that the rest of donsim knows of it.
///
/// ```
/// use donsim::sim::{Answers, Definition, FAULTS, FaultKind, Parameter, ParameterKind, Side, Value};
///
/// let find = |name: &str| FAULTS.iter().find(|fault| fault.name == name).expect("a fault of this name");
/// let Definition { side, answers, parameters, .. } = find("duplicate_answers");
/// assert_eq!((side, answers), (&Side::Capability, &Answers::Several));
/// let [Parameter { name, kind, .. }] = parameters else { panic!("one parameter") };
/// assert!(*name == "copies" && matches!(kind, ParameterKind::Count { .. }));
/// let three = FaultKind::named("duplicate_answers", [Value::Count(3)]);
/// assert_ne!(three, FaultKind::named("duplicate_answers", [Value::Count(4)]));
/// ```
#[derive(Debug)]
pub struct Definition {
    /// Name, in a scenario `[[faults.<name>]]`.
    pub name: &'static str,
    /// DON whose nodes have it.
    pub side: Side,
    /// Whether its nodes are down as long as it lasts, towards everybody, instead of acting on single messages.
    pub is_outage: bool,
    /// Whether it acts on OCR3 messages, which there are only with `capability_don.ocr = "round"`.
    pub is_in_rounds: bool,
    /// Whether the authenticated links of the original rule it out: it shows what they are worth.
    pub breaks_links: bool,
    /// Answers of a node to a workflow node that may come of it.
    pub answers: Answers,
    /// Meaning in one line.
    pub meaning: &'static str,
    /// Phrase for what its nodes do, after "nodes".
    pub phrase: &'static str,
    /// Keys of its own in a scenario's table.
    pub parameters: &'static [Parameter],
    /// Key of its draws; part of every result: add, never renumber.
    pub(super) draw_key: u32,
    /// Its behaviour.
    pub(super) behaviour: fn(&Values) -> Behaviour,
    /// What it does to the exact law of a cell.
    pub(super) effect: fn(&Values, Bearer) -> Effect,
}

/// One of the two DONs.
///
/// ```
/// use donsim::sim::{FAULTS, Side};
///
/// for fault in FAULTS {
///     assert_eq!(fault.side == Side::Workflow, fault.name.starts_with("caller_"), "{}", fault.name);
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The callers.
    Workflow,
    /// The callees.
    Capability,
}

/// Answers that a node sends a workflow node about a request.
///
/// ```
/// use donsim::sim::{Answers, FAULTS};
///
/// let several = FAULTS.iter().filter(|fault| fault.answers == Answers::Several).map(|fault| fault.name);
/// assert!(several.eq(["caller_flood", "caller_repeats", "duplicate_answers"]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// One or none.
    OneAtMost,
    /// Maybe several.
    Several,
}

impl Definition {
    /// A fault of capability nodes; the rest of its definition is its file's.
    const fn of_capability(name: &'static str, meaning: &'static str) -> Self {
        Self {
            name,
            side: Side::Capability,
            is_outage: false,
            is_in_rounds: false,
            breaks_links: false,
            answers: Answers::OneAtMost,
            meaning,
            phrase: "",
            parameters: &[],
            draw_key: 0,
            behaviour: |_| Behaviour::Honest,
            effect: |_, _| Effect::Unknown(""),
        }
    }

    /// A fault of workflow nodes.
    const fn of_workflow(name: &'static str, meaning: &'static str) -> Self {
        Self { side: Side::Workflow, ..Self::of_capability(name, meaning) }
    }

    /// A fault of capability nodes towards each other, in OCR3 rounds.
    const fn in_rounds(name: &'static str, meaning: &'static str) -> Self {
        Self {
            is_in_rounds: true,
            effect: |_, _| Effect::Unknown("OCR3 rounds have no law"),
            ..Self::of_capability(name, meaning)
        }
    }

    /// A fault for which capability nodes are down.
    const fn outage(name: &'static str, meaning: &'static str) -> Self {
        Self { is_outage: true, ..Self::of_capability(name, meaning) }
    }
}

macro_rules! faults {
    ($($name:ident,)+) => {
        $(mod $name;)+

        /// Every kind of fault, in the order of their names.
        ///
        /// ```
        /// use donsim::sim::FAULTS;
        ///
        /// let crash = FAULTS.iter().find(|fault| fault.name == "crash").expect("a fault of this name");
        /// assert!(crash.is_outage && crash.parameters.is_empty() && FAULTS.is_sorted_by_key(|fault| fault.name));
        /// ```
        pub static FAULTS: &[&Definition] = &[$(&$name::FAULT),+];
    };
}

faults! {
    at_deadline,
    caller_flood,
    caller_other_request,
    caller_repeats,
    caller_silent,
    caller_slow,
    caller_stops,
    colluding_signers,
    crash,
    decimal_without_coefficient,
    delay_to_deadline,
    doubled_metering,
    drop_requests,
    duplicate_answers,
    duplicate_signer,
    equivocation,
    error_spam,
    false_announcement,
    false_pna,
    forged_signature,
    hidden_pna,
    high_s_signature,
    impersonation,
    missing_metering,
    missing_payload,
    ocr_bad_report_signatures,
    ocr_equivocating_observer,
    ocr_false_observation,
    ocr_no_report_signatures,
    ocr_omitted_observations,
    ocr_omitted_requests,
    ocr_silent_leader,
    oversized,
    random_signature,
    replayed_attestation,
    replayed_sequence,
    signer_out_of_range,
    silent,
    slow,
    stale_config_digest,
    stolen_attestation,
    surplus_signature,
    tampered_fields,
    tampered_metering,
    too_few_signatures,
    truncated_response,
    truncated_signature,
    undecodable,
    wrong_payload,
    wrong_v_signature,
    zero_r_signature,
    zero_s_signature,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::sim::FaultKind;
    use crate::sim::oracle_tests::worlds;

    #[test]
    fn every_fault_is_told_apart_and_explained() {
        let sorted = FAULTS.windows(2).all(|pair| pair[0].name < pair[1].name);
        let keys: BTreeSet<u32> = FAULTS.iter().map(|fault| fault.draw_key).collect();
        let phrases: BTreeSet<&str> = FAULTS.iter().map(|fault| fault.phrase).collect();
        assert!(sorted && keys.len() == FAULTS.len() && !keys.contains(&0) && phrases.len() == FAULTS.len());
        for fault in FAULTS {
            assert!(fault.meaning.ends_with('.') && !fault.phrase.is_empty(), "{}", fault.name);
            for parameter in fault.parameters {
                assert!(parameter.meaning.ends_with('.'), "{} {}", fault.name, parameter.name);
            }
        }
    }

    /// Every fault is in the worlds that the oracle is tested with, reads its parameters, and has a law or a reason for none.
    #[test]
    fn every_fault_has_a_world_and_a_law_or_a_reason() {
        let tried: Vec<FaultKind> = worlds::catalogue();
        let names: BTreeSet<&str> = tried.iter().map(FaultKind::name).collect();
        assert_eq!(names, FAULTS.iter().map(|fault| fault.name).collect());
        for kind in tried {
            let _ = kind.behaviour();
            for holds in [true, false] {
                if let Effect::Unknown(reason) = kind.effect(Bearer { holds, accomplices: 1, required: 2 }) {
                    assert!(!reason.is_empty(), "{}", kind.name());
                }
            }
        }
    }
}
