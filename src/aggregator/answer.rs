//! The answer of a capability node, as it comes out of its message.

use crate::wire::{ErrorCode, Rope};

/// Answer of a capability node.
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
