//! `designated`: one holder sends the payload to a caller; the others wait, and send unless they are told to stop.

use super::{Definition, Turn};
use crate::engine::Span;

pub(super) const STRATEGY: Definition = Definition {
    name: "designated",
    meaning: "One holder sends the payload at once, all others after the delay unless the caller has said stop.",
    turn: |place| Turn::After(if (place.rank)() == 0 { Span::ZERO } else { place.delay }),
    says_stop: true,
    asks: false,
};
