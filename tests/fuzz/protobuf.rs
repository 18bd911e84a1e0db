//! Mutations that know the wire format: fields come, go, repeat, change their type, and lengths still fit.

use prost::encoding::{decode_varint, encode_varint};

use crate::bytes;
use crate::dice::Dice;

/// A field: its key, and what stands behind it without the length.
#[derive(Clone)]
struct Field {
    key: u64,
    content: Vec<u8>,
}

const VARINT: u64 = 0;
const FIXED_64: u64 = 1;
const BYTES: u64 = 2;
const FIXED_32: u64 = 5;

/// Deeper than any field of a message that means something.
const MAX_DEPTH: usize = 12;

/// Changes a message, or a message in it, or bytes in that.
pub fn mutate(dice: &mut Dice, message: &mut Vec<u8>, other: &[u8]) {
    mutate_at(dice, message, other, 0);
}

fn mutate_at(dice: &mut Dice, message: &mut Vec<u8>, other: &[u8], depth: usize) {
    let Some(mut fields) = parse(message).filter(|_| !dice.one_in(12)) else {
        return bytes::mutate(dice, message, other, 1, &[]);
    };
    let inner: Vec<usize> =
        (0..fields.len()).filter(|at| fields[*at].key & 7 == BYTES && !fields[*at].content.is_empty()).collect();
    if depth < MAX_DEPTH && !inner.is_empty() && !dice.one_in(3) {
        let at = *dice.pick(&inner);
        mutate_at(dice, &mut fields[at].content, other, depth + 1);
    } else {
        rearrange(dice, &mut fields, other);
    }
    *message = print(&fields);
}

fn rearrange(dice: &mut Dice, fields: &mut Vec<Field>, other: &[u8]) {
    let at = dice.below(fields.len());
    let (to, last) = (dice.below(fields.len() + 1), fields.len().saturating_sub(1));
    if fields.is_empty() || dice.one_in(3) {
        return fields.insert(to, fresh(dice, other));
    }
    match dice.below(7) {
        0 => drop(fields.remove(at)),
        1 => fields.insert(to, fields[at].clone()),
        2 => fields.swap(at, to.min(last)),
        3 => fields[at].key = (fields[at].key & 7) | ((dice.below(18) as u64) << 3),
        4 => fields[at] = Field { key: (fields[at].key & !7) | BYTES, content: print(&fields[at..=at]) },
        5 => {
            let number = fields[at].key >> 3;
            fields[at] = Field { key: number << 3, ..fresh_of(dice, VARINT, other) };
        }
        _ => {
            let group = [key(fields[at].key >> 3, 3), print(&fields[at..=at]), key(fields[at].key >> 3, 4)].concat();
            // A group has no length: as a varint's content it is written as it stands, behind one unknown field.
            fields[at] = Field { key: 30 << 3, content: [vec![0], group].concat() };
        }
    }
}

fn fresh(dice: &mut Dice, other: &[u8]) -> Field {
    let wire_type = *dice.pick(&[VARINT, FIXED_64, BYTES, BYTES, BYTES, FIXED_32]);
    let number = if dice.one_in(6) { dice.number() >> 36 } else { dice.below(18) as u64 };
    Field { key: (number << 3) | wire_type, ..fresh_of(dice, wire_type, other) }
}

fn fresh_of(dice: &mut Dice, wire_type: u64, other: &[u8]) -> Field {
    let content = match wire_type {
        VARINT => varint(dice.number()),
        FIXED_64 => dice.number().to_le_bytes().to_vec(),
        FIXED_32 => (dice.number() as u32).to_le_bytes().to_vec(),
        _ => match parse(other).filter(|fields| !fields.is_empty()) {
            Some(fields) if dice.one_in(2) => print(&[dice.pick(&fields).clone()]),
            _ => other[dice.stretch(other.len())].to_vec(),
        },
    };
    Field { key: wire_type, content }
}

fn varint(number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_varint(number, &mut bytes);
    bytes
}

fn key(number: u64, wire_type: u64) -> Vec<u8> {
    varint((number << 3) | wire_type)
}

/// The fields of a message without groups.
fn parse(message: &[u8]) -> Option<Vec<Field>> {
    let mut rest = message;
    let mut fields = Vec::new();
    while !rest.is_empty() {
        let key = decode_varint(&mut rest).ok()?;
        let len = match key & 7 {
            VARINT => rest.iter().position(|byte| *byte < 0x80)? + 1,
            FIXED_64 => 8,
            BYTES => usize::try_from(decode_varint(&mut rest).ok()?).ok()?,
            FIXED_32 => 4,
            _ => return None,
        };
        let (content, behind) = rest.split_at_checked(len)?;
        fields.push(Field { key, content: content.to_vec() });
        rest = behind;
    }
    Some(fields)
}

fn print(fields: &[Field]) -> Vec<u8> {
    let mut message = Vec::new();
    for field in fields {
        encode_varint(field.key, &mut message);
        if field.key & 7 == BYTES {
            encode_varint(field.content.len() as u64, &mut message);
        }
        message.extend_from_slice(&field.content);
    }
    message
}
