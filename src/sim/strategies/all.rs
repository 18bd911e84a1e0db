//! `all`: every holder sends the payload to every caller at once, as the original does.

use super::{Definition, Turn};
use crate::engine::Span;

pub(super) const STRATEGY: Definition = Definition {
    name: "all",
    meaning: "Every holder sends the payload at once.",
    turn: |_| Turn::After(Span::ZERO),
    says_stop: false,
    asks: false,
};
