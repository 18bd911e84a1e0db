//! Expectations that no observation would satisfy: an error before anything runs.
//!
//! The best that a run can find is that every replicate says the same, and then each counts as one trial. From that
//! follows the smallest number of replicates that is of any use; a run that is only that large passes when nothing at
//! all goes wrong.

use std::collections::BTreeSet;

use crate::scenario::{Diagnostics, Direction, Expectation, Objection, Scenario, Stat, Subject};
use crate::stats::{PairedDifference, Proportion, RateSequence, quantile_ranks};

use super::judge::two_sided_confidence;
use super::judgement::{Bounds, Ruling};
use super::looks::at_look;
use super::reading::rows_per_replicate;

/// More replicates than this no scenario can ask for.
const MOST_REPLICATES: u64 = 1_000_000_000;

/// Whether all expectations of a scenario could pass.
///
/// ```
/// use std::path::Path;
/// use donsim::experiment::check_power;
/// use donsim::scenario::Scenario;
///
/// let text = "schema = 1\nrun.replicates = 20\n[[expect]]\nthat = \"accepted >= 0.999\"\n";
/// let scenario = Scenario::parse(Path::new("mine.toml"), text.to_owned(), &[])?;
/// let error = check_power(&scenario).expect_err("20 of 20 prove no more than 0.8").to_string();
/// assert!(error.contains("`accepted >= 0.999` cannot pass with 20 replicates"), "{error}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Those that cannot with so few replicates, and how many would do.
pub fn check_power(scenario: &Scenario) -> Result<(), Diagnostics> {
    let replicates = scenario.run().replicates;
    let objection = |(at, expectation): (usize, &Expectation)| {
        if scenario.run().strata {
            return without_strata(at, expectation);
        }
        let weak = Best::of(scenario, expectation).into_iter().filter(|best| !best.passes(replicates));
        // The cells that need most decide, and above all those that no number would help.
        let needs = weak.map(|best| (best.needed(), best));
        let (needed, weakest) = needs.max_by_key(|(needed, _)| needed.unwrap_or(u64::MAX))?;
        Some(weakest.objection(scenario, at, needed))
    };
    let objections: Vec<_> = scenario.expectations().iter().enumerate().filter_map(objection).collect();
    if objections.is_empty() { Ok(()) } else { Err(scenario.object(&objections)) }
}

/// Expectations that replicates which are dealt to strata say nothing about. How small a rate they can show follows from
/// what is certain in each stratum; so a rate is never refused here, and at worst undecided in the end.
fn without_strata(at: usize, Expectation { that, metric, subjects, .. }: &Expectation) -> Option<Objection> {
    let is_difference = matches!(subjects.first(), Some(Subject::Difference { .. }));
    let label = match metric.stat() {
        _ if is_difference => "a difference of cells",
        Stat::Quantile(_) => "a quantile",
        Stat::Ratio => "a ratio",
        Stat::Rate | Stat::Mean => return None,
    };
    Some(Objection {
        expectation: at,
        message: format!("`{that}` cannot be judged with `run.strata`"),
        label: label.to_owned(),
        notes: vec!["replicates that are dealt to strata have intervals of rates and means alone".to_owned()],
        help: "leave `run.strata` out for this expectation, or put it into a scenario of its own".to_owned(),
    })
}

/// The best that a run could find for an expectation.
#[derive(Clone, Copy, Debug)]
struct Best<'a> {
    expectation: &'a Expectation,
    /// Of a two-sided interval.
    confidence: f64,
    /// Whether cells may end early: then an interval has to hold at all looks.
    stops: bool,
    /// Rows per replicate, of one cell or of the two of a difference.
    rows: [u32; 2],
}

impl<'a> Best<'a> {
    /// One for every number of rows that its cells have.
    fn of(scenario: &Scenario, expectation: &'a Expectation) -> Vec<Self> {
        let confidence = two_sided_confidence(scenario, expectation);
        let rows = |subject: &Subject| {
            let rows = |cell| rows_per_replicate(&scenario.cell(cell).setup, expectation.metric);
            let mut of_cells = subject.cells().map(rows);
            let first = of_cells.next().unwrap_or_default();
            [first, of_cells.next().unwrap_or(first)]
        };
        let stops = scenario.stop_rules().is_some();
        let distinct: BTreeSet<[u32; 2]> = expectation.subjects.iter().map(rows).collect();
        distinct.into_iter().map(|rows| Self { expectation, confidence, stops, rows }).collect()
    }

    fn is_difference(&self) -> bool {
        matches!(self.expectation.subjects.first(), Some(Subject::Difference { .. }))
    }

    /// Bounds when all goes as expected.
    fn bounds(&self, replicates: u64) -> Bounds {
        let upwards = self.expectation.direction == Direction::AtLeast;
        let mut rate = Proportion::default();
        let (rows, hits) = (self.rows[0], if upwards { self.rows[0] } else { 0 });
        rate.record_many(replicates, u64::from(hits), u64::from(rows));
        let confidence = if self.stops { at_look(self.confidence, replicates) } else { self.confidence };
        let interval = match self.expectation.metric.stat() {
            Stat::Rate if self.is_difference() => {
                let mut difference = PairedDifference::new(self.rows);
                difference.record_many(replicates, if upwards { [self.rows[0], 0] } else { [0, self.rows[1]] });
                difference.exact_interval(confidence)
            }
            Stat::Rate if self.stops && self.expectation.metric.has_equal_rows() => {
                let mut sequence = RateSequence::default();
                sequence.record_many(replicates, hits, rows);
                sequence.interval(self.confidence)
            }
            Stat::Rate => rate.exact_interval(confidence),
            Stat::Quantile(q) => {
                let trials = rate.effective_rows(confidence).unwrap_or_default();
                let (low, high) = quantile_ranks(q, trials, confidence);
                // All at the threshold: what matters is whether there is a bound.
                let at = |rank: Option<f64>| rank.map(|_| self.expectation.threshold);
                return Bounds { observed: None, low: at(low), high: at(high) };
            }
            Stat::Mean | Stat::Ratio => {
                let known = (replicates > 1).then_some(self.expectation.threshold);
                return Bounds { observed: None, low: known, high: known };
            }
        };
        Bounds::new(None, interval)
    }

    fn objection(&self, scenario: &Scenario, expectation: usize, needed: Option<u64>) -> Objection {
        let (replicates, checks) = (scenario.run().replicates, scenario.check_count());
        let Expectation { that, confidence, .. } = self.expectation;
        let s = if replicates == 1 { "" } else { "s" };
        let shown =
            self.shown(replicates).map(|it| format!("the best that {replicates} replicate{s} can show is {it}"));
        let shared = format!("the confidence of {confidence} is shared by {checks} checks of this scenario");
        Objection {
            expectation,
            message: format!("`{that}` cannot pass with {replicates} replicate{s}"),
            label: "underpowered".to_owned(),
            notes: shown.into_iter().chain((checks > 1).then_some(shared)).collect(),
            help: match needed {
                Some(needed) => format!("use `run.replicates = {needed}` at least, more if anything may go wrong"),
                None => "no number of replicates can show it; ask for a little less".to_owned(),
            },
        }
    }

    fn passes(&self, replicates: u64) -> bool {
        let Expectation { direction, threshold, .. } = *self.expectation;
        self.bounds(replicates).rule(direction, threshold) == Ruling::Pass
    }

    /// The bound of the best case in words; `None` where there is none.
    fn shown(&self, replicates: u64) -> Option<String> {
        let bounds = self.bounds(replicates);
        match (self.expectation.metric.stat(), self.expectation.direction) {
            (Stat::Rate, Direction::AtLeast) => Some(format!("at least {:.4}", bounds.low?)),
            (Stat::Rate, Direction::AtMost) => Some(format!("at most {:.4}", bounds.high?)),
            _ => None,
        }
    }

    /// The smallest number of replicates that could pass, if any could.
    fn needed(&self) -> Option<u64> {
        let mut high = 1;
        while !self.passes(high) {
            high = (high < MOST_REPLICATES).then(|| (2 * high).min(MOST_REPLICATES))?;
        }
        let mut low = high / 2;
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.passes(middle) { high = middle } else { low = middle }
        }
        Some(high)
    }
}
