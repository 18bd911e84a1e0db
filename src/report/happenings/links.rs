//! Bytes of a replicate by link and cause.

use std::collections::BTreeMap;

use crate::network::{Barrier, Node};
use crate::sim::{Bytes, Happening, OcrBytes, OcrHappening, What};

/// Bytes that left one node's uplink for another node, by cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkBytes {
    /// Sender.
    pub from: Node,
    /// Receiver.
    pub to: Node,
    /// Requests, answers and words about who sends the payload. No payload is known to be needed yet: all of them are in
    /// `duplicate_payload`.
    pub bytes: Bytes,
    /// OCR3 messages.
    pub ocr: OcrBytes,
}

impl LinkBytes {
    /// All of them.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.bytes.total() + self.ocr.total()
    }

    /// Causes with their names, none of them zero.
    pub fn causes(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let Self { bytes, ocr, .. } = self;
        let of_ocr = [
            ("ocr_query", ocr.query),
            ("ocr_observation", ocr.observation),
            ("ocr_proposal", ocr.proposal),
            ("ocr_vote", ocr.vote),
            ("ocr_report", ocr.report),
            ("ocr_epoch", ocr.epoch),
        ];
        causes(bytes).into_iter().chain(of_ocr).filter(|(_, bytes)| *bytes > 0)
    }
}

/// Causes of the bytes of requests, answers and words about who sends the payload, with their names.
pub(super) const fn causes(bytes: &Bytes) -> [(&'static str, u64); 6] {
    [
        ("request", bytes.request),
        ("payload", bytes.response + bytes.duplicate_payload),
        ("attestation", bytes.attestation),
        ("error", bytes.error),
        ("coordination", bytes.coordination),
        ("envelope", bytes.envelope),
    ]
}

/// Bytes of every link that was used, by sender, then receiver.
#[must_use]
pub fn link_bytes(happenings: &[Happening]) -> Vec<LinkBytes> {
    let mut links: BTreeMap<(Node, Node), (Bytes, OcrBytes)> = BTreeMap::new();
    for happening in happenings {
        let (Some(from), Some(to)) = (happening.node, happening.peer) else { continue };
        match &happening.what {
            What::Sent { barrier: Some(Barrier::TooLarge), .. }
            | What::Ocr(OcrHappening::Sent { barrier: Some(Barrier::TooLarge), .. }) => {}
            What::Sent { bytes, .. } => links.entry((from, to)).or_default().0 += *bytes,
            What::Ocr(OcrHappening::Sent { message, bytes, .. }) => {
                *message.body.cause(&mut links.entry((from, to)).or_default().1) += bytes;
            }
            _ => {}
        }
    }
    links.into_iter().map(|((from, to), (bytes, ocr))| LinkBytes { from, to, bytes, ocr }).collect()
}
