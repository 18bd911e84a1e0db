//! Properties of the wire format: what decodes means the same after every detour.

use donsim::wire::{Envelope, MessageBody, OcrAttestation, Response};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use prost::Message as _;
use prost::bytes::Bytes;
use prost::encoding::encode_varint;

use crate::config;
use crate::strict;

fn varint(number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_varint(number, &mut bytes);
    bytes
}

/// A field with a length.
fn field(number: u64, content: &[u8]) -> Vec<u8> {
    [varint(number << 3 | 2), varint(content.len() as u64), content.to_vec()].concat()
}

fn number_field(number: u64) -> impl Strategy<Value = Vec<u8>> {
    let limits = [i32::MAX as u64, i32::MIN as u64, u32::MAX.into(), i64::MAX as u64, i64::MIN as u64, u64::MAX];
    let value = prop_oneof![0..4_u64, any::<u64>(), select(limits.to_vec())];
    value.prop_map(move |value| [varint(number << 3), varint(value)].concat())
}

fn bytes_field(number: u64, content: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    content.prop_map(move |content| field(number, &content))
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![Just(String::new()), "[a-c]{1,3}", "\\PC{0,4}"].prop_map(String::into_bytes)
}

fn some_bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(prop_oneof![Just(0), any::<u8>()], 0..5)
}

/// Several fields, in any order, also the same one again.
fn several(one: impl Strategy<Value = Vec<u8>>, most: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(one, 0..=most).prop_map(|fields| fields.concat())
}

/// `values.v1.Value`, normalized or not.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let big_int = || several(prop_oneof![bytes_field(1, some_bytes()), number_field(2)], 2);
    let leaf = prop_oneof![
        bytes_field(1, text()),
        number_field(2),
        bytes_field(3, some_bytes()),
        number_field(7),
        number_field(12),
        bytes_field(9, big_int()),
        bytes_field(10, several(prop_oneof![number_field(1), number_field(2)], 2)),
        (bytes_field(6, bytes_field(1, big_int())), number_field(2)).prop_map(|(coefficient, _)| coefficient),
        any::<[u8; 8]>().prop_map(|bits| [&[0x59][..], &bits].concat()),
        Just(Vec::new()),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        let inner = inner.boxed();
        prop_oneof![
            bytes_field(5, several(bytes_field(2, inner.clone()), 3)),
            bytes_field(4, entries(inner.clone())),
            // The last kind wins, and messages of one kind merge.
            (inner.clone(), inner).prop_map(|(first, second)| [first, second].concat()),
        ]
    })
}

fn entries(value: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let entry = (text(), value).prop_map(|(key, value)| [field(1, &key), field(2, &value)].concat());
    several(bytes_field(1, entry), 3)
}

/// A field that no message knows.
fn unknown() -> impl Strategy<Value = Vec<u8>> {
    let number = select(vec![30_u64, 1_000, (1 << 29) - 1]);
    (number, 0..5_usize, some_bytes()).prop_map(|(number, wire_type, content)| match wire_type {
        0 => [varint(number << 3), varint(content.len() as u64)].concat(),
        1 => [varint(number << 3 | 1), vec![7; 8]].concat(),
        2 => field(number, &content),
        3 => [varint(number << 3 | 3), field(1, &content), varint(number << 3 | 4)].concat(),
        _ => [varint(number << 3 | 5), vec![7; 4]].concat(),
    })
}

/// A known field of a response in a wire type that is not its own.
fn mistyped() -> impl Strategy<Value = Vec<u8>> {
    (1..=5_u64, select(vec![0, 1, 3, 5]), any::<u8>()).prop_map(|(number, wire_type, byte)| {
        let content = match wire_type {
            0 => vec![byte & 0x7f],
            1 => vec![byte; 8],
            3 => [field(number, &[byte]), varint(number << 3 | 4)].concat(),
            _ => vec![byte; 4],
        };
        [varint(number << 3 | wire_type), content].concat()
    })
}

fn payload() -> impl Strategy<Value = Vec<u8>> {
    several(prop_oneof![bytes_field(1, text()), bytes_field(2, some_bytes()), unknown()], 4)
}

/// The fields of a response that decodes.
fn response() -> impl Strategy<Value = Vec<u8>> {
    let record = || several((1..=4_u64, text()).prop_map(|(number, text)| field(number, &text)), 4);
    let metadata = several(prop_oneof![bytes_field(1, record()), number_field(2)], 3);
    let signature = several(prop_oneof![bytes_field(1, some_bytes()), number_field(2)], 2);
    let attestation = several(prop_oneof![number_field(2), bytes_field(3, signature)], 4);
    let attestation = (any::<u8>(), attestation).prop_map(|(byte, rest)| [field(1, &[byte; 32]), rest].concat());
    let one = prop_oneof![
        bytes_field(1, entries(value())),
        bytes_field(2, text()),
        bytes_field(3, metadata),
        bytes_field(4, payload()),
        bytes_field(5, attestation),
        unknown(),
    ];
    several(one, 6)
}

/// Bytes of all degrees of brokenness.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let edits = vec((any::<Index>(), any::<u8>(), 0..3_u8), 1..4);
    let damaged = (response(), edits).prop_map(|(mut bytes, edits)| {
        for (at, byte, edit) in edits {
            let at = at.index(bytes.len() + 1);
            match edit {
                0 => bytes.insert(at, byte),
                1 => drop(bytes.drain(at..bytes.len().min(at + 1))),
                _ => bytes.iter_mut().skip(at).take(1).for_each(|old| *old = byte),
            }
        }
        bytes
    });
    prop_oneof![3 => response(), 3 => damaged, 1 => vec(any::<u8>(), 0..64)]
}

/// Responses print alike when they are alike, also those with a NaN in them, which equals nothing.
fn shown(response: &Response) -> String {
    format!("{response:?}")
}

fn decode(bytes: &[u8]) -> Option<Response> {
    Response::decode(Bytes::copy_from_slice(bytes)).ok()
}

proptest! {
    #![proptest_config(config(1_500))]

    #[test]
    fn well_formed_bytes_decode(bytes in response()) {
        prop_assert!(decode(&bytes).is_some());
    }

    #[test]
    fn encoding_is_a_fixed_point(bytes in any_bytes()) {
        let Some(response) = decode(&bytes) else { return Ok(()) };
        let encoded = response.encode();
        let again = Response::decode(encoded.clone())?;
        prop_assert_eq!(shown(&again), shown(&response));
        prop_assert_eq!(again.encode(), encoded);
        prop_assert_eq!(again.id(), response.id());
    }

    #[test]
    fn envelopes_mean_the_same_again(bytes in any_bytes()) {
        if let Ok(message) = Envelope::decode(bytes.clone()) {
            prop_assert_eq!(Envelope::decode(message.encode()), Ok(message));
        }
        if let Ok(body) = MessageBody::decode(bytes) {
            prop_assert_eq!(MessageBody::decode(body.encode()), Ok(body));
        }
    }

    /// Every decoder, also one that refuses known fields in other wire types, takes what we write.
    #[test]
    fn strict_decoders_take_our_encoding(bytes in any_bytes()) {
        let Some(response) = decode(&bytes) else { return Ok(()) };
        let strict = strict::Response::decode(response.encode())?;
        prop_assert_eq!(strict.metadata.map(|metadata| metadata.metering.len()), Some(response.metering.len()));
        prop_assert_eq!(strict.value.map(|value| value.fields.len()), Some(response.value.entries.len()));
        prop_assert_eq!(strict.ocr_attestation.is_some(), response.attestation.is_some());
        prop_assert_eq!(strict.payload, response.payload.map(|payload| Vec::from(payload.encode().to_bytes())));
    }

    #[test]
    fn metadata_and_attestation_are_no_part_of_the_id(bytes in any_bytes(), other in response()) {
        let (Some(response), Some(other)) = (decode(&bytes), decode(&other)) else { return Ok(()) };
        let id = response.id();
        let (metering, capdon_n, attestation) = (other.metering, other.capdon_n, other.attestation);
        let bare = Response { attestation: Some(OcrAttestation::default()), ..response.clone() };
        prop_assert_eq!(Response { metering, capdon_n, attestation, ..response }.id(), id);
        prop_assert_eq!(bare.id(), id);
    }

    #[test]
    fn unknown_fields_are_dropped(bytes in any_bytes(), unknown in unknown()) {
        let Some(response) = decode(&bytes) else { return Ok(()) };
        let behind = decode(&[&bytes[..], &unknown].concat());
        prop_assert_eq!(behind.as_ref().map(shown), Some(shown(&response)));
        let before = decode(&[&unknown[..], &bytes].concat());
        prop_assert_eq!(before.as_ref().map(shown), Some(shown(&response)));
    }

    #[test]
    fn unknown_fields_of_the_payload_are_kept(bytes in response(), payload in payload(), unknown in unknown()) {
        let with = |payload: &[u8]| decode(&[&bytes[..], &field(4, payload)].concat()).and_then(|response| response.payload);
        let (plain, more) = (with(&payload), with(&[&payload[..], &unknown].concat()));
        let kept = plain.map(|mut plain| {
            plain.unknown.push(unknown.into());
            plain
        });
        prop_assert!(kept.is_some());
        prop_assert_eq!(more, kept);
    }

    #[test]
    fn mistyped_fields_are_dropped(bytes in any_bytes(), mistyped in mistyped()) {
        let Some(response) = decode(&bytes) else { return Ok(()) };
        let before = decode(&[&mistyped[..], &bytes].concat());
        prop_assert_eq!(before.as_ref().map(shown), Some(shown(&response)));
    }

    #[test]
    fn the_payload_is_not_copied(bytes in any_bytes()) {
        let bytes = Bytes::from(bytes);
        let Ok(response) = Response::decode(bytes.clone()) else { return Ok(()) };
        let input = bytes.as_ptr_range();
        for part in [response.payload_value()].into_iter().chain(response.attestation.iter().flat_map(|proof| {
            proof.signatures.iter().map(|signature| &signature.signature[..])
        })) {
            let slice = part.as_ptr_range();
            prop_assert!(part.is_empty() || (input.start <= slice.start && slice.end <= input.end));
        }
    }
}
