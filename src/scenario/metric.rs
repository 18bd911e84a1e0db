//! The list of metrics: all that is measured of a cell, and how it is taken from the rows of a replicate.
//!
//! To add a metric, add one entry to the list at the end of this file, where tables and files should have it:
//! its variant, its name in files, its unit (`1` for a rate or a count), its meaning in one sentence, and its
//! derivation, which is one function of a row for a share or an amount. Expectations then know its name, every cell
//! has its estimate and interval, and files, reports and the reference of scenarios have its line; the data dictionary
//! (`results/README.md`) wants one too, and a test says so.

use crate::sim::{Bytes, Outcome, Replicate, Row};

/// Kind of number that a metric is.
///
/// ```
/// use donsim::experiment::{Metric, Stat};
///
/// let metrics = [Metric::Served, Metric::LatencyP50, Metric::TotalBytes, Metric::SavedTotal];
/// assert_eq!(metrics.map(Metric::stat), [Stat::Rate, Stat::Quantile(0.5), Stat::Mean, Stat::Ratio]);
/// assert_eq!(Metric::SavedTotal.stat().name(), "ratio");
/// ```
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
    /// Bytes of the capability DON's agreement per request: those of the rounds where there are such, else accounted.
    Ocr,
    /// Amount of a replicate, per request.
    PerRequest(fn(&Replicate) -> u64),
    /// Amount of a replicate.
    PerReplicate(fn(&Replicate) -> u64),
    /// Share of the requests that the capability DON reported within `F + 1` epochs of OCR3 rounds.
    Reported,
    /// All bytes between the two DONs and between capability nodes, per request.
    AllBytes,
    /// Bytes that the copies of payloads take in a round on payloads, by their count, per request.
    Copies,
    /// Share of these bytes that is saved against the baseline, with those of the OCR rounds or without.
    Saving { bytes: fn(&Bytes) -> u64, ocr: bool },
}

macro_rules! metrics {
    ($($variant:ident $name:literal $unit:literal $meaning:literal $derivation:expr;)+) => {
        /// Number that is measured in every cell.
        ///
        /// ```
        /// use donsim::experiment::{Metric, Stat};
        ///
        /// let p99 = Metric::LatencyP99;
        /// assert_eq!((p99.name(), p99.unit(), p99.stat()), ("latency_p99", "ms", Stat::Quantile(0.99)));
        /// assert!(Metric::Accepted.meaning().ends_with("that accepted the right response."));
        /// assert_eq!(Metric::Accepted.stat().name(), "rate");
        /// let everywhere = Metric::ALL.iter().filter(|metric| !metric.is_of_rounds() && !metric.is_of_strata());
        /// assert!(everywhere.copied().any(|metric| metric == p99), "with rounds or without");
        /// ```
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
    /// Whether it is of OCR3 rounds, and nothing where there are none.
    #[must_use]
    pub const fn is_of_rounds(self) -> bool {
        matches!(
            self,
            Self::OcrQueryBytes
                | Self::OcrObservationBytes
                | Self::OcrProposalBytes
                | Self::OcrVoteBytes
                | Self::OcrReportBytes
                | Self::OcrEpochBytes
                | Self::CopiesBytes
                | Self::Reported
                | Self::Epochs
        )
    }

    /// Whether it is a share of rows, or requests, of which every replicate of a cell has as many.
    pub(crate) const fn has_equal_rows(self) -> bool {
        matches!(self.derivation(), Derivation::ShareOfRows(_) | Derivation::ShareOfRequests(_))
    }

    /// Whether it is of replicates that are dealt to strata, and left out of others.
    #[must_use]
    pub const fn is_of_strata(self) -> bool {
        matches!(self, Self::NotAccepted | Self::NotServed)
    }

    /// Kind of number that it is.
    #[must_use]
    pub const fn stat(self) -> Stat {
        match self.derivation() {
            Derivation::ShareOfRows(_) | Derivation::ShareOfRequests(_) | Derivation::Reported => Stat::Rate,
            Derivation::Latency(q) => Stat::Quantile(q),
            Derivation::Amount(_)
            | Derivation::Copies
            | Derivation::Ocr
            | Derivation::AllBytes
            | Derivation::PerRequest(_)
            | Derivation::PerReplicate(_) => Stat::Mean,
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
    NotAccepted "not_accepted" "1" "Share of requests and honest workflow nodes that did not accept the right response; with strata only."
        Derivation::ShareOfRows(|row| !row.outcome.is_right());
    NotServed "not_served" "1" "Share of requests that too few workflow nodes accepted; with strata only."
        Derivation::ShareOfRequests(|row| !row.served);
    LatencyP50 "latency_p50" "ms" "Median time from a workflow node's first send to its acceptance."
        Derivation::Latency(0.5);
    LatencyP90 "latency_p90" "ms" "90 % quantile of that time."
        Derivation::Latency(0.9);
    LatencyP99 "latency_p99" "ms" "99 % quantile of that time."
        Derivation::Latency(0.99);
    Wait "wait" "us" "Mean time from a workflow node's first send to its decision, right, wrong or expired."
        Derivation::PerReplicate(Replicate::mean_wait);
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
    CoordinationBytes "coordination_bytes" "bytes" "Messages about who sends the payload."
        Derivation::Amount(|row| row.bytes.coordination);
    TotalBytes "total_bytes" "bytes" "All bytes between the two DONs that left an uplink."
        Derivation::Amount(|row| row.bytes.total());
    OcrBytes "ocr_bytes" "bytes" "Bytes between capability nodes: those that OCR3 rounds sent, or without rounds the accounted ones of a round a request."
        Derivation::Ocr;
    OcrQueryBytes "ocr_query_bytes" "bytes" "Round starts with the leader's queries."
        Derivation::PerRequest(|replicate| replicate.ocr.query);
    OcrObservationBytes "ocr_observation_bytes" "bytes" "Observations on their way to the leader."
        Derivation::PerRequest(|replicate| replicate.ocr.observation);
    OcrProposalBytes "ocr_proposal_bytes" "bytes" "Proposals, the observations on their way to all."
        Derivation::PerRequest(|replicate| replicate.ocr.proposal);
    OcrVoteBytes "ocr_vote_bytes" "bytes" "Prepares and commits."
        Derivation::PerRequest(|replicate| replicate.ocr.vote);
    OcrReportBytes "ocr_report_bytes" "bytes" "Signatures over reports."
        Derivation::PerRequest(|replicate| replicate.ocr.report);
    OcrEpochBytes "ocr_epoch_bytes" "bytes" "Changes of the epoch, and commits that nodes missed."
        Derivation::PerRequest(|replicate| replicate.ocr.epoch);
    AllBytes "all_bytes" "bytes" "All bytes, those between the two DONs and those between capability nodes."
        Derivation::AllBytes;
    CopiesBytes "copies_bytes" "bytes" "Bytes of the copies of the payload that rounds on hashes leave out, by their count: (N - 1)(N + 1) P."
        Derivation::Copies;
    SavedResponse "saved_response" "1" "Share of the bytes of all answers that is saved against the baseline."
        Derivation::Saving { bytes: Bytes::answers, ocr: false };
    SavedTotal "saved_total" "1" "Share of all bytes, OCR included, that is saved against the baseline."
        Derivation::Saving { bytes: Bytes::total, ocr: true };
    SignaturesVerified "signatures_verified" "1" "Attestation signatures that the workflow nodes checked, per request."
        Derivation::Amount(|row| row.signatures_verified);
    Holders "holders" "1" "Capability nodes that hold the payload, of a request; with OCR3 rounds those that observed what was agreed."
        Derivation::PerRequest(|replicate| replicate.requests.iter().map(|request| u64::from(request.holders)).sum());
    Reported "reported" "1" "Share of requests that OCR3 rounds reported within F + 1 epochs; nothing without rounds."
        Derivation::Reported;
    Epochs "epochs" "1" "Epochs that began in a replicate; 0 without rounds."
        Derivation::PerReplicate(|replicate| replicate.epochs);
    UplinkMean "uplink_mean" "bytes_per_s" "Mean load of a replicate's busiest uplink, from its first byte to its last."
        Derivation::PerReplicate(|replicate| replicate.uplink.mean());
    UplinkPeak "uplink_peak" "bytes_per_s" "Most bytes that a replicate's busiest uplink was handed in a second."
        Derivation::PerReplicate(|replicate| replicate.uplink.peak);
}
