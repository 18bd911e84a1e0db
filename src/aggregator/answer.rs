//! The answer of a capability node, as it comes out of its message.

use crate::wire::{ErrorCode, Rope};

/// Answer of a capability node.
///
/// ```
/// use donsim::aggregator::Answer;
/// use donsim::wire::{ErrorCode, Response};
///
/// let answer = Answer::response(Response::default().encode());
/// assert!(answer.code == ErrorCode::OK && answer.text.is_empty() && !answer.payload.is_empty());
/// let refusal = Answer::error(ErrorCode::TIMEOUT, "too late");
/// assert!(refusal.code == ErrorCode::TIMEOUT && refusal.text == "too late" && refusal.payload.is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// [`ErrorCode::OK`] for a response.
    pub code: ErrorCode,
    /// The error's text.
    pub text: String,
    /// An encoded response.
    pub payload: Rope,
}

impl Answer {
    /// A response.
    #[must_use]
    pub fn response(payload: impl Into<Rope>) -> Self {
        Self { code: ErrorCode::OK, text: String::new(), payload: payload.into() }
    }

    /// An error.
    #[must_use]
    pub fn error(code: ErrorCode, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), payload: Rope::default() }
    }
}
