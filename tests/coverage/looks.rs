//! Shares that are looked at again and again: the sequence of their intervals may miss the truth at no look.

use std::collections::BTreeMap;

use donsim::stats::{Interval, Proportion, RateSequence};

use super::clustered::hit_chances;
use super::draw::{Chance, EXPERIMENTS, binomial_chances};
use super::table::CONFIDENCE;

/// Replicates that come between a look and the one before: looks are after 1,000, 2,000, 4,000 and so on.
const BETWEEN: [u32; 5] = [1_000, 1_000, 2_000, 4_000, 8_000];

/// Replicates by their hits, from none to all.
type Counts = Vec<u32>;

/// Share of the experiments in which an interval misses the truth at any look; `chances` are those of each number of hits.
fn ever_missed(law: &str, chances: &[f64], interval: fn(&Counts) -> Option<Interval>) -> f64 {
    let rows = chances.len() as f64 - 1.0;
    let truth = chances.iter().zip(0..).map(|(chance, hits)| chance * f64::from(hits)).sum::<f64>() / rows;
    let mut chance = Chance::new(law);
    // Replicates that are yes or no seldom come to a new sum.
    let mut known: BTreeMap<Counts, Interval> = BTreeMap::new();
    let mut misses = |_: &u32| {
        let mut counts = vec![0; chances.len()];
        BETWEEN.iter().any(|new| {
            let new = chance.multinomial(*new, chances);
            counts.iter_mut().zip(new).for_each(|(count, new)| *count += new);
            let interval =
                known.entry(counts.clone()).or_insert_with(|| interval(&counts).expect("there are replicates"));
            !interval.contains(truth)
        })
    };
    let missed = (0..EXPERIMENTS).filter(|at| misses(at)).count() as f64 / f64::from(EXPERIMENTS);
    println!("{law:<32} ever missed {missed:.4}");
    missed
}

fn of_sequence(counts: &Counts) -> Option<Interval> {
    let (mut sequence, rows) = (RateSequence::default(), counts.len() as u32 - 1);
    counts.iter().zip(0..).for_each(|(count, hits)| sequence.record_many(u64::from(*count), hits, rows));
    sequence.interval(CONFIDENCE)
}

fn of_one_look(counts: &Counts) -> Option<Interval> {
    let (mut share, rows) = (Proportion::default(), counts.len() as u64 - 1);
    counts.iter().zip(0..).for_each(|(count, hits)| share.record_many(u64::from(*count), hits, rows));
    share.interval(CONFIDENCE)
}

/// In 5 % of the experiments plus three standard errors at most, at every truth and however rows depend on each other. An
/// interval that is for one look misses more often.
#[test]
fn no_look_misses_more_often_than_promised() {
    let most = 1.0 - CONFIDENCE + 3.0 * libm::sqrt(0.05 * 0.95 / f64::from(EXPERIMENTS));
    let yes_or_no = [0.000_1, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.999_9];
    let yes_or_no = yes_or_no.map(|p| (format!("yes or no, p = {p}"), vec![1.0 - p, p]));
    let dependent = ("7 rows, p = 0.95, dependence 0.6".to_owned(), hit_chances(0.95, 0.6));
    let independent = ("3 rows, p = 0.3".to_owned(), binomial_chances(3, 0.3));
    for (law, chances) in yes_or_no.into_iter().chain([dependent, independent]) {
        let missed = ever_missed(&law, &chances, of_sequence);
        assert!(missed <= most.min(0.01), "{law}: {missed}, which docs/intervals.md says is less than 0.01");
    }
    let missed = ever_missed("one look, p = 0.5", &[0.5, 0.5], of_one_look);
    assert!(missed > 2.0 * most && (missed * 6.0 - 1.0).abs() < 0.1, "{missed}, one of six in docs/intervals.md");
}
