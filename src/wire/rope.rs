//! Bytes in pieces, so that a large payload is shared by all messages that carry it and copied into none.

use std::cmp::Ordering;
use std::collections::VecDeque;

use prost::bytes::{Buf, Bytes, BytesMut};
use prost::encoding::{self, DecodeContext, WireType};
use prost::{DecodeError, Message};
use sha2::{Digest, Sha256};

/// Shorter pieces are copied: that takes less time than to keep count of who shares them.
const LEAST_SHARED: usize = 256;

/// Bytes in pieces. How they are cut is no part of their value: ropes of the same bytes are equal, and where they share
/// memory that takes no look at it.
///
/// Decoding from a rope is decoding from its bytes; byte fields within one piece share it.
///
/// ```
/// use donsim::wire::{Any, Response, Rope};
///
/// let reply = vec![7; 1000];
/// let response = Response { payload: Some(Any::new("a.Reply", reply.into())), ..Response::default() };
/// let (shared, copied) = (response.rope(), Rope::from(response.rope().to_bytes()));
/// assert!(shared.pieces().count() > 1 && copied.pieces().count() == 1 && !shared.is_empty());
/// assert_eq!((&shared, shared.len(), shared.sha256()), (&copied, copied.len(), copied.sha256()));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Rope {
    /// None is empty.
    pieces: VecDeque<Bytes>,
    len: usize,
}

impl Rope {
    /// Number of bytes.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no bytes.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The pieces in their order.
    pub fn pieces(&self) -> impl Iterator<Item = &Bytes> {
        self.pieces.iter()
    }

    /// All bytes in one piece; a copy, unless they are.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        self.clone().split_bytes(self.len)
    }

    /// SHA-256 of the bytes.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        self.pieces.iter().fold(Sha256::new(), Sha256::chain_update).finalize().into()
    }

    fn push(&mut self, piece: Bytes) {
        if !piece.is_empty() {
            self.len += piece.len();
            self.pieces.push_back(piece);
        }
    }

    /// The first `len` bytes, which it loses.
    ///
    /// # Panics
    /// When there are fewer.
    fn split(&mut self, len: usize) -> Self {
        let mut head = Self::default();
        while head.len < len {
            let piece = self.chunk().len().min(len - head.len);
            head.push(self.split_bytes(piece));
        }
        head
    }

    /// The same in one piece.
    fn split_bytes(&mut self, len: usize) -> Bytes {
        assert!(len <= self.len, "{len} of {} bytes", self.len);
        match self.pieces.front_mut() {
            Some(first) if first.len() > len => {
                self.len -= len;
                first.split_to(len)
            }
            Some(first) if first.len() == len => {
                self.len -= len;
                self.pieces.pop_front().unwrap_or_default()
            }
            _ => {
                let mut bytes = BytesMut::with_capacity(len);
                while bytes.len() < len {
                    let piece = self.chunk().len().min(len - bytes.len());
                    bytes.extend_from_slice(&self.chunk()[..piece]);
                    self.advance(piece);
                }
                bytes.freeze()
            }
        }
    }

    /// The content of a length-delimited field, behind its key.
    fn split_field(&mut self) -> Result<Self, DecodeError> {
        let mut ahead = self.clone();
        match usize::try_from(encoding::decode_varint(&mut ahead)?) {
            Ok(len) if len <= ahead.len => {
                let field = ahead.split(len);
                *self = ahead;
                Ok(field)
            }
            // Too long: prost says so.
            _ => {
                let (wire_type, context) = (WireType::LengthDelimited, DecodeContext::default());
                encoding::bytes::merge(wire_type, &mut Bytes::new(), self, context)?;
                Ok(Self::default())
            }
        }
    }

    /// Order of the bytes; memory that both share is equal unseen.
    fn compare(&self, other: &Self) -> Ordering {
        let (mut ours, mut theirs) = (self.pieces.iter(), other.pieces.iter());
        let (mut our, mut their): (&[u8], &[u8]) = (&[], &[]);
        loop {
            if our.is_empty() {
                our = ours.next().map_or(&[], |piece| piece);
            }
            if their.is_empty() {
                their = theirs.next().map_or(&[], |piece| piece);
            }
            if our.is_empty() || their.is_empty() {
                return our.len().cmp(&their.len());
            }
            let len = our.len().min(their.len());
            if our.as_ptr() != their.as_ptr() {
                let order = our[..len].cmp(&their[..len]);
                if order.is_ne() {
                    return order;
                }
            }
            (our, their) = (&our[len..], &their[len..]);
        }
    }
}

/// Whether bytes are equal; those that share memory are unseen.
pub(crate) fn equal_bytes(one: &Bytes, other: &Bytes) -> bool {
    std::ptr::eq(&raw const one[..], &raw const other[..]) || one == other
}

impl PartialEq for Rope {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.compare(other).is_eq()
    }
}

impl Eq for Rope {}

impl PartialOrd for Rope {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rope {
    fn cmp(&self, other: &Self) -> Ordering {
        self.compare(other)
    }
}

impl PartialEq<[u8]> for Rope {
    fn eq(&self, other: &[u8]) -> bool {
        self.len == other.len() && self.pieces.iter().flatten().eq(other)
    }
}

impl From<Bytes> for Rope {
    fn from(bytes: Bytes) -> Self {
        let mut rope = Self::default();
        rope.push(bytes);
        rope
    }
}

impl From<Vec<u8>> for Rope {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl Buf for Rope {
    fn remaining(&self) -> usize {
        self.len
    }

    fn chunk(&self) -> &[u8] {
        self.pieces.front().map_or(&[], |piece| piece)
    }

    fn advance(&mut self, mut count: usize) {
        assert!(count <= self.len, "{count} of {} bytes", self.len);
        self.len -= count;
        while let Some(first) = self.pieces.front_mut() {
            if first.len() > count {
                return first.advance(count);
            }
            count -= first.len();
            self.pieces.pop_front();
        }
    }

    fn copy_to_bytes(&mut self, len: usize) -> Bytes {
        self.split_bytes(len)
    }
}

/// Writes a rope: small things one behind the other, large ones shared.
#[derive(Debug, Default)]
pub(super) struct Writer {
    rope: Rope,
    /// What comes behind the last piece.
    open: Vec<u8>,
}

impl Writer {
    /// Takes what is written to it.
    pub(super) const fn small(&mut self) -> &mut Vec<u8> {
        &mut self.open
    }

    /// Key and length of a length-delimited field, whose content comes next.
    pub(super) fn field(&mut self, number: u32, len: usize) {
        encoding::encode_key(number, WireType::LengthDelimited, &mut self.open);
        encoding::encode_varint(len as u64, &mut self.open);
    }

    /// Bytes that are shared, if they are worth it.
    pub(super) fn share(&mut self, bytes: &Bytes) {
        if bytes.len() < LEAST_SHARED {
            self.open.extend_from_slice(bytes);
        } else {
            self.rope.push(std::mem::take(&mut self.open).into());
            self.rope.push(bytes.clone());
        }
    }

    pub(super) fn share_all(&mut self, rope: &Rope) {
        rope.pieces().for_each(|piece| self.share(piece));
    }

    pub(super) fn finish(mut self) -> Rope {
        self.rope.push(self.open.into());
        self.rope
    }
}

/// Bytes of a length-delimited field of `len` bytes, its key of one byte and its length included.
pub(crate) const fn field_len(len: usize) -> usize {
    1 + encoding::encoded_len_varint(len as u64) + len
}

/// Decodes a message whose field `shared`, length-delimited, stays in pieces: the rest of it, which must not declare that
/// field, and all occurrences of the field.
pub(super) fn decode_around<M: Message + Default>(mut rest: Rope, shared: u32) -> Result<(M, Vec<Rope>), DecodeError> {
    let (mut message, mut occurrences) = (M::default(), Vec::new());
    while rest.has_remaining() {
        let (number, wire_type) = encoding::decode_key(&mut rest)?;
        if (number, wire_type) == (shared, WireType::LengthDelimited) {
            occurrences.push(rest.split_field()?);
        } else {
            message.merge_field(number, wire_type, &mut rest, DecodeContext::default())?;
        }
    }
    Ok((message, occurrences))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ropes of the bytes, cut at every pair of places.
    fn cuts(bytes: &[u8]) -> impl Iterator<Item = Rope> {
        let whole = Bytes::copy_from_slice(bytes);
        let pairs = (0..=whole.len()).flat_map({
            let len = whole.len();
            move |first| (first..=len).map(move |second| (first, second))
        });
        pairs.map(move |(first, second)| {
            let mut rope = Rope::default();
            for piece in [whole.slice(..first), whole.slice(first..second), whole.slice(second..)] {
                rope.push(piece);
            }
            rope
        })
    }

    #[test]
    fn how_a_rope_is_cut_is_no_part_of_its_value() {
        let bytes = [3, 1, 4, 1, 5];
        for rope in cuts(&bytes) {
            assert_eq!((rope.len(), &rope.to_bytes()[..], &rope), (5, &bytes[..], &Rope::from(bytes.to_vec())));
            for other in [&[3, 1, 4][..], &[3, 1, 4, 1, 5, 9], &[3, 1, 4, 2, 5], &[]] {
                for cut in cuts(other) {
                    assert_eq!(rope.cmp(&cut), bytes[..].cmp(other));
                }
            }
        }
    }

    #[test]
    fn reading_goes_from_piece_to_piece() {
        for rope in cuts(&[3, 1, 4, 1, 5]) {
            for len in 0..=5 {
                let (mut rest, mut again, mut third) = (rope.clone(), rope.clone(), rope.clone());
                let expected = (&[3, 1, 4, 1, 5][..len], &[3, 1, 4, 1, 5][len..]);
                assert_eq!((&rest.copy_to_bytes(len)[..], &rest.to_bytes()[..]), expected);
                assert_eq!((&again.split(len).to_bytes()[..], &again.to_bytes()[..]), expected);
                third.advance(len);
                assert_eq!((&third.to_bytes()[..], third.remaining()), (expected.1, 5 - len));
            }
        }
    }

    #[test]
    fn large_bytes_are_shared() {
        let large = Bytes::from(vec![7; LEAST_SHARED]);
        let mut writer = Writer::default();
        writer.field(4, large.len());
        writer.share(&large);
        writer.share(&Bytes::from_static(b"small"));
        let mut rope = writer.finish();
        rope.advance(1);
        let field = rope.split_field().expect("a field");
        assert!(equal_bytes(&field.to_bytes(), &large) && field.chunk().as_ptr() == large.as_ptr());
        assert_eq!(rope, *b"small".as_slice());
        assert!(Rope::from(vec![5, 1]).split_field().is_err());
    }
}
