//! Values under the pointer: what a place of a picture stands for, in words.

use super::curves::{Curve, Sample};
use super::figure::Figure;
use super::number;
use super::scene::{Point, Rect, Scene};

/// Half the width of the room around a marker.
const REACH: f64 = 12.0;

/// Words for a value of the measure `name`, with the unit that stands in its brackets: `Accepted [%]` makes `Accepted 98.2 %`.
pub(super) fn told(name: &str, value: f64, factor: f64) -> String {
    let (subject, unit) = parted(name);
    format!("{subject} {}", with_unit(value, factor, unit))
}

fn parted(name: &str) -> (&str, &str) {
    let (subject, rest) = name.split_once(" [").unwrap_or((name, ""));
    (subject, rest.split_once(']').map_or("", |(unit, _)| unit))
}

fn with_unit(value: f64, factor: f64, unit: &str) -> String {
    match unit {
        "%" => number::percent(value),
        _ => format!("{} {unit}", number::short(value * factor)).trim_end().to_owned(),
    }
}

/// Puts a spot on every sample of a curve: its series, its place in the sweep, the value, interval and closed form.
pub(super) fn on_curve(
    scene: &mut Scene,
    figure: &Figure<'_>,
    (curve, samples): (&Curve, &[Sample]),
    (name, factor): (&str, f64),
) {
    let (subject, unit) = parted(name);
    let say = |value: f64| with_unit(value, factor, unit);
    for (placed, sample) in curve.samples.iter().zip(samples) {
        let mut lines = heading(figure, &curve.label, sample.x);
        lines.push(match (sample.beyond, sample.low, sample.high) {
            (true, ..) => format!("{subject} beyond the deadline, {}", say(sample.value)),
            (_, Some(low), Some(high)) if !sample.open => {
                format!("{subject} {} [{}, {}]", say(sample.value), say(low), say(high))
            }
            _ => format!("{subject} {}", say(sample.value)),
        });
        lines.extend(sample.exact.filter(|exact| exact.is_finite()).map(|exact| format!("closed form {}", say(exact))));
        scene.spot(around(placed.at), &curve.name, lines.join("\n"));
    }
}

/// Lines that name a cell: its series, and its place on the axis of the sweep where that is another.
pub(super) fn heading(figure: &Figure<'_>, series: &str, x: f64) -> Vec<String> {
    let place = figure.name_of(x);
    let along = match figure.subject() {
        subject if subject.is_empty() || figure.is_one_each() => place,
        subject => format!("{subject}: {place}"),
    };
    let same = figure.is_one_each() && !series.is_empty();
    let lines = [Some(series.to_owned()), Some(along).filter(|_| !same)];
    lines.into_iter().flatten().filter(|line| !line.is_empty()).collect()
}

/// Room around a place.
pub(super) fn around(at: Point) -> Rect {
    Rect { left: at.0 - REACH, right: at.0 + REACH, top: at.1 - REACH, bottom: at.1 + REACH }
}
