//! `donsim bench`: what do donsim's own ways cost, by what plain ones cost?

use std::num::NonZeroUsize;

use clap::Args;

use crate::bench::{COMPARISONS, Comparison};

use super::{exit, print, say};

#[derive(Debug, Args)]
pub(super) struct Bench {
    /// Only comparisons whose name begins so
    names: Vec<String>,
    /// Turns of each way; the median counts
    #[arg(long, value_name = "N", default_value = "201")]
    turns: NonZeroUsize,
}

impl Bench {
    pub(super) fn execute(&self) -> u8 {
        let is_wanted = |name: &str| self.names.is_empty() || self.names.iter().any(|wanted| name.starts_with(wanted));
        let wanted: Vec<&Comparison> =
            COMPARISONS.into_iter().flatten().filter(|comparison| is_wanted(comparison.name)).collect();
        if wanted.is_empty() {
            say("error: no comparison is called so; `donsim bench` without a name measures all");
            return exit::NOTHING_SELECTED;
        }
        print(format_args!("{:16}{:>10}{:>14}{:>8}{:>6}\n", "comparison", "ours us", "reference us", "figure", "aim"));
        for comparison in wanted {
            let measured = comparison.measure(self.turns.get());
            let [ours, reference] = [measured.ours, measured.reference].map(|nanoseconds| nanoseconds / 1e3);
            let Comparison { name, ours: way, reference: plain, aim, .. } = comparison;
            let figure = measured.figure;
            print(format_args!("{name:16}{ours:10.1}{reference:14.1}{figure:8.3}{aim:6.2}  {way} / {plain}\n"));
        }
        exit::PASS
    }
}
