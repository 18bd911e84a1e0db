//! From values to places: linear and logarithmic axes with ticks at round numbers, broken where data and deadline lie far
//! apart.

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
    /// Factor by which values are multiplied when they are shown.
    pub(super) factor: f64,
    /// Place of zero on a logarithmic axis that shows it: set apart, beyond the lowest decade.
    zero: Option<f64>,
    /// The part beyond a break at the high end.
    far: Option<Far>,
    pub(super) ticks: Vec<Tick>,
    /// Unlabelled ticks within decades.
    pub(super) minor: Vec<f64>,
}

/// The part of an axis beyond a break: rising values, evenly spaced from `from` to `to`. A single one lies at `to`.
#[derive(Clone, Debug, PartialEq)]
struct Far {
    values: Vec<f64>,
    from: f64,
    to: f64,
    /// Place of the break.
    axis_break: f64,
}

impl Far {
    /// The place of `value`, between those of its neighbours; `None` before the break.
    fn at(&self, value: f64) -> Option<f64> {
        let above = self.values.iter().position(|far| *far > value).unwrap_or(self.values.len());
        let below = above.checked_sub(1)?;
        let rank = match self.values.get(above) {
            Some(next) => below as f64 + (value - self.values[below]) / (next - self.values[below]),
            None => below as f64,
        };
        Some(if self.values.len() > 1 {
            self.from + (self.to - self.from) * rank / (self.values.len() - 1) as f64
        } else {
            self.to
        })
    }
}

/// Layout of the part of an axis beyond a break.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stub {
    /// From the break to the first value.
    pub(super) lead: f64,
    /// From value to value, as long as they are few.
    pub(super) step: f64,
    /// Up to this many values have steps and ticks of their own.
    pub(super) most: usize,
}

/// Least value of a logarithmic axis.
const LEAST: f64 = 1e-30;
/// Distance of zero from the lowest decade.
const ZERO_GAP: f64 = 34.0;
/// Width of a break before a far value.
pub(super) const BREAK: f64 = 14.0;

impl Axis {
    /// A linear axis over `[low, high]` with about `most` ticks; values are shown times `factor`.
    pub(super) fn linear(low: f64, high: f64, most: usize, factor: f64) -> Self {
        let (low, high) = if high > low && (high - low).is_finite() { (low, high) } else { (low.min(0.0), low + 1.0) };
        let (low, high) = if low.is_finite() && high.is_finite() { (low, high) } else { (0.0, 1.0) };
        let ticks = linear_ticks(low * factor, high * factor, most);
        let ticks = ticks.into_iter().map(|(value, label)| Tick::new(value / factor, label)).collect();
        Self { log: false, low, high, from: 0.0, to: 1.0, factor, zero: None, far: None, ticks, minor: Vec::new() }
    }

    /// An axis around data from `low` to `high`, with air: logarithmic where that reads better, otherwise linear, from zero
    /// unless `low` is more than the share `narrow` of `high`.
    pub(super) fn around(low: f64, high: f64, most: usize, narrow: f64) -> Self {
        if wants_log(low, high) {
            return Self::log(low * 0.85, high * 1.08, 1.0);
        }
        // A few percent at least, so that noise on a constant does not fill the picture.
        let air = ((high - low) * 0.06).max(high * 0.015);
        let start = if low > narrow * high { low - air } else { 0.0 };
        Self::linear(start, high + air, most, 1.0)
    }

    /// A logarithmic axis over `[low, high]`, both above zero; values are shown times `factor`.
    pub(super) fn log(low: f64, high: f64, factor: f64) -> Self {
        let low = if low.is_finite() && low > 0.0 { low.max(LEAST) } else { 1e-3 };
        let high = if high.is_finite() && high > low { high } else { low * 10.0 };
        let (ticks, minor) = log_ticks(low * factor, high * factor);
        let ticks = ticks.into_iter().map(|value| Tick::new(value / factor, number::short(value))).collect();
        let minor = minor.into_iter().map(|value| value / factor).collect();
        let (low, high) = (libm::log10(low), libm::log10(high));
        Self { log: true, low, high, from: 0.0, to: 1.0, factor, zero: None, far: None, ticks, minor }
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

    /// Breaks an axis that is already laid: beyond its break lie `values`, which rise. `None` where there are none, or
    /// where the axis reaches one of them anyway.
    pub(super) fn broken(mut self, values: &[f64], stub: Stub) -> Option<Self> {
        let reached = if self.log { libm::pow(10.0, self.high) } else { self.high };
        if values.first().is_none_or(|low| *low <= reached) {
            return None;
        }
        let sign = if self.to > self.from { 1.0 } else { -1.0 };
        let from = self.to - sign * stub.step * (values.len().min(stub.most) - 1) as f64;
        let axis_break = from - sign * (stub.lead + BREAK / 2.0);
        self.far = Some(Far { values: values.to_vec(), from, to: self.to, axis_break });
        self.to = axis_break - sign * BREAK / 2.0;
        let every = values.len().div_ceil(stub.most);
        let first = (values.len() - 1) % every;
        let ticks = values.iter().skip(first).step_by(every);
        self.ticks.extend(ticks.map(|value| Tick::new(*value, number::short(*value))));
        Some(self)
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
        if let Some(place) = self.far.as_ref().and_then(|far| far.at(value)) {
            return place;
        }
        let value = if self.log { libm::log10(value) } else { value };
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.from + (self.to - self.from) * share
    }

    /// The place of `value` on an axis that goes on below its lowest decade, where zero is set apart; `None` where it lies
    /// within the axis, or is zero.
    pub(super) fn below(&self, value: f64) -> Option<f64> {
        let share = (libm::log10(value) - self.low) / (self.high - self.low);
        (self.zero.is_some() && value > 0.0 && share < 0.0).then_some(self.from + (self.to - self.from) * share)
    }

    /// Whether values are spread logarithmically.
    pub(super) fn is_log(&self) -> bool {
        self.log
    }

    /// Place where the axis breaks between zero and its lowest decade.
    pub(super) fn gap(&self) -> Option<f64> {
        self.zero.map(|zero| f64::midpoint(zero, self.from))
    }

    /// Place where the axis breaks before its far values.
    pub(super) fn axis_break(&self) -> Option<f64> {
        self.far.as_ref().map(|far| far.axis_break)
    }

    /// Whether lengths on the axis mislead: a linear one that leaves zero out.
    pub(super) fn lacks_zero(&self) -> bool {
        !self.log && self.low > 0.0
    }
}

/// Every value once, rising.
pub(super) fn rising(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

/// The least and the greatest of `values`.
pub(super) fn extent(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, 0.0), |(low, high), value| (value.min(low), value.max(high)))
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
#[path = "tests/axis.rs"]
mod tests;
