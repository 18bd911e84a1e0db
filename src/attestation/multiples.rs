//! Tables of the multiples of a point, in which a product with a scalar is a few additions and no doubling.

use k256::elliptic_curve::BatchNormalize;
use k256::elliptic_curve::ff::PrimeField;
use k256::elliptic_curve::scalar::IsHigh;
use k256::{AffinePoint, ProjectivePoint, Scalar};

/// Bits of a scalar's magnitude: with a sign, none is above half of the order.
const BITS: u32 = 255;

/// `digit * 2^(width * window) * P` for every window of a scalar and every digit from 1 to `2^(width - 1)`. A digit has a
/// sign, which halves the table, for the negative of a point costs next to nothing.
pub(super) struct Multiples {
    width: u32,
    points: Vec<AffinePoint>,
}

impl Multiples {
    /// The table of `point`, with windows of so many bits, at most 16.
    pub(super) fn new(point: &AffinePoint, width: u32) -> Self {
        let (windows, digits) = (windows(width), digits(width));
        let mut points = Vec::with_capacity(windows * digits);
        let mut base = ProjectivePoint::from(point);
        for _ in 0..windows {
            let mut multiple = base;
            for _ in 1..digits {
                points.push(multiple);
                multiple += base;
            }
            points.push(multiple);
            base = multiple.double();
        }
        Self { width, points: ProjectivePoint::batch_normalize_vartime(&points[..]) }
    }

    /// Bytes of a table with windows of so many bits.
    pub(super) const fn bytes(width: u32) -> usize {
        windows(width) * digits(width) * size_of::<AffinePoint>()
    }

    /// Appends the terms of `scalar * P`, one for each window that adds anything. They are copied before anything is added,
    /// so that the waits for memory overlap.
    pub(super) fn terms(&self, scalar: &Scalar, terms: &mut Vec<AffinePoint>) {
        let is_negative = bool::from(scalar.is_high());
        let magnitude = if is_negative { -scalar } else { *scalar };
        // Little-endian, with bytes behind the last window.
        let mut bytes = [0; 36];
        bytes[..32].copy_from_slice(&magnitude.to_repr());
        bytes[..32].reverse();
        let half = digits(self.width);
        let mut carry = 0;
        for (window, row) in self.points.chunks_exact(half).enumerate() {
            let bit = window * self.width as usize;
            let four = bytes[bit / 8..][..4].try_into().expect("four bytes");
            let bits = (u32::from_le_bytes(four) >> (bit % 8)) as usize;
            // From 0 to twice the half: what is above the half is a negative digit, and one more in the next window.
            let digit = (bits & (2 * half - 1)) + carry;
            carry = usize::from(digit > half);
            let size = if carry == 0 { digit } else { 2 * half - digit };
            let Some(at) = size.checked_sub(1) else { continue };
            terms.push(if (carry == 1) == is_negative { row[at] } else { -row[at] });
        }
    }
}

/// Sum of the terms.
pub(super) fn sum(terms: &[AffinePoint]) -> ProjectivePoint {
    terms.iter().fold(ProjectivePoint::IDENTITY, |sum, term| sum + term)
}

/// Windows of a scalar; the last one takes the carry, too.
const fn windows(width: u32) -> usize {
    (BITS / width) as usize + 1
}

/// Digits of a window but for 0 and signs.
const fn digits(width: u32) -> usize {
    1 << (width - 1)
}

#[cfg(test)]
mod tests {
    use k256::elliptic_curve::Field;

    use super::*;

    /// Scalars at which windows, carries and signs turn over.
    fn scalars() -> Vec<Scalar> {
        let mut scalars = vec![Scalar::ZERO, Scalar::ONE, Scalar::from(0xdead_beef_u64)];
        let mut power = Scalar::ONE;
        for _ in 0..256 {
            scalars.extend([power, power - Scalar::ONE, power + Scalar::ONE, -power, Scalar::ONE - power]);
            power = power.double();
        }
        scalars
    }

    #[test]
    fn products_are_those_of_the_group() {
        let point = (ProjectivePoint::GENERATOR * Scalar::from(77_u64)).to_affine();
        for width in 1..=11 {
            let multiples = Multiples::new(&point, width);
            assert_eq!(size_of_val(&multiples.points[..]), Multiples::bytes(width));
            for scalar in scalars() {
                let mut terms = Vec::new();
                multiples.terms(&scalar, &mut terms);
                assert_eq!(sum(&terms), point * scalar, "{width} bits, {scalar:?}");
            }
        }
    }
}
