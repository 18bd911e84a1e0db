//! Wrong payloads.

use super::AnswerContext;
use crate::sim::site::Site;
use crate::wire::Any;

/// Whose lie, and told to whom.
#[derive(Clone, Copy, Debug)]
pub(super) enum Version {
    /// The one that all liars share.
    Shared,
    /// The node's own.
    Own,
    /// Shared by all liars, another for every workflow node.
    ForRequester,
}

impl Version {
    /// What liars send: the same lie from all, or each its own.
    pub(super) const fn of(collude: bool) -> Self {
        if collude { Self::Shared } else { Self::Own }
    }
}

/// A wrong payload of the type and size of the right one.
pub(super) fn lie(answer: &AnswerContext<'_>, version: Version) -> Any {
    let truth = &answer.request.truth;
    let (author, receiver) = match version {
        Version::Shared => (0, 0),
        Version::Own => (answer.node + 1, 0),
        Version::ForRequester => (0, answer.requester + 1),
    };
    // Even an empty payload has a wrong twin: one byte.
    let len = truth.payload.len().max(1);
    let mut value = Site::WrongPayload.bytes(answer.draws, [answer.request.number, author, receiver, 0, 0], len);
    // A short lie might come out true.
    if truth.payload == value {
        value[0] ^= 1;
    }
    Any::new(truth.type_url, value.into())
}
