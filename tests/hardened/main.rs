//! The rule set `hardened` against whatever Byzantine peers may send: every order of a small alphabet of messages, and
//! random adversaries in larger DONs.
//!
//! What it may do is written down here once more (`reference.rs`), on the facts that a message carries.

mod adversary;
mod every_order;
mod floods;
mod reference;
mod world;
