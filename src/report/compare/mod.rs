//! Two runs beside each other: which cells became better or worse, metric by metric.
//!
//! 1. `rows` reads `runs.csv` of both: cells are the same where their axes are, replicates where their numbers are.
//! 2. Each metric has its difference, replicate by replicate, so that what both runs have in common drops out.
//! 3. A difference counts when it is significant after Holm's correction over all cells and metrics, and larger than the
//!    least that matters.

mod losses;
mod origin;
mod rows;

use std::path::Path;

use serde_json::{Value, json};

use crate::scenario::escaped;
use crate::stats::{Interval, Mean, PairedDifference, Proportion};

use super::junit::{Case, Outcome, Suite};
use super::markdown::pipes;
use super::table::align;
pub use losses::Loss;
use losses::losses;
pub use origin::{Differing, Origin};
pub use rows::CompareError;
use rows::{Cell, Pair, Side, cells};

/// Confidence of intervals, and of all verdicts together.
const CONFIDENCE: f64 = 0.95;

/// Smallest differences that matter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Least {
    /// Of a rate.
    pub rate: f64,
    /// Of an amount or a time, as a share of that in the base run.
    pub share: f64,
}

/// What became of a metric in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is better.
    Improved,
    /// It is worse.
    Regressed,
    /// Nothing that chance does not explain, or that matters.
    None,
}

impl Change {
    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Improved => "improved",
            Self::Regressed => "regressed",
            Self::None => "no change",
        }
    }
}

/// Way in which a metric is taken from a replicate.
enum Measure {
    /// Share of rows: so many of them.
    Rate(fn(&Side) -> u32),
    /// Amount in both runs; `None` where there is none.
    Amount(fn(&Pair) -> Option<[u64; 2]>),
}

/// A metric that runs are compared by.
struct Compared {
    name: &'static str,
    unit: &'static str,
    /// Whether more of it is better.
    is_good: bool,
    measure: Measure,
}

const fn rate(name: &'static str, is_good: bool, hits: fn(&Side) -> u32) -> Compared {
    Compared { name, unit: "1", is_good, measure: Measure::Rate(hits) }
}

const fn cost(name: &'static str, unit: &'static str, amount: fn(&Pair) -> Option<[u64; 2]>) -> Compared {
    Compared { name, unit, is_good: false, measure: Measure::Amount(amount) }
}

/// All of them.
static METRICS: [Compared; 8] = [
    rate("accepted", true, |side| side.accepted),
    rate("accepted_tainted", false, |side| side.tainted),
    rate("accepted_wrong", false, |side| side.wrong),
    rate("crashed", false, |side| side.crashed),
    rate("served", true, |side| side.served),
    cost("latency", "ms", Pair::latency),
    cost("total_bytes", "bytes", |pair| Some(pair.sides.each_ref().map(|side| side.bytes))),
    cost("signatures_verified", "1", |pair| Some(pair.sides.each_ref().map(|side| side.signatures))),
];

/// A metric in a cell of both runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Values of the cell on the axes.
    pub axes: Vec<String>,
    /// Name of the metric.
    pub metric: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Value in the base run.
    pub base: f64,
    /// That of the new run less that of the base run, in the mean of pairs.
    pub difference: f64,
    /// Its 95 % interval; `None` where there is too little to tell.
    pub interval: Option<(f64, f64)>,
    /// Probability of a difference as large by chance.
    pub p: f64,
    /// Replicates that both have.
    pub n: usize,
    /// Verdict.
    pub change: Change,
}

impl Comparison {
    /// A value of the metric in as many decimals as are worth reading.
    pub(super) fn number(&self, value: f64) -> String {
        format!("{value:.*}", self.decimals())
    }

    /// The difference, with its sign.
    pub(super) fn difference(&self) -> String {
        self.signed(self.difference)
    }

    /// The ends of the interval.
    pub(super) fn interval(&self) -> Option<String> {
        self.interval.map(|(low, high)| format!("[{}, {}]", self.signed(low), self.signed(high)))
    }

    fn signed(&self, value: f64) -> String {
        format!("{value:+.*}", self.decimals())
    }

    fn decimals(&self) -> usize {
        match self.unit {
            "bytes" => 0,
            "ms" => 1,
            _ => 3,
        }
    }
}

/// Two runs compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparisons {
    /// Names of the axes.
    pub axes: Vec<String>,
    /// By cell, then metric.
    pub all: Vec<Comparison>,
    /// Cells that only one of the runs has.
    pub unpaired: usize,
    /// Of the cells that became worse, those that became so the most: a request that was lost.
    pub losses: Vec<Loss>,
}

impl Comparisons {
    /// Whether something became worse.
    pub fn has_regressed(&self) -> bool {
        self.all.iter().any(|comparison| comparison.change == Change::Regressed)
    }

    /// Comparisons that are worth a line: those that changed.
    fn changed(&self) -> impl Iterator<Item = &Comparison> {
        self.all.iter().filter(|comparison| comparison.change != Change::None)
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let fixed = ["metric", "base", "new less base", "95 % interval", "verdict"];
        let header = self.axes.iter().cloned().chain(fixed.map(Into::into)).collect();
        let row = |it: &Comparison| {
            let mut row: Vec<String> = it.axes.iter().map(|value| escaped(value)).collect();
            let metric = if it.unit == "1" { it.metric.to_owned() } else { format!("{} ({})", it.metric, it.unit) };
            row.extend([metric, it.number(it.base), it.difference(), it.interval().unwrap_or_default()]);
            row.push(it.change.name().to_owned());
            row
        };
        std::iter::once(header).chain(self.changed().map(row)).collect()
    }

    /// A line a change, and a sentence about all else.
    pub fn table(&self) -> String {
        let table = if self.changed().next().is_some() { align(&self.rows(), &(0..0)) } else { String::new() };
        format!("{table}{}\n", self.sentence())
    }

    /// The same in Markdown, for a pull request.
    pub fn markdown(&self) -> String {
        let table = if self.changed().next().is_some() { pipes(&self.rows(), &(0..0)) + "\n" } else { String::new() };
        format!("### donsim compare\n\n{table}{}\n", self.sentence())
    }

    /// Numbers of what became better and worse, and of what did not change.
    pub(super) fn sentence(&self) -> String {
        let count = |change| self.all.iter().filter(|comparison| comparison.change == change).count();
        let (improved, regressed) = (count(Change::Improved), count(Change::Regressed));
        let unpaired = match self.unpaired {
            0 => String::new(),
            cells => format!("; {cells} cells are in one of the runs only"),
        };
        let all = self.all.len();
        format!(
            "{improved} improved, {regressed} regressed, {} without change, of {all} comparisons{unpaired}",
            count(Change::None)
        )
    }

    /// One case a comparison, which fails when something became worse.
    pub fn suite(&self, base: &Path, new: &Path) -> Suite {
        let case = |it: &Comparison| {
            let axes = self.axes.iter().zip(&it.axes).map(|(axis, value)| format!("{axis} = {value}"));
            let interval = it.interval().map_or_else(String::new, |interval| format!(", 95 % {interval}"));
            let (name, base, difference) = (it.change.name(), it.number(it.base), it.difference());
            let text = format!("{name}: {base} in the base, {difference} in the new run{interval}");
            let outcome = if it.change == Change::Regressed { Outcome::Failure(text.clone()) } else { Outcome::Pass };
            let name = axes.chain([it.metric.to_owned()]).collect::<Vec<_>>().join(", ");
            Case { class: it.metric, name, outcome, text }
        };
        let folders = [("base", base), ("new", new)];
        let properties = folders.map(|(name, folder)| (name, folder.display().to_string())).to_vec();
        Suite { name: "compare".to_owned(), properties, cases: self.all.iter().map(case).collect() }
    }

    /// Everything, schema `donsim.compare/1`.
    pub fn document(&self) -> Value {
        let object = |it: &Comparison| {
            json!({
                "axes": self.axes.iter().zip(&it.axes).map(|(axis, value)| (axis.clone(), json!(value))).collect::<Value>(),
                "metric": it.metric, "unit": it.unit, "base": it.base, "difference": it.difference,
                "ci_low": it.interval.map(|(low, _)| low), "ci_high": it.interval.map(|(_, high)| high),
                "p": it.p, "n": it.n, "change": it.change.name(),
            })
        };
        json!({
            "schema": "donsim.compare/1",
            "regressed": self.has_regressed(),
            "unpaired_cells": self.unpaired,
            "comparisons": self.all.iter().map(object).collect::<Value>(),
        })
    }
}

/// Compares the run in folder `new` with that in `base`.
pub fn compare(base: &Path, new: &Path, least: Least) -> Result<Comparisons, CompareError> {
    let (axes, cells, unpaired) = cells(base, new)?;
    let mut all: Vec<Comparison> =
        cells.iter().flat_map(|cell| METRICS.iter().filter_map(|metric| metric.compare(cell))).collect();
    judge(&mut all, least);
    let losses = losses(&cells, &all);
    Ok(Comparisons { axes, all, unpaired, losses })
}

/// Interval of a difference by its confidence.
type AtConfidence = dyn Fn(f64) -> Option<Interval>;

impl Compared {
    /// `None` where a run has no value.
    fn compare(&self, cell: &Cell) -> Option<Comparison> {
        let (base, difference, interval): (f64, f64, Box<AtConfidence>) = match self.measure {
            Measure::Rate(hits) => {
                let rows = cell.pairs.first()?.sides.each_ref().map(|side| side.rows);
                let (mut difference, mut before) = (PairedDifference::new([rows[1], rows[0]]), Proportion::default());
                for Pair { sides: [base, new], .. } in &cell.pairs {
                    difference.record([hits(new), hits(base)]);
                    before.record(hits(base), base.rows);
                }
                let interval = move |confidence| difference.interval(confidence);
                (before.estimate()?, difference.estimate()?, Box::new(interval))
            }
            Measure::Amount(amount) => {
                let (mut difference, mut base) = (Mean::default(), Mean::default());
                for [before, now] in cell.pairs.iter().filter_map(amount) {
                    difference.record_difference(now, before);
                    base.record(before);
                }
                // Latencies are in nanoseconds.
                let scale = if self.unit == "ms" { 1e-6 } else { 1.0 };
                let scaled = move |it: Interval| Interval { low: it.low * scale, high: it.high * scale };
                let interval = move |confidence: f64| difference.interval(confidence).map(scaled);
                (base.estimate()? * scale, difference.estimate()? * scale, Box::new(interval))
            }
        };
        let ends = interval(CONFIDENCE).map(|it| (it.low, it.high));
        let (p, n) = (if difference == 0.0 { 1.0 } else { probability(&interval) }, cell.pairs.len());
        let axes = cell.axes.clone();
        let (metric, unit, change) = (self.name, self.unit, Change::None);
        Some(Comparison { axes, metric, unit, base, difference, interval: ends, p, n, change })
    }

    /// Verdict on a significant difference.
    fn change(&self, base: f64, difference: f64, least: Least) -> Change {
        let least = match self.measure {
            Measure::Rate(_) => least.rate,
            Measure::Amount(_) => least.share * base.abs(),
        };
        match (difference.abs() >= least, (difference > 0.0) == self.is_good) {
            (false, _) => Change::None,
            (true, true) => Change::Improved,
            (true, false) => Change::Regressed,
        }
    }
}

/// Probability of a difference as large by chance: one less the largest confidence at which the interval leaves out zero.
fn probability(interval: &dyn Fn(f64) -> Option<Interval>) -> f64 {
    const STEPS: u32 = 40;
    let excludes_zero = |confidence| interval(confidence).is_some_and(|it| it.low > 0.0 || it.high < 0.0);
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..STEPS {
        let middle = f64::midpoint(low, high);
        if excludes_zero(middle) { low = middle } else { high = middle }
    }
    1.0 - low
}

/// Holm's procedure: the k-th smallest of n probabilities is held against the risk by n - k + 1, until one is not small
/// enough.
fn judge(all: &mut [Comparison], least: Least) {
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|a, b| all[*a].p.total_cmp(&all[*b].p));
    for (rank, at) in order.iter().enumerate() {
        if all[*at].p > (1.0 - CONFIDENCE) / (all.len() - rank) as f64 {
            break;
        }
        let it = &mut all[*at];
        let metric = METRICS.iter().find(|metric| metric.name == it.metric);
        it.change = metric.map_or(Change::None, |metric| metric.change(it.base, it.difference, least));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comparison(metric: &'static str, difference: f64, p: f64) -> Comparison {
        let (axes, unit, change) = (Vec::new(), "1", Change::None);
        Comparison { axes, metric, unit, base: 1.0, difference, interval: None, p, n: 100, change }
    }

    #[test]
    fn holm_stops_at_the_first_that_is_not_small_enough() {
        let mut all = vec![
            comparison("accepted", -0.2, 0.012),
            comparison("served", 0.2, 0.03),
            comparison("total_bytes", 0.5, 0.02),
            comparison("crashed", 0.0001, 1e-9),
        ];
        judge(&mut all, Least { rate: 0.001, share: 0.01 });
        // 1e-9 <= 0.05 / 4 but too small to matter; 0.012 <= 0.05 / 3; 0.02 <= 0.05 / 2; 0.03 <= 0.05 / 1.
        let changes: Vec<Change> = all.iter().map(|it| it.change).collect();
        assert_eq!(changes, [Change::Regressed, Change::Improved, Change::Regressed, Change::None]);
        all[2].p = 0.026;
        for it in &mut all {
            it.change = Change::None;
        }
        judge(&mut all, Least { rate: 0.001, share: 0.01 });
        let changes: Vec<Change> = all.iter().map(|it| it.change).collect();
        assert_eq!(changes, [Change::Regressed, Change::None, Change::None, Change::None]);
    }

    #[test]
    fn fractions_of_a_byte_are_not_told() {
        let mut it = comparison("total_bytes", -25_810.227, 0.01);
        (it.unit, it.interval) = ("bytes", Some((-26_615.127, -25_005.327)));
        assert_eq!((it.number(183_816.427), it.difference()), ("183816".to_owned(), "-25810".to_owned()));
        assert_eq!(it.interval().as_deref(), Some("[-26615, -25005]"));
        it.unit = "ms";
        assert_eq!(it.difference(), "-25810.2");
    }

    #[test]
    fn a_probability_is_where_the_interval_reaches_zero() {
        // The interval of a mean of 2 with a half width of 10 times the confidence.
        let interval = |confidence: f64| Some(Interval { low: 2.0 - 10.0 * confidence, high: 2.0 + 10.0 * confidence });
        assert!((probability(&interval) - 0.8).abs() < 1e-9);
    }
}
