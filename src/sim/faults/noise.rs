//! Random bytes for attackers.

use super::AnswerContext;
use crate::sim::site::Site;

/// What the bytes stand for; the numbers key draws: add, never renumber.
#[derive(Clone, Copy)]
#[repr(u32)]
pub(super) enum Purpose {
    Signature = 1,
    Response = 2,
}

/// `len` random bytes, a node's own for the request.
pub(super) fn bytes(answer: &AnswerContext<'_>, purpose: Purpose, len: usize) -> Vec<u8> {
    Site::Garbage.bytes(answer.draws, [answer.request.number, answer.node, purpose as u32, 0, 0], len)
}
