//! Sums of squares and products about the mean, from exact integer sums.

/// Sum of the products of two values about their means, times the number of replicates: `n sum(xy) - sum(x) sum(y)`; with
/// `x` for both that of the squares, which is never negative. Exact but for one rounding where the integers hold
/// it, in floating point where they do not.
pub(super) fn scatter(n: u64, products: u128, sum_x: u128, sum_y: u128) -> f64 {
    match products.checked_mul(u128::from(n)).zip(sum_x.checked_mul(sum_y)) {
        Some((scaled, square)) if scaled >= square => (scaled - square) as f64,
        Some((scaled, square)) => -((square - scaled) as f64),
        None => {
            let n = n as f64;
            (products as f64 - sum_x as f64 * (sum_y as f64 / n)) * n
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scatter_is_exact_where_integers_hold_it() {
        let far = 1_u128 << 60;
        // 1, 2, 6 and 5, 3, 1 by hand: 3 * 17 - 9 * 9.
        assert_eq!(scatter(3, 17, 9, 9), -30.0);
        let products = (far + 1) * 5 + (far + 2) * 3 + (far + 6);
        assert_eq!(scatter(3, products, 3 * far + 9, 9), -30.0);
        assert_eq!(scatter(0, 0, 0, 0), 0.0);
    }

    #[test]
    fn beyond_the_integers_it_is_near() {
        let (low, high) = (1_u128 << 61, 1_u128 << 62);
        let got = scatter(8, 4 * (low * low + high * high), 4 * (low + high), 4 * (low + high));
        // 8 * 8 * (half of the distance) squared.
        let want = 64.0 * (low as f64 / 2.0) * (low as f64 / 2.0);
        assert!((got / want - 1.0).abs() < 1e-12, "{got} {want}");
    }
}
