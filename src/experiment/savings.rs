//! What a replicate costs, against the same replicate of the baseline.
//!
//! In that world every node held the payload, `F + 1` equal answers were needed, and OCR agreed on whole payloads. It
//! meets the same weather and the same faults and is simulated like any other world, answers with attestations
//! included: capability nodes know nothing of rule sets, `identical` looks at no attestation, and faults that spoil
//! one need one. As the baseline had none, their bytes, and only these, are left out of its account; a length in
//! front of them may take a byte more for them. Answers that are no responses (raw bytes that a fault sends) count whole.

use crate::sim::{ObservationContent, Replicate, Setup, ocr_bytes};

/// What a replicate of the baseline cost, row by row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    rows: Vec<RowBefore>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct RowBefore {
    answers: u64,
    /// Answers and requests.
    total: u64,
}

impl Baseline {
    /// Of a replicate of [`Setup::baseline`].
    #[must_use]
    pub fn of(replicate: &Replicate) -> Self {
        let row = |bytes: &crate::sim::Bytes| RowBefore {
            answers: bytes.answers() - bytes.attestation,
            total: bytes.total() - bytes.attestation,
        };
        Self { rows: replicate.rows.iter().map(|other| row(&other.bytes)).collect() }
    }

    /// Bytes of all answers to a row's request and workflow node; `None` beyond the last row.
    #[must_use]
    pub fn answers(&self, row: usize) -> Option<u64> {
        self.rows.get(row).map(|row| row.answers)
    }
}

/// What the OCR rounds of a replicate cost, the same in all of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OcrCost {
    pub now: u64,
    pub before: u64,
}

impl OcrCost {
    pub fn of(setup: &Setup) -> Self {
        Self { now: ocr_bytes(setup, ObservationContent::Hash), before: ocr_bytes(setup, ObservationContent::Payload) }
    }
}

/// Bytes of a replicate, now and before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Costs {
    pub answers: [u64; 2],
    /// Requests, answers and OCR.
    pub total: [u64; 2],
}

impl Costs {
    pub fn of(replicate: &Replicate, before: &Baseline, ocr: OcrCost) -> Self {
        let now =
            |bytes: fn(&crate::sim::Bytes) -> u64| replicate.rows.iter().map(|row| bytes(&row.bytes)).sum::<u64>();
        let then = |bytes: fn(&RowBefore) -> u64| before.rows.iter().map(bytes).sum::<u64>();
        let requests = [now(crate::sim::Bytes::total), then(|row| row.total)];
        Self {
            answers: [now(crate::sim::Bytes::answers), then(|row| row.answers)],
            total: [requests[0].saturating_add(ocr.now), requests[1].saturating_add(ocr.before)],
        }
    }
}

/// The share that is saved; `None` where there was nothing to save.
pub(super) fn saved([now, before]: [u64; 2]) -> Option<f64> {
    (before > 0).then(|| 1.0 - now as f64 / before as f64)
}
