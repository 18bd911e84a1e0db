//! Expectations of a scenario, held against what a run found.
//!
//! Every expectation is checked on each of its cells (or pairs of cells) by a one-sided bound. For `>=` it passes when
//! the lower bound reaches the threshold, fails when the upper bound stays below it, and otherwise the run is too small
//! to tell; `<=` is the mirror image. What counts as a bound is the same as in the tables, but for rates, which get the
//! exact interval: at the level of a gate an approximation has no place.
//!
//! A scenario with many checks would let one pass by luck, so all of them share the risk (Bonferroni): of `m` checks in
//! the file each is made at the confidence `1 - (1 - confidence) / m`. The chance that any of them passes wrongly is
//! then at most `1 - confidence`, and so is the chance that any fails wrongly.

mod checks;
mod judge;
mod power;
#[cfg(test)]
mod tests;

pub(super) use judge::Judge;
pub use power::check_power;
