//! Share of requests that are not accepted over the probability that a node is faulty, or an answer lost, told in nines.

use super::axis::Tick;
use super::prelude::*;

const SUBJECT: &str = "Requests in nines";
const NAME: &str = "Accepted requests (3 nines: all but one of 1,000)";
/// More ticks than this are too many for a plot.
const MOST_TICKS: i32 = 11;
/// Least share that is shown: of fewer than one request in so many nobody speaks.
const LEAST: f64 = 1e-20;

/// Draws the picture; nothing without strata, for plain replicates do not see that far, and where all are accepted.
pub(super) fn draw(figure: &Figure<'_>) -> Option<Scene> {
    let samples = curves::samples(figure, read);
    if samples.iter().all(Vec::is_empty) {
        return None;
    }
    let measure =
        Measure { name: NAME, values: Some("Not accepted"), read: &read, axis: &axis, ground: |_| Ground::Amounts };
    Some(multiples::draw(figure, SUBJECT, &[], &[measure]))
}

/// The share that is not accepted. One of zero has no place among nines.
fn read(cell: &CellSummary) -> Option<Sample> {
    Sample::of(cell, Metric::NotAccepted).filter(|sample| sample.value >= LEAST)
}

/// Whole nines around the shares that are seen, and as few as the intervals leave possible.
fn axis(samples: &[Vec<Sample>], plot: Rect) -> Axis {
    let shares = samples.iter().flatten().map(|sample| (sample.value, sample.high.unwrap_or(sample.value)));
    let (low, high) = shares.fold((0.1, 0.0), |(low, high): (f64, f64), (share, end)| (low.min(share), high.max(end)));
    let nines = |share: f64, round: fn(f64) -> f64| round(-libm::log10(share)).max(0.0) as i32;
    let (fewest, most) = (nines(high, libm::floor), nines(low, libm::ceil).max(1));
    let share = |nines: i32| libm::pow(10.0, f64::from(-nines));
    let every = ((most - fewest) / MOST_TICKS + 1) as usize;
    let tick = |nines: i32| match nines {
        0 => Tick::new(1.0, "none"),
        1 => Tick::new(share(1), "1 nine"),
        _ => Tick::new(share(nines), format!("{nines} nines")),
    };
    let ticks = (fewest..=most).step_by(every).map(tick).collect();
    Axis::log(share(most), share(fewest), 1.0).with_ticks(ticks).between(plot.bottom, plot.top)
}
