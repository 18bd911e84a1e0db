//! What a run found: one value with its interval a metric and cell. Tables, CSV files and plots read this and nothing
//! else.

use crate::scenario::{Axis, AxisValue};

/// A run's findings.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSummary {
    /// The scenario's name.
    pub name: String,
    /// The run's id.
    pub id: String,
    /// Replicates a cell.
    pub replicates: u64,
    /// The swept axes, in the order of the file; empty without a sweep.
    pub axes: Vec<Axis>,
    /// The cells, in the order of the plan.
    pub cells: Vec<CellSummary>,
}

/// One cell's findings.
#[derive(Clone, Debug, PartialEq)]
pub struct CellSummary {
    /// The cell's id.
    pub id: String,
    /// Its values, in the order of [`RunSummary::axes`].
    pub axes: Vec<AxisValue>,
    /// The rule set it ran.
    pub rule_set: String,
    /// Who held the payload, as the scenario writes it.
    pub payload_holders: String,
    /// The caller's deadline in ms.
    pub deadline_ms: f64,
    /// Replicates that were simulated.
    pub replicates: u64,
    /// One estimate a metric, in the order of [`Metric::ALL`].
    pub estimates: Vec<Estimate>,
    /// Steps of the survival function of the latency: (latency in ms, share of requests that are still waiting or never
    /// accepted just after it), rising in latency, at most some hundred points. Starts at the first acceptance; what is left after the
    /// last point was never accepted before the deadline.
    pub survival: Vec<(f64, f64)>,
    /// What each fault of the scenario did in all replicates of the cell.
    pub faults: Vec<FaultSummary>,
}

/// What a fault did in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultSummary {
    /// Its place in the scenario: `silent.0` is the first `[[faults.silent]]`.
    pub name: String,
    /// How many nodes had it.
    pub nodes: u32,
    /// How often it acted.
    pub fired: u64,
    /// Holders that it asked for and that were not there.
    pub holder_shortfall: u64,
}

impl CellSummary {
    /// The share of requests and workflow nodes without a right response before the deadline.
    #[must_use]
    pub fn censored(&self) -> f64 {
        self.survival.last().map_or(1.0, |(_, left)| *left)
    }

    /// The estimate of `metric`.
    #[must_use]
    pub fn estimate(&self, metric: Metric) -> Option<&Estimate> {
        self.estimates.iter().find(|estimate| estimate.metric == metric)
    }
}

/// A metric's value in a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Of what.
    pub metric: Metric,
    /// `None` where there is none: a latency quantile beyond the deadline.
    pub value: Option<f64>,
    /// Lower end of the 95 % interval; `None` where there is none.
    pub ci_low: Option<f64>,
    /// Upper end of the 95 % interval; `None` where there is none or it is beyond the deadline.
    pub ci_high: Option<f64>,
    /// Replicates.
    pub n: u64,
}

macro_rules! metrics {
    ($($variant:ident $name:literal $unit:literal $doc:literal),+ $(,)?) => {
        /// What is measured in every cell.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Metric {
            $(#[doc = $doc] $variant,)+
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

            /// What kind of number it is: `rate`, `quantile` or `mean`.
            #[must_use]
            pub const fn stat(self) -> &'static str {
                match self {
                    Self::LatencyP50 | Self::LatencyP90 | Self::LatencyP99 => "quantile",
                    Self::RequestBytes
                    | Self::ResponseBytes
                    | Self::DuplicatePayloadBytes
                    | Self::AttestationBytes
                    | Self::ErrorBytes
                    | Self::EnvelopeBytes
                    | Self::SignaturesVerified => "mean",
                    _ => "rate",
                }
            }

            /// What it means, in one sentence.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $doc),+ }
            }
        }
    };
}

metrics! {
    Accepted "accepted" "1" "Share of requests and honest workflow nodes that accepted the right response.",
    AcceptedTainted "accepted_tainted" "1" "Share that accepted the right payload with metering or `capdon_n` tampered.",
    AcceptedWrong "accepted_wrong" "1" "Share that accepted a wrong response: safety is violated.",
    Failed "failed" "1" "Share that ended with an error.",
    Expired "expired" "1" "Share without a decision at the deadline.",
    Crashed "crashed" "1" "Share in which a message crashed the workflow node.",
    NoAgreement "no_agreement" "1" "Share in which OCR found nothing that enough nodes observed.",
    Served "served" "1" "Share of requests that enough workflow nodes accepted.",
    Disagreement "disagreement" "1" "Share of requests of which two honest workflow nodes accepted different bytes.",
    LatencyP50 "latency_p50" "ms" "Median time from a workflow node's first send to its acceptance.",
    LatencyP90 "latency_p90" "ms" "90 % quantile of that time.",
    LatencyP99 "latency_p99" "ms" "99 % quantile of that time.",
    RequestBytes "request_bytes" "bytes" "Encoded requests, bytes a request over the whole DON.",
    ResponseBytes "response_bytes" "bytes" "Encoded responses that decisions rest on.",
    DuplicatePayloadBytes "duplicate_payload_bytes" "bytes" "Encoded responses that no decision needed.",
    AttestationBytes "attestation_bytes" "bytes" "Attestations.",
    ErrorBytes "error_bytes" "bytes" "Errors, payload-not-available included.",
    EnvelopeBytes "envelope_bytes" "bytes" "Message envelopes and transport frames.",
    SignaturesVerified "signatures_verified" "1" "Attestation signatures that the workflow nodes checked, a request.",
}
