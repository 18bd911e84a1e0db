//! Estimators and their intervals.
//!
//! The unit of statistics is the replicate: the rows of one replicate (requests x workflow nodes) share random numbers and
//! depend on each other, so every interval here is about replicates, however many rows they have. Sums are exact
//! integers and all mathematics is `libm`'s, so that no result depends on a machine.

mod binomial;
mod latencies;
mod mean;
mod moments;
mod paired;
mod proportion;
mod quantiles;
mod ratio;
mod sequence;
mod special;
mod stratified;

pub use binomial::{Interval, quantile_ranks};
pub use latencies::Latencies;
pub use mean::Mean;
pub use paired::PairedDifference;
pub use proportion::Proportion;
pub use quantiles::{End, Quantiles, end_ranks};
pub use ratio::RatioOfMeans;
pub use sequence::{RateSequence, shared_over_looks};
pub use stratified::{Stratum, stratified_interval, stratified_mean, stratified_rate};

#[cfg(test)]
mod simulated {
    //! Replicates whose rows depend on each other, for tests of coverage.

    use crate::engine::{DrawKey, Draws};

    /// Rows per replicate.
    const ROWS: usize = 7;

    /// A replicate's rows, each uniform over 0 to 1: its own draw or, with probability `share`, one that the
    /// replicate has in common.
    pub fn dependent_rows(experiment: u32, replicate: u32, share: f64) -> [f64; ROWS] {
        let key = DrawKey { site: 1, parts: [experiment, replicate, 0, 0, 0] };
        let bytes = Draws::new(17, 0).bytes(key, (2 * ROWS + 1) * 4);
        let (words, _) = bytes.as_chunks::<4>();
        let unit = |at: usize| (f64::from(u32::from_le_bytes(words[at])) + 0.5) / 4_294_967_296.0;
        std::array::from_fn(|row| if unit(1 + row) < share { unit(0) } else { unit(1 + ROWS + row) })
    }
}
