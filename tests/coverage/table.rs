//! Coverage of one combination, and the table of all.

use std::fmt::{self, Write};

use super::draw::{Chance, EXPERIMENTS, REPLICATES};

/// The confidence of every interval here.
pub const CONFIDENCE: f64 = 0.95;

/// What an interval said of the true value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// It is inside.
    Covered,
    /// The interval is above it.
    TooHigh,
    /// The interval is below it.
    TooLow,
}

impl Said {
    /// Of a truth, by an interval; an estimator that gives none has said nothing wrong, nor right: it fails the test.
    pub fn of(truth: f64, interval: Option<donsim::stats::Interval>) -> Self {
        let interval = interval.expect("an interval");
        if interval.low > truth {
            Self::TooHigh
        } else if interval.high < truth {
            Self::TooLow
        } else {
            Self::Covered
        }
    }
}

/// How often an interval covered in one combination of law and number of replicates.
pub struct Row {
    group: String,
    law: String,
    n: u32,
    too_high: u32,
    too_low: u32,
}

impl Row {
    /// Repeats `experiment`.
    pub fn run(group: &str, law: &str, n: u32, mut experiment: impl FnMut(&mut Chance) -> Said) -> Self {
        let mut chance = Chance::new(&format!("{group}, {law}, {n}"));
        let (mut too_high, mut too_low) = (0, 0);
        for _ in 0..EXPERIMENTS {
            let said = experiment(&mut chance);
            too_high += u32::from(said == Said::TooHigh);
            too_low += u32::from(said == Said::TooLow);
        }
        Self { group: group.to_owned(), law: law.to_owned(), n, too_high, too_low }
    }

    /// The intervals of another group.
    pub fn regrouped(&self, group: impl FnOnce(&str) -> String) -> Self {
        Self { group: group(&self.law), law: self.law.clone(), ..*self }
    }

    /// The share of experiments in which the truth was inside.
    pub fn coverage(&self) -> f64 {
        1.0 - f64::from(self.too_high + self.too_low) / f64::from(EXPERIMENTS)
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { group, law, n, .. } = self;
        let [high, low] = [self.too_high, self.too_low].map(|count| f64::from(count) / f64::from(EXPERIMENTS));
        let coverage = self.coverage();
        write!(f, "{group:<28} {law:<44} {n:>6} {coverage:.4}, too high {high:.4}, too low {low:.4}")
    }
}

/// The page that shows the averages.
const PAGE: &str = include_str!("../../docs/intervals.md");

/// Groups that the page shows, each with every number of replicates.
const SHOWN: [&str; 12] = [
    "clustered share",
    "mean",
    "ratio of means",
    "paired difference of means",
    "paired, 1 in common",
    "paired, 0.7 in common",
    "paired, 0 in common",
    "exact, yes or no",
    "wilson, yes or no",
    "p50",
    "p90",
    "p99",
];

/// Line of the table that begins so.
fn place(group: &str, n: u32) -> String {
    format!("{group:<28} {n:>10} ")
}

/// A line of the page that no test makes would never be found out.
#[test]
fn the_page_shows_every_group_once_and_no_other() {
    let table = PAGE.lines().skip_while(|line| !line.starts_with("interval  ")).skip(1);
    let mut shown: Vec<&str> = table.take_while(|line| *line != "```").map(|line| &line[..40]).collect();
    let mut wanted: Vec<String> = SHOWN.iter().flat_map(|group| REPLICATES.map(|n| place(group, n))).collect();
    shown.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(shown, wanted);
}

/// Prints all rows, then the average of each group and number of replicates; panics with the latter when one is out of
/// the band, or when a group that the page shows is not on it as it is.
pub fn judge(rows: &[Row], (low, high): (f64, f64)) {
    let mut groups: Vec<(&str, u32)> = Vec::new();
    println!();
    for row in rows {
        println!("{row}");
        if !groups.contains(&(&row.group, row.n)) {
            groups.push((&row.group, row.n));
        }
    }
    let mut table =
        format!("\n{:<28} {:>10} {:>9} {:>9} {:>9}\n", "interval", "replicates", "average", "least", "most");
    let mut missed = false;
    for (group, n) in groups {
        let all = || rows.iter().filter(|row| row.group == group && row.n == n).map(Row::coverage);
        let average = all().sum::<f64>() / all().count() as f64;
        let (least, most) = (all().fold(1.0, f64::min), all().fold(0.0, f64::max));
        let outside = !(low..=high).contains(&average);
        missed |= outside;
        let verdict = if outside { "  missed" } else { "" };
        let place = place(group, n);
        let line = format!("{place}{average:>9.4} {least:>9.4} {most:>9.4}{verdict}");
        let of_page = PAGE.lines().find(|line| line.starts_with(&place));
        missed |= SHOWN.contains(&group) && of_page != Some(&line);
        writeln!(table, "{line}").expect("a string");
    }
    println!("{table}");
    assert!(!missed, "outside of {low} to {high}, or not as in docs/intervals.md:\n{table}");
}
