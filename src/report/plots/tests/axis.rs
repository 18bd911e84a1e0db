//! Ticks, breaks, and where values lie on an axis.

use super::*;

fn labels(axis: &Axis) -> Vec<&str> {
    axis.ticks.iter().map(|tick| tick.label.as_str()).collect()
}

#[test]
fn linear_ticks_are_round() {
    assert_eq!(labels(&Axis::linear(0.0, 1.0, 5, 100.0)), ["0", "20", "40", "60", "80", "100"]);
    assert_eq!(labels(&Axis::linear(0.0, 0.2, 5, 1.0)), ["0.00", "0.05", "0.10", "0.15", "0.20"]);
    assert_eq!(labels(&Axis::linear(0.0, 9_500.0, 5, 1.0)), ["0", "2,000", "4,000", "6,000", "8,000"]);
}

#[test]
fn log_ticks_show_decades() {
    assert_eq!(labels(&Axis::log(1e-4, 1.0, 100.0)), ["0.01", "0.1", "1", "10", "100"]);
    assert_eq!(labels(&Axis::log(200.0, 10_000.0, 1.0)), ["200", "500", "1,000", "2,000", "5,000", "10,000"]);
    assert!(labels(&Axis::log(1e-12, 1.0, 1.0)).len() <= 8);
}

#[test]
fn zero_is_set_apart_on_a_log_axis() {
    let axis = Axis::log(0.01, 1.0, 1.0).between(500.0, 100.0).with_zero();
    assert_eq!(axis.at(0.0), 500.0);
    assert_eq!(axis.at(0.01), 500.0 - ZERO_GAP);
    assert_eq!(axis.at(1.0), 100.0);
    assert_eq!(axis.ticks[0].label, "0");
    // Two decades from 466 to 100; the next one would begin where zero is not.
    assert_eq!(axis.below(0.001), Some(500.0 - ZERO_GAP + 183.0));
    assert_eq!([axis.below(0.0), axis.below(0.5), Axis::log(0.01, 1.0, 1.0).below(0.001)], [None; 3]);
}

const STUB: Stub = Stub { lead: 60.0, step: 30.0, most: 3 };

#[test]
fn a_break_sets_far_values_apart() {
    let axis = Axis::around(1_700.0, 1_800.0, 6, 0.5).between(0.0, 1_000.0).broken(&[10_000.0], STUB).unwrap();
    assert_eq!(labels(&axis), ["1,700", "1,750", "1,800", "10,000"]);
    assert!(axis.lacks_zero() && axis.at(0.0) == 0.0 && axis.at(10_000.0) == 1_000.0);
    assert!(axis.at(1_800.0) < 940.0 - BREAK && axis.axis_break() == Some(940.0 - BREAK / 2.0));
    let axis = Axis::around(20.0, 800.0, 6, 0.5).between(500.0, 100.0).broken(&[4e3, 6e3, 2e4], STUB).unwrap();
    assert_eq!([4e3, 5e3, 6e3, 1.3e4, 2e4, 1e6].map(|value| axis.at(value)), [160., 145., 130., 115., 100., 100.]);
    assert!(axis.is_log() && !axis.lacks_zero() && axis.axis_break() == Some(220.0 + BREAK / 2.0));
}

#[test]
fn many_far_values_share_ticks() {
    let far: Vec<f64> = (2..10).map(|far| f64::from(far) * 1_000.0).collect();
    let axis = Axis::linear(0.0, 1_000.0, 1, 1.0).between(0.0, 500.0).broken(&far, STUB).unwrap();
    assert_eq!(labels(&axis), ["0", "1,000", "3,000", "6,000", "9,000"]);
    assert!((axis.at(9_000.0) - axis.at(2_000.0) - 60.0).abs() < 1e-9);
}

#[test]
fn what_an_axis_reaches_needs_no_break() {
    let axis = Axis::around(1_700.0, 9_900.0, 6, 0.5).between(0.0, 100.0);
    assert_eq!(axis.clone().broken(&[10_000.0], STUB), None);
    assert_eq!(axis.broken(&[], STUB), None);
}

#[test]
fn broken_ranges_still_make_an_axis() {
    for (low, high) in [(0.0, 0.0), (f64::NAN, 1.0), (0.0, f64::INFINITY), (5.0, 3.0), (-1.0, -1.0)] {
        let axis = Axis::linear(low, high, 5, 1.0).between(0.0, 10.0);
        assert!(axis.at(low.max(0.0)).is_finite() && axis.ticks.len() < 30, "{low} {high}");
        assert!(Axis::log(low, high, 1.0).between(0.0, 10.0).at(1.0).is_finite());
    }
}
