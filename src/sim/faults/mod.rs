//! What faulty capability nodes do, one attacker per file.
//!
//! A fault is asked about every answer that its node is about to send and has four words to say: [`Deed`]. To add one,
//! write a file with a type that is [`Behaviour`], a variant of [`FaultKind`] and its arm in [`behaviour`].

mod crash;
mod error_spam;
mod forged_signature;
mod silent;
mod slow;
mod wrong_payload;

use crate::engine::{Draws, Span};

use super::mail::Reply;
use super::setup::FaultKind;
use super::workshop::Workshop;

/// What a faulty node does about an answer.
pub(super) enum Deed {
    /// What an honest node would do; the fault does not act.
    Nothing,
    /// It sends something else.
    Instead(Reply),
    /// It sends the answer so much later.
    Late(Span),
    /// It sends nothing.
    Withhold,
}

/// A way to be faulty.
pub(super) trait Behaviour {
    /// What becomes of an answer.
    fn on_answer(&self, answer: &Answer<'_>, workshop: &mut Workshop) -> Deed;

    /// Whether the node is down while the fault is active: it receives, executes and sends nothing, and forgets.
    fn is_outage(&self) -> bool {
        false
    }
}

/// An answer that is about to leave a faulty node.
pub(super) struct Answer<'a> {
    pub(super) reply: &'a Reply,
    pub(super) draws: &'a Draws,
    pub(super) request: u32,
    /// The capability node.
    pub(super) node: u32,
    /// The workflow node.
    pub(super) requester: u32,
    /// Ids of the request.
    pub(super) ids: &'a crate::aggregator::RequestIds,
    /// What the node would answer if it were an honest holder, without attestation.
    pub(super) honest: &'a crate::wire::Response,
}

/// The behaviour of a kind of fault.
pub(super) fn behaviour(kind: &FaultKind) -> Box<dyn Behaviour> {
    match kind {
        FaultKind::Crash => Box::new(crash::Crash),
        FaultKind::ErrorSpam { text, distinct } => {
            Box::new(error_spam::ErrorSpam { text: text.clone(), distinct: *distinct })
        }
        FaultKind::ForgedSignature => Box::new(forged_signature::ForgedSignature),
        FaultKind::Silent => Box::new(silent::Silent),
        FaultKind::Slow { delay } => Box::new(slow::Slow { delay: delay.clone() }),
        FaultKind::WrongPayload { collude } => Box::new(wrong_payload::WrongPayload { collude: *collude }),
    }
}
