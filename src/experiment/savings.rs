//! The cost of a replicate against the same replicate of the baseline.
//!
//! In that world every node held the payload, `F + 1` equal answers were needed, and OCR agreed on whole payloads. It
//! has the same random numbers and the same faults and is simulated like any other world, answers with attestations
//! included: capability nodes know nothing of rule sets, `identical` looks at no attestation, and faults that spoil
//! one need one. As the baseline had none, their bytes, and only these, are left out of its account; a length in
//! front of them may take a byte more for them. Answers that are no responses (raw bytes that a fault sends) count whole.

use serde::{Deserialize, Serialize};

use crate::sim::{Bytes, ObservationContent, Ocr, Replicate, Setup, ocr_bytes};

/// Bytes of a replicate of the baseline, row by row, without attestations.
///
/// ```
/// use std::path::Path;
/// use donsim::experiment::Baseline;
/// use donsim::scenario::Scenario;
/// use donsim::sim::{ReplicateCache, simulate};
///
/// let setup = Scenario::parse(Path::new("mine.toml"), "schema = 1\n".to_owned(), &[])?.cell(0).setup;
/// let mut cache = ReplicateCache::new(setup.run.seed);
/// let now = simulate(&setup, 0, &mut cache).rows[0].bytes.answers();
/// let baseline = Baseline::of(&simulate(&setup.baseline(), 0, &mut cache));
/// assert!(baseline.answers(0) > Some(now), "there, every node sends the payload");
/// assert_eq!(baseline.answers(1_000), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
pub(super) struct OcrCost {
    /// Bytes now and in the baseline, accounted where there are no rounds: the same in all replicates of a cell.
    accounted: Option<[u64; 2]>,
    /// Bytes of the copies of all payloads that rounds on hashes leave out: one from each of the others to the leader, and all `N`
    /// from there to each of them.
    pub copies: u64,
}

impl OcrCost {
    pub fn of(setup: &Setup) -> Self {
        let accounted = match setup.capability_don.ocr {
            Ocr::Latency(_) => {
                Some([ObservationContent::Hash, ObservationContent::Payload].map(|content| ocr_bytes(setup, content)))
            }
            Ocr::Rounds(_) => None,
        };
        let rounds = setup.capability_don.ocr.rounds();
        let on_hashes = rounds.is_some_and(|rounds| rounds.content == ObservationContent::Hash);
        let nodes = u64::from(if on_hashes { setup.capability_don.nodes } else { 1 });
        let payloads = setup.request.payload_size.saturating_mul(u64::from(setup.request.count));
        Self { accounted, copies: ((nodes - 1) * (nodes + 1)).saturating_mul(payloads) }
    }

    pub fn now(self, replicate: &Replicate) -> u64 {
        self.accounted.map_or_else(|| replicate.ocr.total(), |[now, _]| now)
    }

    pub fn before(self, baseline: &Baseline) -> u64 {
        self.accounted.map_or(baseline.ocr, |[_, before]| before)
    }
}
