//! From values to places: linear and logarithmic axes with ticks at round numbers.

use super::number;

/// A labelled place on an axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    pub(super) value: f64,
    pub(super) label: String,
}

impl Tick {
    pub(super) fn new(value: f64, label: impl Into<String>) -> Self {
        Self { value, label: label.into() }
    }
}

/// Maps values to places between `from` and `to`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    log: bool,
    low: f64,
    high: f64,
    from: f64,
    to: f64,
    /// Where zero lies on a logarithmic axis that shows it: set apart, beyond the lowest decade.
    zero: Option<f64>,
    pub(super) ticks: Vec<Tick>,
    /// Unlabelled ticks within decades.
    pub(super) minor: Vec<f64>,
}

/// How far zero is set apart from the lowest decade.
const ZERO_GAP: f64 = 34.0;

impl Axis {
    /// A linear axis over `[low, high]` with about `most` ticks; values are shown times `factor`.
    pub(super) fn linear(low: f64, high: f64, most: usize, factor: f64) -> Self {
        let (low, high) = if high > low && (high - low).is_finite() { (low, high) } else { (low.min(0.0), low + 1.0) };
        let (low, high) = if low.is_finite() && high.is_finite() { (low, high) } else { (0.0, 1.0) };
        let ticks = linear_ticks(low * factor, high * factor, most);
        let ticks = ticks.into_iter().map(|(value, label)| Tick::new(value / factor, label)).collect();
        Self { log: false, low, high, from: 0.0, to: 1.0, zero: None, ticks, minor: Vec::new() }
    }

    /// A logarithmic axis over `[low, high]`, both above zero; values are shown times `factor`.
    pub(super) fn log(low: f64, high: f64, factor: f64) -> Self {
        let low = if low.is_finite() && low > 0.0 { low.max(1e-12) } else { 1e-3 };
        let high = if high.is_finite() && high > low { high } else { low * 10.0 };
        let (ticks, minor) = log_ticks(low * factor, high * factor);
        let ticks = ticks.into_iter().map(|value| Tick::new(value / factor, number::short(value))).collect();
        let minor = minor.into_iter().map(|value| value / factor).collect();
        let (low, high) = (libm::log10(low), libm::log10(high));
        Self { log: true, low, high, from: 0.0, to: 1.0, zero: None, ticks, minor }
    }

    /// Lays the axis between two places.
    pub(super) fn between(self, from: f64, to: f64) -> Self {
        Self { from, to, ..self }
    }

    /// Widens both ends by a share of the axis; ticks stay.
    pub(super) fn padded(mut self, share: f64) -> Self {
        let air = (self.high - self.low) * share;
        self.low -= air;
        self.high += air;
        self
    }

    /// Shows zero on a logarithmic axis that is already laid.
    pub(super) fn with_zero(mut self) -> Self {
        if self.log {
            self.zero = Some(self.from);
            self.from += if self.to > self.from { ZERO_GAP } else { -ZERO_GAP };
            self.ticks.insert(0, Tick::new(0.0, "0"));
        }
        self
    }

    /// Replaces the ticks.
    pub(super) fn with_ticks(self, ticks: Vec<Tick>) -> Self {
        Self { ticks, minor: Vec::new(), ..self }
    }

    /// The place of `value`, kept within the axis.
    pub(super) fn at(&self, value: f64) -> f64 {
        if self.log && value <= 0.0 {
            return self.zero.unwrap_or(self.from);
        }
        let value = if self.log { libm::log10(value) } else { value };
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.from + (self.to - self.from) * share
    }

    /// Whether values are spread logarithmically.
    pub(super) fn is_log(&self) -> bool {
        self.log
    }

    /// Where the axis breaks between zero and its lowest decade.
    pub(super) fn gap(&self) -> Option<f64> {
        self.zero.map(|zero| f64::midpoint(zero, self.from))
    }
}

/// Whether values between `low` and `high` read better on a logarithmic axis.
pub(super) fn wants_log(low: f64, high: f64) -> bool {
    low > 0.0 && high.is_finite() && high / low > 20.0
}

/// The largest step of 1, 2 or 5 times a power of ten of which about `most` fit.
fn nice_step(range: f64, most: usize) -> f64 {
    let rough = range / most.max(1) as f64;
    let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
    let step = [1.0, 2.0, 5.0].into_iter().find(|step| step * power >= rough * 0.999);
    step.unwrap_or(10.0) * power
}

fn linear_ticks(low: f64, high: f64, most: usize) -> Vec<(f64, String)> {
    let step = nice_step(high - low, most);
    if !step.is_finite() || step <= 0.0 {
        return Vec::new();
    }
    let decimals = (-libm::floor(libm::log10(step) + 1e-9)).clamp(0.0, 9.0) as usize;
    let first = libm::ceil(low / step - 1e-9);
    let ticks = (0..=2 * most + 2).map(|index| (first + index as f64) * step);
    ticks.take_while(|tick| *tick <= high + step * 1e-9).map(|tick| (tick, number::fixed(tick, decimals))).collect()
}

/// Labelled and unlabelled ticks: powers of ten, with 2 and 5 between them where there are few decades; every second or
/// third decade where there are many.
fn log_ticks(low: f64, high: f64) -> (Vec<f64>, Vec<f64>) {
    let (first, last) = (libm::floor(libm::log10(low) + 1e-9) as i32, libm::ceil(libm::log10(high) - 1e-9) as i32);
    let decades = libm::log10(high / low);
    let every = ((last - first) / 7 + 1).max(1);
    let (mut ticks, mut minor) = (Vec::new(), Vec::new());
    for exponent in first..=last {
        for digit in 1..=9 {
            let value = f64::from(digit) * libm::pow(10.0, f64::from(exponent));
            let labelled = match digit {
                1 => (last - exponent).rem_euclid(every) == 0,
                2 | 5 => decades < 2.6,
                3 | 4 | 7 => decades < 0.7,
                _ => false,
            };
            if value < low * 0.999_999 || value > high * 1.000_001 {
                continue;
            }
            if labelled { ticks.push(value) } else { minor.push(value) }
        }
    }
    (ticks, minor)
}

#[cfg(test)]
mod tests {
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
    }

    #[test]
    fn broken_ranges_still_make_an_axis() {
        for (low, high) in [(0.0, 0.0), (f64::NAN, 1.0), (0.0, f64::INFINITY), (5.0, 3.0), (-1.0, -1.0)] {
            let axis = Axis::linear(low, high, 5, 1.0).between(0.0, 10.0);
            assert!(axis.at(low.max(0.0)).is_finite() && axis.ticks.len() < 30, "{low} {high}");
            assert!(Axis::log(low, high, 1.0).between(0.0, 10.0).at(1.0).is_finite());
        }
    }
}
