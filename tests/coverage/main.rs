//! Intervals cover the truth as often as they promise.
//!
//! Every interval that donsim reports is computed for 10,000 experiments of 100, 1,000 and 10,000 replicates, drawn from
//! laws whose truth is known, over a grid of truths. At a promised 95 %
//! - the exact interval of a yes-or-no metric has to cover in 95 % less three standard errors, at every truth;
//! - the sequence of intervals that stop rules look at has to cover as often at all looks together;
//! - all others have to cover in 93 to 97 %, on average over the grid, for every number of replicates.
//!
//! The grids are what a scenario may meet: rates from 0.01 to 0.99 (yes-or-no from 0.001 to 0.999), rows of a replicate
//! from independent to identical, amounts from nearly constant to those that a twentieth of the replicates triples.
//! All of this is seeded, so a change of an estimator is a change of a figure here, printed by
//!
//! ```text
//! cargo test --test coverage -- --nocapture
//! ```

mod clustered;
mod draw;
mod looks;
mod means;
mod paired;
mod quantiles;
mod table;
mod yes_or_no;
