//! `capabilities.CapabilityResponse`: what a capability node answers.

use prost::bytes::Bytes;
use prost::{Message, encoding};

use super::lenient::{Lenient, declared_fields};
use super::rope::{Rope, Writer, decode_around, field_len};
use super::{Any, DecodeError, ValueMap};

/// A decoded response in the form in which the original keeps it: values normalized, unknown fields gone except inside
/// the payload, the `error` field dropped.
///
/// ```
/// use donsim::wire::{Any, AttributedSignature, MeteringRecord, OcrAttestation, Response};
///
/// let payload = Some(Any::new("a.Reply", b"reply".as_slice().into()));
/// let bare = Response { payload, ..Response::default() };
/// let signatures = vec![AttributedSignature { signature: vec![0; 65].into(), signer: 2 }];
/// let attestation = Some(OcrAttestation { signatures, ..OcrAttestation::default() });
/// let full = Response { metering: vec![MeteringRecord::default()], attestation, ..bare.clone() };
/// assert!(full.id() == bare.id() && full.identity() == bare.rope(), "neither metering nor attestation is part of it");
/// assert_eq!((full.encoded_len(), full.payload_value()), (full.encode().len(), b"reply".as_slice()));
/// assert_eq!(Response::decode(full.encode())?, full);
/// # Ok::<(), donsim::wire::DecodeError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Response {
    /// The `value` map, normalized.
    pub value: ValueMap,
    /// What the call cost, one record a reporting node.
    pub metering: Vec<MeteringRecord>,
    /// `N` of the capability DON, as the sender says.
    pub capdon_n: u32,
    /// The payload.
    pub payload: Option<Any>,
    /// The OCR attestation over the response.
    pub attestation: Option<OcrAttestation>,
}

/// `metering.MeteringReportNodeDetail`.
///
/// ```
/// use donsim::wire::{MeteringRecord, Response};
///
/// let record = MeteringRecord { spend_unit: "RPC_EVM".into(), spend_value: "7".into(), ..MeteringRecord::default() };
/// let response = Response { metering: vec![record], ..Response::default() };
/// assert_eq!(Response::decode(response.encode())?.metering[0].spend_value, "7");
/// assert_eq!(response.id(), Response::default().id(), "what it cost is no part of a response's identity");
/// # Ok::<(), donsim::wire::DecodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Message)]
pub struct MeteringRecord {
    /// The reporting peer in its printed form.
    #[prost(string, tag = "1")]
    pub peer_2_peer_id: String,
    /// What was spent.
    #[prost(string, tag = "2")]
    pub spend_unit: String,
    /// How much of it.
    #[prost(string, tag = "3")]
    pub spend_value: String,
    /// The same in gas.
    #[prost(string, tag = "4")]
    pub spend_value_in_gas_units: String,
}

/// An attestation: `F + 1` signatures over a report.
///
/// ```
/// use donsim::wire::{DecodeError, OcrAttestation, Response};
///
/// let attestation = OcrAttestation { config_digest: [7; 32], sequence_number: 42, signatures: Vec::new() };
/// let response = Response { attestation: Some(attestation.clone()), ..Response::default() };
/// assert_eq!(Response::decode(response.encode())?.attestation, Some(attestation));
/// let short = Response::decode(b"\x2a\x03\x0a\x01x".to_vec()).expect_err("a digest of one byte");
/// assert_eq!(short, DecodeError::ConfigDigestLength(1));
/// # Ok::<(), DecodeError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OcrAttestation {
    /// Digest of the OCR configuration.
    pub config_digest: [u8; 32],
    /// Sequence number of the OCR round.
    pub sequence_number: u64,
    /// Who signed.
    pub signatures: Vec<AttributedSignature>,
}

/// One signature of an attestation.
///
/// ```
/// use donsim::wire::AttributedSignature;
/// use prost::Message;
///
/// let signature = AttributedSignature { signature: vec![0; 65].into(), signer: 2 };
/// let bytes = signature.encode_to_vec();
/// assert!(bytes.starts_with(&[10, 65, 0]) && bytes.ends_with(&[0, 16, 2]), "signature, then signer");
/// assert_eq!(AttributedSignature::decode(&bytes[..])?.signer, 2);
/// # Ok::<(), prost::DecodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Message)]
pub struct AttributedSignature {
    /// `r || s || v`, 65 bytes.
    #[prost(bytes = "bytes", tag = "1")]
    pub signature: Bytes,
    /// Index of the signer.
    #[prost(uint32, tag = "2")]
    pub signer: u32,
}

/// Number of the payload's field.
const PAYLOAD: u32 = 4;

/// The message as it is on the wire, but for the payload: its occurrences are kept raw, together they are one [`Any`].
#[derive(Clone, PartialEq, Message)]
struct WireResponse {
    #[prost(message, required, tag = "1")]
    value: Lenient<ValueMap>,
    /// Read because it must be UTF-8, never kept.
    #[prost(string, tag = "2")]
    error: String,
    #[prost(message, required, tag = "3")]
    metadata: Lenient<WireMetadata>,
    #[prost(message, optional, tag = "5")]
    ocr_attestation: Option<Lenient<WireAttestation>>,
}

#[derive(Clone, PartialEq, Message)]
struct WireMetadata {
    #[prost(message, repeated, tag = "1")]
    metering: Vec<Lenient<MeteringRecord>>,
    #[prost(uint32, tag = "2")]
    capdon_n: u32,
}

#[derive(Clone, PartialEq, Message)]
struct WireAttestation {
    #[prost(bytes = "bytes", tag = "1")]
    config_digest: Bytes,
    #[prost(uint64, tag = "2")]
    sequence_number: u64,
    #[prost(message, repeated, tag = "3")]
    signatures: Vec<Lenient<AttributedSignature>>,
}

declared_fields!(WireResponse { 1..=3 | 5 => LengthDelimited });
declared_fields!(WireMetadata { 1 => LengthDelimited, 2 => Varint });
declared_fields!(MeteringRecord { 1..=4 => LengthDelimited });
declared_fields!(WireAttestation { 1 | 3 => LengthDelimited, 2 => Varint });
declared_fields!(AttributedSignature { 1 => LengthDelimited, 2 => Varint });

impl Response {
    /// Decodes a response; payload value and signatures stay slices of `bytes`.
    ///
    /// # Errors
    /// Where the original refuses the bytes, and, as [`DecodeError::DecimalWithoutCoefficient`], where it crashes.
    pub fn decode(bytes: impl Into<Rope>) -> Result<Self, DecodeError> {
        let (Lenient(wire), payload) = decode_around::<Lenient<WireResponse>>(bytes.into(), PAYLOAD)?;
        let payload = decode_payload(payload)?;
        let value = wire.value.0.normalized()?;
        let attestation = wire.ocr_attestation.map(|attestation| attestation.0.try_into()).transpose()?;
        let Lenient(metadata) = wire.metadata;
        Ok(Self {
            value,
            metering: metadata.metering.into_iter().map(|record| record.0).collect(),
            capdon_n: metadata.capdon_n,
            payload,
            attestation,
        })
    }

    /// The deterministic encoding in one piece: fields by number, `value` and `metadata` always there.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        self.rope().to_bytes()
    }

    /// The same, sharing the payload.
    #[must_use]
    pub fn rope(&self) -> Rope {
        self.write(&self.metering, self.capdon_n, self.attestation.as_ref())
    }

    /// The same with other metadata: this metering, and no size of the capability DON.
    pub(crate) fn rope_with(&self, metering: &[MeteringRecord]) -> Rope {
        self.write(metering, 0, self.attestation.as_ref())
    }

    /// Bytes that the encoding takes.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        encoding::message::encoded_len(1, &self.value)
            + field_len(metadata_len(&self.metering, self.capdon_n))
            + self.payload.as_ref().map_or(0, |payload| field_len(payload.encoded_len()))
            + self.attestation_len()
    }

    /// The encoding with metadata and attestation cleared, whose hash is the response's id.
    #[must_use]
    pub fn identity(&self) -> Rope {
        self.write(&[], 0, None)
    }

    /// The response id: SHA-256 over [`Response::identity`].
    #[must_use]
    pub fn id(&self) -> [u8; 32] {
        self.identity().sha256()
    }

    /// The payload's value; empty without a payload.
    #[must_use]
    pub fn payload_value(&self) -> &[u8] {
        self.payload.as_ref().map_or(&[], |payload| &payload.value)
    }

    /// Bytes that the attestation takes of the encoding, with its key and length.
    pub(crate) fn attestation_len(&self) -> usize {
        self.attestation.as_ref().map_or(0, |attestation| field_len(attestation.encoded_len()))
    }

    fn write(&self, metering: &[MeteringRecord], capdon_n: u32, attestation: Option<&OcrAttestation>) -> Rope {
        let mut out = Writer::default();
        encoding::message::encode(1, &self.value, out.small());
        out.field(3, metadata_len(metering, capdon_n));
        encoding::message::encode_repeated(1, metering, out.small());
        if capdon_n != 0 {
            encoding::uint32::encode(2, &capdon_n, out.small());
        }
        if let Some(payload) = &self.payload {
            out.field(PAYLOAD, payload.encoded_len());
            payload.write(&mut out);
        }
        if let Some(attestation) = attestation {
            out.field(5, attestation.encoded_len());
            attestation.write(&mut out);
        }
        out.finish()
    }
}

fn metadata_len(metering: &[MeteringRecord], capdon_n: u32) -> usize {
    let nodes = if capdon_n == 0 { 0 } else { encoding::uint32::encoded_len(2, &capdon_n) };
    encoding::message::encoded_len_repeated(1, metering) + nodes
}

impl OcrAttestation {
    /// Bytes of the message, without key and length of the field around it.
    fn encoded_len(&self) -> usize {
        let number = &self.sequence_number;
        field_len(self.config_digest.len())
            + if *number == 0 { 0 } else { encoding::uint64::encoded_len(2, number) }
            + encoding::message::encoded_len_repeated(3, &self.signatures)
    }

    fn write(&self, out: &mut Writer) {
        out.field(1, self.config_digest.len());
        out.small().extend_from_slice(&self.config_digest);
        if self.sequence_number != 0 {
            encoding::uint64::encode(2, &self.sequence_number, out.small());
        }
        encoding::message::encode_repeated(3, &self.signatures, out.small());
    }
}

fn decode_payload(occurrences: Vec<Rope>) -> Result<Option<Any>, DecodeError> {
    if occurrences.is_empty() {
        return Ok(None);
    }
    let mut payload = Any::default();
    for occurrence in occurrences {
        payload.merge(occurrence)?;
    }
    Ok(Some(payload))
}

impl TryFrom<WireAttestation> for OcrAttestation {
    type Error = DecodeError;

    fn try_from(wire: WireAttestation) -> Result<Self, DecodeError> {
        let config_digest =
            wire.config_digest[..].try_into().map_err(|_| DecodeError::ConfigDigestLength(wire.config_digest.len()))?;
        let signatures = wire.signatures.into_iter().map(|signature| signature.0).collect();
        Ok(Self { config_digest, sequence_number: wire.sequence_number, signatures })
    }
}
