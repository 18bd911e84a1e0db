//! The cost of a replicate against the same replicate of the baseline.
//!
//! In that world every node held the payload, `F + 1` equal answers were needed, and OCR agreed on whole payloads. It
//! has the same random numbers and the same faults and is simulated like any other world, answers with attestations
//! included: capability nodes know nothing of rule sets, `identical` looks at no attestation, and faults that spoil
//! one need one. As the baseline had none, their bytes, and only these, are left out of its account; a length in
//! front of them may take a byte more for them. Answers that are no responses (raw bytes that a fault sends) count whole.

use crate::sim::{Bytes, Observed, Replicate, Setup, ocr_bytes};

/// Bytes of a replicate of the baseline, row by row, without attestations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    rows: Vec<Bytes>,
}

impl Baseline {
    /// Bytes of a replicate of [`Setup::baseline`].
    #[must_use]
    pub fn of(replicate: &Replicate) -> Self {
        Self { rows: replicate.rows.iter().map(|row| Bytes { attestation: 0, ..row.bytes }).collect() }
    }

    /// Bytes of all answers to a row's request and workflow node; `None` beyond the last row.
    #[must_use]
    pub fn answers(&self, row: usize) -> Option<u64> {
        self.rows.get(row).map(Bytes::answers)
    }

    /// Sum of these bytes over all rows.
    pub(super) fn sum(&self, bytes: fn(&Bytes) -> u64) -> u64 {
        self.rows.iter().map(bytes).sum()
    }
}

/// Bytes of the OCR rounds of a replicate, now and in the baseline; the same in all replicates of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OcrCost {
    pub now: u64,
    pub before: u64,
}

impl OcrCost {
    pub fn of(setup: &Setup) -> Self {
        Self { now: ocr_bytes(setup, Observed::Hash), before: ocr_bytes(setup, Observed::Payload) }
    }
}
