//! What can be measured of a cell: the names by which expectations, tables and files call it.

/// What kind of number a metric is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stat {
    /// A share of rows, from 0 to 1.
    Rate,
    /// This quantile of the latency.
    Quantile(f64),
    /// An amount a request.
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

            /// What kind of number it is.
            #[must_use]
            pub const fn stat(self) -> Stat {
                match self {
                    Self::LatencyP50 => Stat::Quantile(0.5),
                    Self::LatencyP90 => Stat::Quantile(0.9),
                    Self::LatencyP99 => Stat::Quantile(0.99),
                    Self::RequestBytes
                    | Self::ResponseBytes
                    | Self::DuplicatePayloadBytes
                    | Self::AttestationBytes
                    | Self::ErrorBytes
                    | Self::EnvelopeBytes
                    | Self::TotalBytes
                    | Self::OcrBytes
                    | Self::SignaturesVerified => Stat::Mean,
                    Self::SavedResponse | Self::SavedTotal => Stat::Ratio,
                    _ => Stat::Rate,
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
    TotalBytes "total_bytes" "bytes" "All bytes that left an uplink.",
    OcrBytes "ocr_bytes" "bytes" "What the OCR round behind a request costs between capability nodes; accounted, not simulated.",
    SavedResponse "saved_response" "1" "Share of the bytes of all answers that is saved against the baseline.",
    SavedTotal "saved_total" "1" "Share of all bytes, OCR included, that is saved against the baseline.",
    SignaturesVerified "signatures_verified" "1" "Attestation signatures that the workflow nodes checked, a request.",
}
