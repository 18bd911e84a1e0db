//! The points of a range in whole ticks (nanoseconds, bytes, bits a second, ones, or parts of one), so that 0 to 0.3
//! by 0.1 ends on 0.3.

/// Significant digits that are kept of points which do not come out even.
pub(super) const DIGITS: u32 = 3;

/// How points lie between the ends of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spacing {
    /// By this many ticks.
    Step(u128),
    /// So many points at equal distances.
    Linear(u64),
    /// So many points of equal ratios.
    Log(u64),
}

/// Precision that points are rounded to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rounding {
    /// To whole ticks; points that fall together are one.
    Whole,
    /// To [`DIGITS`] decimal digits.
    Decimal,
    /// To as many digits of a binary multiple, so that powers of two stay what they are.
    Binary,
}

/// How many points `from` to `to` has.
pub(super) fn count(from: u128, to: u128, spacing: Spacing) -> u128 {
    match spacing {
        Spacing::Step(step) => (to.saturating_sub(from) / step.max(1)).saturating_add(1),
        Spacing::Linear(points) | Spacing::Log(points) => points.into(),
    }
}

/// The points, each larger than the one before; `None` where two fall together that may not. `from` is below `to`, or
/// equal to it and there is a step; a logarithmic range begins above zero.
pub(super) fn points(from: u128, to: u128, spacing: Spacing, rounding: Rounding) -> Option<Vec<u128>> {
    let count = count(from, to, spacing);
    let last = count.saturating_sub(1);
    let mut points: Vec<u128> = Vec::new();
    for at in 0..count {
        let point = match spacing {
            Spacing::Step(step) => from + at * step,
            _ if at == 0 => from,
            _ if at == last => to,
            Spacing::Linear(_) => linear(from, to, at, last, rounding),
            Spacing::Log(_) => log(from, to, at as f64 / last as f64, rounding),
        };
        let is_inside = points.last().is_none_or(|before| *before < point) && (at == last || point < to);
        match (is_inside || matches!(spacing, Spacing::Step(_)), rounding) {
            (true, _) => points.push(point),
            (false, Rounding::Whole) => {}
            (false, _) => return None,
        }
    }
    Some(points)
}

/// Exact where the distance is even, otherwise to the digits that the distance has.
fn linear(from: u128, to: u128, at: u128, last: u128, rounding: Rounding) -> u128 {
    let width = to - from;
    let grain = match rounding {
        _ if width.is_multiple_of(last) => 1,
        Rounding::Whole => 1,
        Rounding::Decimal | Rounding::Binary => decimal_grain(width as f64 / last as f64),
    };
    let whole = grain * last;
    (from * last + at * width + whole / 2) / whole * grain
}

fn log(from: u128, to: u128, part: f64, rounding: Rounding) -> u128 {
    let exact = from as f64 * libm::pow(to as f64 / from as f64, part);
    match rounding {
        Rounding::Whole => libm::round(exact) as u128,
        Rounding::Decimal => {
            let grain = decimal_grain(exact);
            libm::round(exact / grain as f64) as u128 * grain
        }
        Rounding::Binary => {
            let unit = [1_u64 << 30, 1 << 20, 1 << 10].map(|unit| unit as f64).into_iter().find(|unit| exact >= *unit);
            let unit = unit.unwrap_or(1.0);
            // From 1 to 1024 units: two digits behind the point, one, or none.
            let parts = if exact < 10.0 * unit {
                100.0
            } else if exact < 100.0 * unit {
                10.0
            } else {
                1.0
            };
            libm::round(libm::round(exact / unit * parts) / parts * unit) as u128
        }
    }
}

/// The power of ten of which `value` has [`DIGITS`] digits; 1 below that.
fn decimal_grain(value: f64) -> u128 {
    let most = 10_u32.pow(DIGITS);
    let mut grain = 1_u128;
    while value / grain as f64 >= f64::from(most) {
        grain *= 10;
    }
    grain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_exact_and_end_on_the_end_when_they_hit_it() {
        let by = |from, to, step| points(from, to, Spacing::Step(step), Rounding::Decimal).unwrap();
        assert_eq!(by(0, 30, 10), [0, 10, 20, 30]);
        assert_eq!(by(5, 30, 10), [5, 15, 25]);
        assert_eq!(by(7, 7, 10), [7]);
        assert_eq!(by(7, 9, 10), [7]);
    }

    #[test]
    fn equal_distances_are_exact_or_have_three_digits_of_the_distance() {
        let linear = |from, to, points: u64, rounding| super::points(from, to, Spacing::Linear(points), rounding);
        assert_eq!(linear(0, 1_000, 9, Rounding::Decimal).unwrap()[..3], [0, 125, 250]);
        assert_eq!(linear(0, 1_000_000, 4, Rounding::Decimal).unwrap(), [0, 333_000, 667_000, 1_000_000]);
        assert_eq!(linear(999_000, 1_000_000, 4, Rounding::Decimal).unwrap(), [999_000, 999_333, 999_667, 1_000_000]);
        assert_eq!(linear(1, 4, 7, Rounding::Whole).unwrap(), [1, 2, 3, 4]);
        assert_eq!(linear(1, 2, 9, Rounding::Decimal), None);
    }

    #[test]
    fn equal_ratios_have_three_digits() {
        let log = |from, to, points: u64, rounding| super::points(from, to, Spacing::Log(points), rounding);
        let decades = [1_000_000, 3_160_000, 10_000_000, 31_600_000, 100_000_000];
        assert_eq!(log(1_000_000, 100_000_000, 5, Rounding::Decimal).unwrap(), decades);
        assert_eq!(log(1, 16, 9, Rounding::Whole).unwrap(), [1, 2, 3, 4, 6, 8, 11, 16]);
        let doubled: Vec<u128> = (10..=20).map(|power| 1 << power).collect();
        assert_eq!(log(1 << 10, 1 << 20, 11, Rounding::Binary).unwrap(), doubled);
        assert_eq!(log(1 << 10, 1 << 12, 5, Rounding::Binary).unwrap(), [1_024, 1_444, 2_048, 2_898, 4_096]);
        assert_eq!(log(1_000, 1_001, 9, Rounding::Decimal), None);
        // What has more digits than points keep is not overtaken by them.
        assert_eq!(log(123_456, 123_900, 3, Rounding::Decimal), None);
    }
}
