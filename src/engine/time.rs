//! Virtual time as integers of nanoseconds.

use serde::{Deserialize, Serialize};

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

/// A point in virtual time: nanoseconds since the replicate began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Time(u64);

/// A length of virtual time in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span(u64);

/// A half-open window of virtual time, `start <= t < end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First instant inside.
    pub start: Time,
    /// First instant after it; [`Time::NEVER`] for an open end.
    pub end: Time,
}

impl Window {
    /// All of virtual time.
    pub const ALWAYS: Self = Self { start: Time::ZERO, end: Time::NEVER };

    /// Whether `time` is inside.
    #[must_use]
    pub fn contains(&self, time: Time) -> bool {
        self.start <= time && time < self.end
    }
}

impl Time {
    /// The beginning of a replicate.
    pub const ZERO: Self = Self(0);
    /// The end of virtual time, 584 years after its beginning: what never comes.
    pub const NEVER: Self = Self(u64::MAX);

    /// The point `nanos` nanoseconds after the beginning.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the beginning.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// The span from `earlier` to `self`, zero when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// The longest span there is.
    pub const MAX: Self = Self(u64::MAX);

    /// A span of `nanos` nanoseconds.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// A span of `millis` milliseconds; saturates.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    /// A span of `secs` seconds; saturates.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1_000_000_000))
    }

    /// Its nanoseconds.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// `self` taken `times` times; saturates.
    #[must_use]
    pub const fn times(self, times: u64) -> Self {
        Self(self.0.saturating_mul(times))
    }

    /// The span nearest to a number of nanoseconds that was computed in floating point; negative and NaN give zero,
    /// too large gives [`Span::MAX`].
    #[must_use]
    pub fn from_nanos_f64(nanos: f64) -> Self {
        // A float-to-integer cast saturates and takes NaN to zero: just what is promised.
        Self(libm::round(nanos) as u64)
    }
}

impl Add<Span> for Time {
    type Output = Self;

    /// Saturates at [`Time::NEVER`].
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for Time {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Add for Span {
    type Output = Self;

    /// Saturates at [`Span::MAX`].
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Span {
    type Output = Self;

    /// Stops at zero.
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Span {
    /// The shortest exact form in the largest unit that needs no more than three decimals: `1.5s`, `40ms`, `7ns`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(u64, &str); 3] = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us")];
        if self.0 == 0 {
            return f.write_str("0s");
        }
        for (size, name) in UNITS {
            let thousandths = size / 1_000;
            if self.0 >= size && self.0.is_multiple_of(thousandths) {
                let fraction = format!("{:03}", self.0 % size / thousandths);
                let fraction = fraction.trim_end_matches('0');
                let point = if fraction.is_empty() { "" } else { "." };
                return write!(f, "{}{point}{fraction}{name}", self.0 / size);
            }
        }
        write!(f, "{}ns", self.0)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Span(self.0).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_print_exactly() {
        for (nanos, text) in [
            (0, "0s"),
            (7, "7ns"),
            (1_500, "1.5us"),
            (40_000_000, "40ms"),
            (1_500_000_000, "1.5s"),
            (1_000_000_001, "1000000.001us"),
            (1_234_500_000, "1234.5ms"),
            (480_000_000_000, "480s"),
        ] {
            assert_eq!(Span::from_nanos(nanos).to_string(), text);
        }
    }

    #[test]
    fn arithmetic_saturates() {
        assert_eq!(Time::NEVER + Span::from_secs(1), Time::NEVER);
        assert_eq!(Time::ZERO.since(Time::from_nanos(5)), Span::ZERO);
        assert_eq!(Span::from_nanos_f64(f64::NAN), Span::ZERO);
        assert_eq!(Span::from_nanos_f64(-3.0), Span::ZERO);
        assert_eq!(Span::from_nanos_f64(1e300), Span::MAX);
        assert_eq!(Span::from_nanos_f64(2.5), Span::from_nanos(3));
    }
}
