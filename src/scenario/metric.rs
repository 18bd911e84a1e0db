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
    ($($variant:ident $name:literal $stat:ident$(($level:literal))? $unit:literal $doc:literal),+ $(,)?) => {
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
                match self { $(Self::$variant => Stat::$stat$(($level))?),+ }
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
    Accepted "accepted" Rate "1" "Share of requests and honest workflow nodes that accepted the right response.",
    AcceptedTainted "accepted_tainted" Rate "1" "Share that accepted the right payload with metering or `capdon_n` tampered.",
    AcceptedWrong "accepted_wrong" Rate "1" "Share that accepted a wrong response: safety is violated.",
    Failed "failed" Rate "1" "Share that ended with an error.",
    Expired "expired" Rate "1" "Share without a decision at the deadline.",
    Crashed "crashed" Rate "1" "Share in which a message crashed the workflow node.",
    NoAgreement "no_agreement" Rate "1" "Share in which OCR found nothing that enough nodes observed.",
    Served "served" Rate "1" "Share of requests that enough workflow nodes accepted.",
    Disagreement "disagreement" Rate "1" "Share of requests of which two honest workflow nodes accepted different bytes.",
    LatencyP50 "latency_p50" Quantile(0.5) "ms" "Median time from a workflow node's first send to its acceptance.",
    LatencyP90 "latency_p90" Quantile(0.9) "ms" "90 % quantile of that time.",
    LatencyP99 "latency_p99" Quantile(0.99) "ms" "99 % quantile of that time.",
    RequestBytes "request_bytes" Mean "bytes" "Encoded requests, bytes a request over the whole DON.",
    ResponseBytes "response_bytes" Mean "bytes" "Encoded responses that decisions rest on.",
    DuplicatePayloadBytes "duplicate_payload_bytes" Mean "bytes" "Encoded responses that no decision needed.",
    AttestationBytes "attestation_bytes" Mean "bytes" "Attestations.",
    ErrorBytes "error_bytes" Mean "bytes" "Errors, payload-not-available included.",
    EnvelopeBytes "envelope_bytes" Mean "bytes" "Message envelopes and transport frames.",
    TotalBytes "total_bytes" Mean "bytes" "All bytes that left an uplink.",
    OcrBytes "ocr_bytes" Mean "bytes" "What the OCR round behind a request costs between capability nodes; accounted, not simulated.",
    SavedResponse "saved_response" Ratio "1" "Share of the bytes of all answers that is saved against the baseline.",
    SavedTotal "saved_total" Ratio "1" "Share of all bytes, OCR included, that is saved against the baseline.",
    SignaturesVerified "signatures_verified" Mean "1" "Attestation signatures that the workflow nodes checked, a request.",
}
