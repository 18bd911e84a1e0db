//! `pull`: holders announce that they have the payload, and the caller asks one after the other for it.

use super::{Definition, Turn};

pub(super) const STRATEGY: Definition = Definition {
    name: "pull",
    meaning: "Holders announce the payload; the caller asks one for it, and after the delay the next.",
    turn: |_| Turn::Announce,
    says_stop: false,
    asks: true,
};
