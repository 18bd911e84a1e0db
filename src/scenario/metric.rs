//! The list of metrics: all that is measured of a cell, and how it is taken from the rows of a replicate.
//!
//! To add a metric, add one entry to the list at the end of this file, where tables and files should have it:
//! its variant, its name in files, its unit (`1` for a rate or a count), its meaning in one sentence, and its
//! derivation, which is one function of a row for a share or an amount. Expectations then know its name, every cell
//! has its estimate and interval, and files, reports and the reference of scenarios have its line; the data dictionary
//! (`results/README.md`) wants one too, and a test says so.

use crate::sim::{Bytes, Outcome, Row};

/// Kind of number that a metric is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stat {
    /// A share of rows, from 0 to 1.
    Rate,
    /// This quantile of the latency.
    Quantile(f64),
    /// An amount per request.
    Mean,
    /// One less the ratio of two mean amounts: a saving.
    Ratio,
}

impl Stat {
    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::Quantile(_) => "quantile",
            Self::Mean => "mean",
            Self::Ratio => "ratio",
        }
    }
}

/// Way in which a metric is taken from the rows of a replicate.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Derivation {
    /// Share of the rows of honest workflow nodes that are so.
    ShareOfRows(fn(&Row) -> bool),
    /// Share of the requests that are so, for each of which its first row stands.
    ShareOfRequests(fn(&Row) -> bool),
    /// Quantile of the latencies of honest workflow nodes.
    Latency(f64),
    /// Amount per request: the sum over its rows.
    Amount(fn(&Row) -> u64),
    /// Bytes of the OCR round behind each request, which follow from the setup alone.
    Ocr,
    /// Share of these bytes that is saved against the baseline, with those of the OCR rounds or without.
    Saving { bytes: fn(&Bytes) -> u64, ocr: bool },
}

macro_rules! metrics {
    ($($variant:ident $name:literal $unit:literal $meaning:literal $derivation:expr;)+) => {
        /// Number that is measured in every cell.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Metric {
            $(#[doc = $meaning] $variant,)+
        }

        impl Metric {
            /// Every metric, in the order of tables and files.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name in files.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Its unit in files: `1` for a rate or a count.
            #[must_use]
            pub const fn unit(self) -> &'static str {
                match self { $(Self::$variant => $unit),+ }
            }

            /// Its meaning, in one sentence.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),+ }
            }

            /// Way in which it is taken from the rows of a replicate.
            pub(crate) const fn derivation(self) -> Derivation {
                match self { $(Self::$variant => $derivation),+ }
            }
        }
    };
}

impl Metric {
    /// Kind of number that it is.
    #[must_use]
    pub const fn stat(self) -> Stat {
        match self.derivation() {
            Derivation::ShareOfRows(_) | Derivation::ShareOfRequests(_) => Stat::Rate,
            Derivation::Latency(q) => Stat::Quantile(q),
            Derivation::Amount(_) | Derivation::Ocr => Stat::Mean,
            Derivation::Saving { .. } => Stat::Ratio,
        }
    }
}

metrics! {
    Accepted "accepted" "1" "Share of requests and honest workflow nodes that accepted the right response."
        Derivation::ShareOfRows(|row| matches!(row.outcome, Outcome::Accepted));
    AcceptedTainted "accepted_tainted" "1" "Share that accepted the right payload with metering or `capdon_n` tampered."
        Derivation::ShareOfRows(|row| matches!(row.outcome, Outcome::AcceptedTainted));
    AcceptedWrong "accepted_wrong" "1" "Share that accepted a wrong response: safety is violated."
        Derivation::ShareOfRows(|row| matches!(row.outcome, Outcome::AcceptedWrong));
    Failed "failed" "1" "Share that ended with an error."
        Derivation::ShareOfRows(|row| matches!(row.outcome, Outcome::Failed));
    Expired "expired" "1" "Share without a decision at the deadline."
        Derivation::ShareOfRows(|row| matches!(row.outcome, Outcome::Expired));
    Crashed "crashed" "1" "Share in which a message crashed the workflow node."
        Derivation::ShareOfRows(|row| matches!(row.outcome, Outcome::Crashed));
    NoAgreement "no_agreement" "1" "Share in which OCR found nothing that enough nodes observed."
        Derivation::ShareOfRows(|row| matches!(row.outcome, Outcome::NoAgreement));
    Served "served" "1" "Share of requests that enough workflow nodes accepted."
        Derivation::ShareOfRequests(|row| row.served);
    Disagreement "disagreement" "1" "Share of requests of which two honest workflow nodes accepted different bytes."
        Derivation::ShareOfRequests(|row| row.disagreement);
    LatencyP50 "latency_p50" "ms" "Median time from a workflow node's first send to its acceptance."
        Derivation::Latency(0.5);
    LatencyP90 "latency_p90" "ms" "90 % quantile of that time."
        Derivation::Latency(0.9);
    LatencyP99 "latency_p99" "ms" "99 % quantile of that time."
        Derivation::Latency(0.99);
    RequestBytes "request_bytes" "bytes" "Encoded requests, bytes per request over the whole DON."
        Derivation::Amount(|row| row.bytes.request);
    ResponseBytes "response_bytes" "bytes" "Encoded responses that decisions rest on."
        Derivation::Amount(|row| row.bytes.response);
    DuplicatePayloadBytes "duplicate_payload_bytes" "bytes" "Encoded responses that no decision needed."
        Derivation::Amount(|row| row.bytes.duplicate_payload);
    AttestationBytes "attestation_bytes" "bytes" "Attestations."
        Derivation::Amount(|row| row.bytes.attestation);
    ErrorBytes "error_bytes" "bytes" "Errors, payload-not-available included."
        Derivation::Amount(|row| row.bytes.error);
    EnvelopeBytes "envelope_bytes" "bytes" "Message envelopes and transport frames."
        Derivation::Amount(|row| row.bytes.envelope);
    TotalBytes "total_bytes" "bytes" "All bytes that left an uplink."
        Derivation::Amount(|row| row.bytes.total());
    OcrBytes "ocr_bytes" "bytes" "Bytes of the OCR round behind a request, between capability nodes; accounted, not simulated."
        Derivation::Ocr;
    SavedResponse "saved_response" "1" "Share of the bytes of all answers that is saved against the baseline."
        Derivation::Saving { bytes: Bytes::answers, ocr: false };
    SavedTotal "saved_total" "1" "Share of all bytes, OCR included, that is saved against the baseline."
        Derivation::Saving { bytes: Bytes::total, ocr: true };
    SignaturesVerified "signatures_verified" "1" "Attestation signatures that the workflow nodes checked, per request."
        Derivation::Amount(|row| row.signatures_verified);
}
