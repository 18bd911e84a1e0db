//! Every fault of the catalogue in a small world: that it acts, and what it does to the callers.
//!
//! Draws are keyed and seeds are fixed, so every outcome here is always the same; a share over `n` cases is accepted
//! within five standard deviations of its law.

mod attestations;
mod callers;
mod catalogue;
#[path = "../common/mod.rs"]
mod common;
mod contents;
mod scope;
mod timing;
mod world;
