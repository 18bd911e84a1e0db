//! Judgements for people, one line each, and as `expectations.json`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::experiment::{CellSummary, Direction, Judgement, Metric, Ruling, RunSummary, Stat, Witnesses};
use crate::scenario::escaped;

/// A judgement in one line: what was expected and where, what came of it, what was observed, and the bound that says so.
///
/// `accepted >= 0.999 [network.loss = 0.1]: pass, observed 1.0000, at least 0.9993`
pub fn judgement_line(judgement: &Judgement) -> String {
    let (title, ruling) = (judgement_title(judgement), judgement.ruling.name());
    format!("{title}: {ruling}, {}", findings(judgement))
}

/// Expectation and the cells that it is about.
pub fn judgement_title(judgement: &Judgement) -> String {
    let that = escaped(&judgement.that);
    match judgement.place.as_str() {
        "" => that,
        place => format!("{that} [{}]", escaped(place)),
    }
}

/// Observation, and what follows from it for certain enough.
pub(super) fn findings(judgement: &Judgement) -> String {
    let observed = match judgement.bounds.observed {
        None => "nothing observed".to_owned(),
        value => format!("observed {}", value_words(judgement.metric, judgement.threshold, value)),
    };
    format!("{observed}, {}", bound(judgement))
}

/// A value of a metric, to as many digits as tell it from a threshold.
pub(crate) fn value_words(metric: Metric, threshold: f64, value: Option<f64>) -> String {
    match value {
        Some(value) if value.is_infinite() => "beyond the deadline".to_owned(),
        Some(value) => shown((metric, threshold), value, libm::round),
        None => "nothing".to_owned(),
    }
}

/// The bound that decides, or both where none does.
fn bound(judgement: &Judgement) -> String {
    // Rounded away from each other: what is printed holds.
    let end = |value: Option<f64>, [sure, side, name]: [&str; 3], round: fn(f64) -> f64| match value {
        Some(value) if value.is_infinite() => format!("{sure} beyond the deadline"),
        Some(value) => format!("{side} {}", shown((judgement.metric, judgement.threshold), value, round)),
        None => format!("no {name} bound"),
    };
    let low = || end(judgement.bounds.low, ["certainly", "at least", "lower"], |x| libm::floor(x + 1e-9));
    let high = || end(judgement.bounds.high, ["possibly", "at most", "upper"], |x| libm::ceil(x - 1e-9));
    match (judgement.direction, judgement.ruling) {
        (Direction::AtLeast, Ruling::Pass) | (Direction::AtMost, Ruling::Fail) => low(),
        (Direction::AtMost, Ruling::Pass) | (Direction::AtLeast, Ruling::Fail) => high(),
        (_, Ruling::Inconclusive) => format!("{}, {}", low(), high()),
    }
}

/// Threshold of a rate below which values have an exponent.
const TINY: f64 = 1e-4;

/// A value with its unit, to as many digits as tell it from the threshold.
fn shown((metric, threshold): (Metric, f64), value: f64, round: impl Fn(f64) -> f64) -> String {
    if metric.stat() == Stat::Rate && 0.0 < threshold && threshold < TINY {
        return scientific(value, round);
    }
    let digits = |least: usize, most: usize| {
        let threshold = threshold.to_string();
        threshold.split_once('.').map_or(0, |(_, fraction)| fraction.len() + 1).clamp(least, most)
    };
    let (digits, unit) = match (metric.stat(), metric) {
        (Stat::Rate | Stat::Ratio, _) => (digits(4, 9), ""),
        (Stat::Quantile(_), _) => (digits(1, 6), " ms"),
        (Stat::Mean, Metric::SignaturesVerified) => (digits(2, 9), ""),
        (Stat::Mean, _) => (1, " B"),
    };
    let scale = (0..digits).fold(1.0, |scale, _| scale * 10.0);
    // Adding zero takes the sign off a negative zero.
    format!("{:.digits$}{unit}", round(value * scale) / scale + 0.0)
}

/// Three digits and a power of ten.
fn scientific(value: f64, round: impl Fn(f64) -> f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let digit = libm::pow(10.0, libm::floor(libm::log10(value.abs())) - 2.0);
    format!("{:.2e}", round(value / digit) * digit)
}

/// The document of a run's expectations, schema `donsim.expectations/1`.
///
/// What a replicate shows is said of that one alone: of a check that fails its `replicate`, of one of a difference also its
/// `own_difference`, and the `violation` of safety.
pub(super) fn expectations_document(run: &RunSummary, witnesses: &BTreeMap<String, Witnesses>) -> Value {
    let mut document = json!({
        "schema": "donsim.expectations/1",
        "name": run.name,
        "id": run.id,
        "expectations": expectations(run),
    });
    for (at, judgement) in run.expectations.iter().enumerate().filter(|(_, it)| it.ruling == Ruling::Fail) {
        if let Some(replicate) = against(judgement, witnesses) {
            document["expectations"][at]["replicate"] = json!(replicate);
        }
        if let Some((_, apart)) = judgement.furthest {
            document["expectations"][at]["own_difference"] = json!(apart);
        }
    }
    let seen = |cell: &CellSummary| Some((cell.id.clone(), witnesses.get(&cell.id)?.unsafe_replicate?));
    if let Some((cell, replicate)) = run.cells.iter().find_map(seen) {
        document["violation"] = json!({ "cell": cell, "replicate": replicate });
    }
    document
}

/// The replicate that shows why a check failed.
pub(crate) fn against(judgement: &Judgement, witnesses: &BTreeMap<String, Witnesses>) -> Option<u64> {
    match &judgement.cells[..] {
        [cell] => witnesses.get(cell)?.against.get(&judgement.expectation).copied(),
        _ => judgement.furthest.map(|(replicate, _)| replicate),
    }
}

/// One object a judgement. Bounds and observations beyond the deadline are `null`, as those are that nothing is known of.
pub(super) fn expectations(run: &RunSummary) -> Vec<Value> {
    let object = |judgement: &Judgement| {
        json!({
            "that": judgement.that,
            "where": judgement.condition,
            "line": judgement.line,
            "cells": judgement.cells,
            "place": judgement.place,
            "metric": judgement.metric.name(),
            "unit": judgement.metric.unit(),
            "direction": judgement.direction.sign(),
            "threshold": judgement.threshold,
            "confidence": judgement.confidence,
            "observed": judgement.bounds.observed,
            "low": judgement.bounds.low,
            "high": judgement.bounds.high,
            "beyond_deadline": judgement.bounds.observed.is_some_and(f64::is_infinite),
            "verdict": judgement.ruling.name(),
            "text": judgement_line(judgement),
        })
    };
    run.expectations.iter().map(object).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::experiment::Bounds;

    /// A judgement of `accepted >= 0.999` with these bounds.
    pub(in super::super) fn judgement(low: f64, high: f64) -> Judgement {
        let bounds = Bounds { observed: Some(1.0), low: Some(low), high: Some(high) };
        Judgement {
            expectation: 0,
            that: "accepted >= 0.999".to_owned(),
            condition: None,
            line: Some(7),
            cells: vec!["0123456789ab".to_owned()],
            place: "network.loss = 0.1".to_owned(),
            metric: Metric::Accepted,
            direction: Direction::AtLeast,
            threshold: 0.999,
            confidence: 0.95,
            bounds,
            ruling: bounds.rule(Direction::AtLeast, 0.999),
            furthest: None,
        }
    }

    #[test]
    fn lines_name_the_bound_that_decides() {
        for (low, high, expected) in [
            (0.999_39, 1.0, "pass, observed 1.0000, at least 0.9993"),
            (0.3, 0.998_01, "fail, observed 1.0000, at most 0.9981"),
            (0.3, 1.0, "inconclusive, observed 1.0000, at least 0.3000, at most 1.0000"),
        ] {
            let line = judgement_line(&judgement(low, high));
            assert_eq!(line, format!("accepted >= 0.999 [network.loss = 0.1]: {expected}"));
        }
    }

    #[test]
    fn tiny_rates_have_an_exponent_and_bounds_that_hold() {
        for (low, high, expected) in [
            (0.0, 1.994e-12, "pass, observed 1.23e-12, at most 2.00e-12"),
            (0.0, 9.996e-10, "pass, observed 1.23e-12, at most 1.00e-9"),
            (1.239e-9, 1.0, "fail, observed 1.23e-12, at least 1.23e-9"),
            (0.0, 0.5, "inconclusive, observed 1.23e-12, at least 0, at most 5.00e-1"),
        ] {
            let bounds = Bounds { observed: Some(1.2345e-12), low: Some(low), high: Some(high) };
            let tiny = Judgement {
                that: "rate(not_accepted) <= 1e-9".to_owned(),
                place: String::new(),
                metric: Metric::NotAccepted,
                direction: Direction::AtMost,
                threshold: 1e-9,
                bounds,
                ruling: bounds.rule(Direction::AtMost, 1e-9),
                ..judgement(0.0, 1.0)
            };
            assert_eq!(judgement_line(&tiny), format!("rate(not_accepted) <= 1e-9: {expected}"));
        }
    }

    #[test]
    fn latencies_beyond_the_deadline_are_said_to_be_so() {
        let bounds = Bounds { observed: Some(f64::INFINITY), low: Some(1_234.56), high: None };
        let late = Judgement {
            that: "p99 <= 2s".to_owned(),
            place: String::new(),
            metric: Metric::LatencyP99,
            direction: Direction::AtMost,
            threshold: 2_000.0,
            bounds,
            ruling: bounds.rule(Direction::AtMost, 2_000.0),
            ..judgement(0.0, 1.0)
        };
        let expected = "inconclusive, observed beyond the deadline, at least 1234.5 ms, no upper bound";
        assert_eq!(judgement_line(&late), format!("p99 <= 2s: {expected}"));
    }
}
