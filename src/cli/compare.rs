//! `donsim compare`: what became better or worse from one run to another?

use std::cell::LazyCell;
use std::path::PathBuf;

use clap::Args;

use crate::report::{Comparisons, Least, Loss, compare, comparison_page};
use crate::scenario::escaped;

use super::witness::{look_at_loss, scenario_of};
use super::{exit, print, say, write_file, write_junit};

#[derive(Debug, Args)]
pub(super) struct Compare {
    /// Results folder of the run to compare with
    base: PathBuf,
    /// Results folder of the new run: of another version of donsim, another aggregator, or another scenario with the same axes
    new: PathBuf,
    /// Smallest difference of a rate that matters
    #[arg(long, value_name = "RATE", default_value_t = 0.001)]
    least_rate: f64,
    /// Smallest difference of bytes, latencies and signatures that matters, as a share of that in BASE
    #[arg(long, value_name = "SHARE", default_value_t = 0.01)]
    least_share: f64,
    /// Print one JSON document with all comparisons
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print Markdown, for a pull request
    #[arg(long)]
    markdown: bool,
    /// Write a page for a browser to FILE: what changed, requests that were lost, drawn as they went in both runs, and all
    /// comparisons in a table to sort and filter
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write one case a comparison to FILE, as JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

impl Compare {
    pub(super) fn execute(&self) -> u8 {
        let least = Least { rate: self.least_rate, share: self.least_share };
        match compare(&self.base, &self.new, least) {
            Ok(found) => {
                if self.json {
                    print(format_args!("{:#}\n", found.document()));
                } else if self.markdown {
                    print(found.markdown());
                } else {
                    print(found.table());
                }
                let suite = found.suite(&self.base, &self.new);
                if !self.junit.as_ref().is_none_or(|file| write_junit(file, &[suite])) {
                    return exit::USAGE;
                }
                if !self.html.as_ref().is_none_or(|file| write_file(file, Ok(self.page(&found).into_bytes()))) {
                    return exit::USAGE;
                }
                if found.has_regressed() { exit::FAIL } else { exit::PASS }
            }
            Err(error) => {
                say(format_args!("error: {}", escaped(&error.to_string())));
                exit::USAGE
            }
        }
    }

    fn page(&self, found: &Comparisons) -> String {
        // Nothing is loaded where nothing was lost.
        let scenarios = LazyCell::new(|| Ok::<_, String>([scenario_of(&self.base)?, scenario_of(&self.new)?]));
        let look = |loss: &Loss| {
            let [base, new] = scenarios.as_ref().map_err(Clone::clone)?;
            look_at_loss([base, new], loss)
        };
        comparison_page(found, [&self.base, &self.new], &look)
    }
}
