//! What holds for every sequence of messages and for all bytes, checked on random ones.
//!
//! The same cases come in every run; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` ask for others and for more.

mod aggregator;
mod messages;
mod strict;
mod wire;

use proptest::test_runner::{Config, RngSeed};

/// `cases` cases of a fixed seed, unless the environment says otherwise.
fn config(cases: u32) -> Config {
    let default = Config::default();
    let rng_seed = match default.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1),
        fixed @ RngSeed::Fixed(_) => fixed,
    };
    // 256 is what proptest says when nobody asked for a number.
    let cases = if default.cases == 256 { cases } else { default.cases };
    Config { cases, rng_seed, failure_persistence: None, ..default }
}
