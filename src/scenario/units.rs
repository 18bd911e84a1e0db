//! Quantities with units, in exact decimal arithmetic: `"0.1s"` is 100,000,000 ns and not a float near it.

use crate::engine::Span;

/// Quantity of a number with a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantity {
    /// In nanoseconds.
    Duration,
    /// In bytes.
    Size,
    /// In bits a second.
    Bandwidth,
}

/// Why a text is not a quantity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// It does not begin with a number.
    NotANumber,
    /// A number alone.
    MissingUnit,
    /// A unit that does not exist or may mean several; what it may have meant.
    UnknownUnit { number: String, unit: String, candidates: Vec<&'static str> },
    /// Finer than the unit that the simulation counts in.
    TooFine,
    /// More than 64 bits.
    TooLarge,
}

/// All that is known of the units of a quantity.
#[derive(Debug)]
pub(super) struct Units {
    /// With its article, for "must be …".
    pub noun: &'static str,
    /// The unit of its numbers on axes.
    pub axis_unit: &'static str,
    /// How many of what is counted make one of that unit.
    pub per_axis_unit: f64,
    /// The unit that a bare number most likely meant.
    pub usual_unit: &'static str,
    /// The units that help texts list.
    pub unit_list: &'static str,
    /// Each unit, and how many of the counted one it is.
    sizes: &'static [(&'static str, u64)],
    /// The units that amounts are printed in, the largest first.
    printed: &'static [&'static str],
    /// Spellings, in lower case, that people use for more than one unit, and those.
    ambiguous: &'static [(&'static [&'static str], &'static [&'static str])],
}

const DURATION: Units = Units {
    noun: "a duration",
    axis_unit: "ms",
    per_axis_unit: 1e6,
    usual_unit: "ms",
    unit_list: "ns, us, ms, s, min, h",
    sizes: &[
        ("ns", 1),
        ("us", 1_000),
        ("µs", 1_000),
        ("μs", 1_000),
        ("ms", 1_000_000),
        ("s", 1_000_000_000),
        ("min", 60_000_000_000),
        ("m", 60_000_000_000),
        ("h", 3_600_000_000_000),
    ],
    printed: &[],
    ambiguous: &[(&["m"], &["ms", "min"]), (&["sec"], &["s"]), (&["hr"], &["h"])],
};

const SIZE: Units = Units {
    noun: "a size",
    axis_unit: "bytes",
    per_axis_unit: 1.0,
    usual_unit: "B",
    unit_list: "B, KB, MB, GB, KiB, MiB, GiB",
    sizes: &[
        ("B", 1),
        ("KB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
    ],
    printed: &["GiB", "MiB", "KiB", "B"],
    ambiguous: &[(&["k", "kb"], &["KB", "KiB"]), (&["m", "mb"], &["MB", "MiB"]), (&["g", "gb"], &["GB", "GiB"])],
};

const BANDWIDTH: Units = Units {
    noun: "a bandwidth",
    axis_unit: "Mbit/s",
    per_axis_unit: 1e6,
    usual_unit: "Mbit/s",
    unit_list: "bit/s, kbit/s, Mbit/s, Gbit/s, B/s, KB/s, MB/s, GB/s, KiB/s, MiB/s",
    sizes: &[
        ("bit/s", 1),
        ("kbit/s", 1_000),
        ("Mbit/s", 1_000_000),
        ("Gbit/s", 1_000_000_000),
        ("B/s", 8),
        ("KB/s", 8_000),
        ("MB/s", 8_000_000),
        ("GB/s", 8_000_000_000),
        ("KiB/s", 8 << 10),
        ("MiB/s", 8 << 20),
    ],
    printed: &["Gbit/s", "Mbit/s", "kbit/s", "bit/s"],
    ambiguous: &[
        (&["k", "kb/s", "kbps"], &["kbit/s", "KB/s"]),
        (&["m", "mb", "mb/s", "mbps"], &["Mbit/s", "MB/s"]),
        (&["g", "gb/s", "gbps"], &["Gbit/s", "GB/s"]),
        (&["kbit"], &["kbit/s"]),
        (&["mbit"], &["Mbit/s"]),
        (&["gbit"], &["Gbit/s"]),
    ],
};

impl std::ops::Deref for Quantity {
    type Target = Units;

    fn deref(&self) -> &'static Units {
        self.units()
    }
}

impl Quantity {
    pub const ALL: [Self; 3] = [Self::Duration, Self::Size, Self::Bandwidth];

    pub const fn units(self) -> &'static Units {
        match self {
            Self::Duration => &DURATION,
            Self::Size => &SIZE,
            Self::Bandwidth => &BANDWIDTH,
        }
    }

    pub fn unit_names(self) -> impl Iterator<Item = &'static str> {
        self.units().sizes.iter().map(|(name, _)| *name)
    }

    /// Reads a number with a unit.
    pub fn parse(self, text: &str) -> Result<u64, Problem> {
        let text = text.trim();
        let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len()));
        let decimal = Decimal::parse(number).ok_or(Problem::NotANumber)?;
        let unit = unit.trim();
        if unit.is_empty() {
            return Err(Problem::MissingUnit);
        }
        match self.sizes.iter().find(|(name, _)| *name == unit) {
            Some((_, size)) => u64::try_from(decimal.in_parts(u128::from(*size))?).map_err(|_| Problem::TooLarge),
            None => Err(Problem::UnknownUnit {
                number: number.into(),
                unit: unit.into(),
                candidates: self.candidates(unit),
            }),
        }
    }

    /// The units that may be meant by a spelling.
    fn candidates(self, unit: &str) -> Vec<&'static str> {
        let lower = unit.to_lowercase();
        match self.units().ambiguous.iter().find(|(spellings, _)| spellings.contains(&lower.as_str())) {
            Some((_, candidates)) => candidates.to_vec(),
            None => self.unit_names().filter(|name| name.to_lowercase() == lower).collect(),
        }
    }

    /// The shortest exact text of `amount`.
    pub fn print(self, amount: u64) -> String {
        if self == Self::Duration {
            return Span::from_nanos(amount).to_string();
        }
        let units = self.printed.iter().filter_map(|name| self.sizes.iter().find(|unit| unit.0 == *name));
        let mut exact = units.filter(|(_, size)| amount.is_multiple_of(*size) && (amount >= *size || *size == 1));
        exact.next().map_or_else(String::new, |(name, size)| format!("{}{name}", amount / size))
    }
}

/// A decimal number: `digits` with the last `scale` of them behind the point.
pub(super) struct Decimal {
    digits: u128,
    scale: u32,
}

impl Decimal {
    /// `None` for what is no number; digits past the reach of 128 bits saturate, which later is too large or too fine.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        if whole.is_empty() || fraction.is_empty() || fraction.contains('.') {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        let digits = whole
            .chars()
            .chain(fraction.chars())
            .try_fold(0_u128, |sum, c| Some(sum.saturating_mul(10).saturating_add(u128::from(c.to_digit(10)?))))?;
        Some(Self { digits, scale: u32::try_from(fraction.len()).unwrap_or(u32::MAX) })
    }

    /// How many `parts` of one it is: 0.25 is 250 thousandths.
    pub fn in_parts(&self, parts: u128) -> Result<u128, Problem> {
        let product = self.digits.checked_mul(parts).ok_or(Problem::TooLarge)?;
        let divisor = 10_u128.checked_pow(self.scale).ok_or(Problem::TooFine)?;
        if product.is_multiple_of(divisor) { Ok(product / divisor) } else { Err(Problem::TooFine) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_exact() {
        for (quantity, text, amount) in [
            (Quantity::Duration, "40ms", 40_000_000),
            (Quantity::Duration, "1.5s", 1_500_000_000),
            (Quantity::Duration, "0.1 us", 100),
            (Quantity::Duration, "2m", 120_000_000_000),
            (Quantity::Duration, "7µs", 7_000),
            (Quantity::Duration, "18446744073.709551615s", u64::MAX),
            (Quantity::Size, "64KiB", 65_536),
            (Quantity::Size, "0.5KB", 500),
            (Quantity::Bandwidth, "100Mbit/s", 100_000_000),
            (Quantity::Bandwidth, "12.5MB/s", 100_000_000),
        ] {
            assert_eq!(quantity.parse(text), Ok(amount), "{text}");
        }
    }

    #[test]
    fn what_is_no_quantity_is_told_apart() {
        let parse = |text| Quantity::Duration.parse(text).unwrap_err();
        assert_eq!(parse("40"), Problem::MissingUnit);
        for text in ["", "ms", "-3ms", "1.2.3s", ".5s", "5.s", "1e3s"] {
            assert!(matches!(parse(text), Problem::NotANumber | Problem::UnknownUnit { .. }), "{text}");
        }
        assert_eq!(parse("0.5ns"), Problem::TooFine);
        assert_eq!(parse("6000000h"), parse("99999999999999999999999999999999999999999999s"));
        assert_eq!(parse(&format!("0.{}1s", "0".repeat(60))), Problem::TooFine);
    }

    #[test]
    fn ambiguous_units_offer_their_meanings() {
        for (quantity, text, expected) in [
            (Quantity::Duration, "40M", &["ms", "min"][..]),
            (Quantity::Size, "40mb", &["MB", "MiB"]),
            (Quantity::Bandwidth, "100Mb/s", &["Mbit/s", "MB/s"]),
            (Quantity::Duration, "40S", &["s"]),
            (Quantity::Duration, "40parsec", &[]),
        ] {
            match quantity.parse(text) {
                Err(Problem::UnknownUnit { candidates, .. }) => assert_eq!(candidates, expected, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn sizes_and_bandwidths_print_exactly() {
        for (amount, text) in [(0, "0B"), (1_000, "1000B"), (1_024, "1KiB"), (65_536, "64KiB"), (3 << 30, "3GiB")] {
            assert_eq!(Quantity::Size.print(amount), text);
        }
        for (amount, text) in [(1, "1bit/s"), (100_000_000, "100Mbit/s"), (1_500_000_000, "1500Mbit/s")] {
            assert_eq!(Quantity::Bandwidth.print(amount), text);
        }
    }
}
