//! The cost of a replicate against the same replicate of the baseline.
//!
//! In that world every node held the payload, `F + 1` equal answers were needed, and OCR agreed on whole payloads. It
//! has the same random numbers and the same faults and is simulated like any other world, answers with attestations
//! included: capability nodes know nothing of rule sets, `identical` looks at no attestation, and faults that spoil
//! one need one. As the baseline had none, their bytes, and only these, are left out of its account; a length in
//! front of them may take a byte more for them. Answers that are no responses (raw bytes that a fault sends) count whole.

use crate::sim::{Bytes, ObservationContent, Ocr, Replicate, Setup, ocr_bytes};

/// Bytes of a replicate of the baseline, row by row, without attestations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    rows: Vec<Bytes>,
    /// Bytes of its OCR3 rounds.
    ocr: u64,
}

impl Baseline {
    /// Bytes of a replicate of [`Setup::baseline`].
    #[must_use]
    pub fn of(replicate: &Replicate) -> Self {
        let rows = replicate.rows.iter().map(|row| Bytes { attestation: 0, ..row.bytes }).collect();
        Self { rows, ocr: replicate.ocr.total() }
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

/// Bytes of the agreement of a replicate, now and in the baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OcrCost {
    /// Accounted, for there are no rounds: the same in all replicates of a cell.
    Accounted { now: u64, before: u64 },
    /// Those that rounds sent.
    Sent,
}

impl OcrCost {
    pub fn of(setup: &Setup) -> Self {
        match setup.capability_don.ocr {
            Ocr::Latency(_) => Self::Accounted {
                now: ocr_bytes(setup, ObservationContent::Hash),
                before: ocr_bytes(setup, ObservationContent::Payload),
            },
            Ocr::Rounds(_) => Self::Sent,
        }
    }

    pub const fn now(self, replicate: &Replicate) -> u64 {
        match self {
            Self::Accounted { now, .. } => now,
            Self::Sent => replicate.ocr.total(),
        }
    }

    pub const fn before(self, baseline: &Baseline) -> u64 {
        match self {
            Self::Accounted { before, .. } => before,
            Self::Sent => baseline.ocr,
        }
    }
}
