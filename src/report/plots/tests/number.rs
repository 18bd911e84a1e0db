//! How numbers read.

use super::*;

#[test]
fn numbers_read_well() {
    assert_eq!(fixed(1_234_567.0, 0), "1,234,567");
    assert_eq!(fixed(-0.04, 1), "0.0");
    assert_eq!(fixed(-1234.5, 1), "−1,234.5");
    assert_eq!([0.0, 0.05, 12.5, 1234.4, 0.000_012].map(short), ["0", "0.05", "12.5", "1,234", "0.000012"]);
    assert_eq!([0.0, 1.0, 0.942, 0.9999, 0.000_002].map(percent), ["0 %", "100 %", "94.2 %", "99.99 %", "0.0002 %"]);
    assert_eq!([1e-9, 1.234e-6, -2.5e-12, 9.9e-6].map(short), ["1e−9", "1.23e−6", "−2.5e−12", "9.9e−6"]);
    assert_eq!([250.0, 10_000.0].map(span), ["250 ms", "10 s"]);
}

#[test]
fn broken_numbers_are_dashes() {
    assert_eq!([short(f64::NAN), percent(f64::INFINITY)], ["–", "–"]);
}
