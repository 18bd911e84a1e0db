//! Binomial and hypergeometric probabilities, and polynomials in the form in which they add up without cancelling.

/// The probabilities of 0 to `n` hits in `n` independent trials of probability `p`, for `n` up to some hundreds.
pub(crate) fn binomial(n: usize, p: f64) -> Vec<f64> {
    // Towards the rarer side, so that the first power does not vanish.
    if p > 0.5 {
        let mut mirrored = binomial(n, 1.0 - p);
        mirrored.reverse();
        return mirrored;
    }
    let p = p.max(0.0);
    let odds = p / (1.0 - p);
    let mut at = libm::pow(1.0 - p, n as f64);
    let mut all = Vec::with_capacity(n + 1);
    for hits in 0..=n {
        all.push(at);
        at *= odds * (n - hits) as f64 / (hits + 1) as f64;
    }
    all
}

/// The probability of at least `k` hits in `n` independent trials of probability `p`.
pub(super) fn at_least(n: usize, p: f64, k: usize) -> f64 {
    if k == 0 {
        return 1.0;
    }
    if k > n || p <= 0.0 {
        return 0.0;
    }
    let all = binomial(n, p.min(1.0));
    let (below, above) = all.split_at(k);
    // The smaller of both sums loses nothing.
    if p * (n as f64) < k as f64 { above.iter().sum() } else { (1.0 - below.iter().sum::<f64>()).clamp(0.0, 1.0) }
}

/// The probability that `drawn` cards of `all`, of which `marked` are marked, hold 0, 1, … marked ones.
pub(super) fn hypergeometric(all: usize, marked: usize, drawn: usize) -> Vec<f64> {
    let mut probabilities = vec![0.0; marked.min(drawn) + 1];
    let least = (marked + drawn).saturating_sub(all);
    // Ratios from the most likely count on, scaled to add up to one: no factorials.
    let mode = (((drawn + 1) * (marked + 1)) / (all + 2)).clamp(least, probabilities.len() - 1);
    probabilities[mode] = 1.0;
    let ratio =
        |k: usize| ((marked - k) * (drawn - k)) as f64 / ((k + 1) as f64 * (all + k + 1 - marked - drawn) as f64);
    for k in mode + 1..probabilities.len() {
        probabilities[k] = probabilities[k - 1] * ratio(k - 1);
    }
    for k in (least..mode).rev() {
        probabilities[k] = probabilities[k + 1] / ratio(k);
    }
    let sum: f64 = probabilities.iter().sum();
    for probability in &mut probabilities {
        *probability /= sum;
    }
    probabilities
}

/// A polynomial in Bernstein's form: its value at `x` is the mean of coefficient number `k` over binomial `k`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bernstein(Vec<f64>);

impl Bernstein {
    /// Zero, to be added to, of degree `n`.
    pub(super) fn zero(n: usize) -> Self {
        Self(vec![0.0; n + 1])
    }

    /// Adds `weight` times the polynomial of a lower degree with these coefficients, at least one.
    pub(super) fn add(&mut self, weight: f64, coefficients: &[f64]) {
        let (n, degree) = (self.0.len() - 1, coefficients.len() - 1);
        for (drawn, sum) in self.0.iter_mut().enumerate() {
            let mean: f64 = hypergeometric(n, degree, drawn).iter().zip(coefficients).map(|(p, c)| p * c).sum();
            *sum += weight * mean;
        }
    }

    /// Its value at `x` from 0 to 1.
    pub(super) fn at(&self, x: f64) -> f64 {
        let x = x.clamp(0.0, 1.0);
        binomial(self.0.len() - 1, x).iter().zip(&self.0).map(|(p, c)| p * c).sum()
    }

    /// Its value where this much is missing from 1, to the last digit however little that is.
    pub(super) fn but_for(&self, missing: f64) -> f64 {
        binomial(self.0.len() - 1, missing).iter().rev().zip(&self.0).map(|(p, c)| p * c).sum()
    }

    /// Its derivative at `x` from 0 to 1.
    pub(super) fn slope(&self, x: f64) -> f64 {
        let n = self.0.len() - 1;
        let steps = self.0.windows(2).map(|pair| pair[1] - pair[0]);
        if n == 0 { 0.0 } else { n as f64 * binomial(n - 1, x).iter().zip(steps).map(|(p, c)| p * c).sum::<f64>() }
    }

    /// The same when so many of all the `links`, to which those of its degree belong, are cut by lot: of the first `k` in
    /// order those that are cut are left out.
    pub(super) fn losing(&self, cut: usize, links: usize) -> Self {
        let left = |k: usize| -> f64 {
            let of_first = hypergeometric(links, cut, k);
            of_first.iter().zip(self.0[..=k].iter().rev()).map(|(p, c)| p * c).sum()
        };
        Self((0..self.0.len()).map(left).collect())
    }

    /// Whether it is zero everywhere.
    pub(super) fn is_zero(&self) -> bool {
        self.0.iter().all(|coefficient| *coefficient == 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-13 * b.abs().max(1e-3)
    }

    #[test]
    fn probabilities_by_hand() {
        assert!(binomial(3, 0.25).iter().zip([27.0, 27.0, 9.0, 1.0]).all(|(p, of_64)| near(*p, of_64 / 64.0)));
        assert_eq!((binomial(2, 0.0), binomial(2, 1.0)), (vec![1.0, 0.0, 0.0], vec![0.0, 0.0, 1.0]));
        assert!(near(at_least(3, 0.25, 2), 10.0 / 64.0) && near(at_least(3, 0.25, 1), 37.0 / 64.0));
        assert_eq!(
            [at_least(3, 0.5, 0), at_least(3, 0.5, 4), at_least(3, 0.0, 1), at_least(3, 1.0, 3)],
            [1.0, 0.0, 0.0, 1.0]
        );
        // 5 cards, 3 marked, 2 drawn: 1, 6 and 3 of 10.
        assert!(hypergeometric(5, 3, 2).iter().zip([0.1, 0.6, 0.3]).all(|(p, law)| near(*p, law)));
        // At least 2 of 4 drawn are marked.
        assert!(hypergeometric(5, 3, 4).iter().zip([0.0, 0.0, 0.6, 0.4]).all(|(p, law)| near(*p, law)));
        assert_eq!((hypergeometric(4, 0, 3), hypergeometric(4, 4, 3)), (vec![1.0], vec![0.0, 0.0, 0.0, 1.0]));
    }

    #[test]
    fn large_ones_add_up() {
        for (n, p) in [(100, 0.5), (500, 0.999), (500, 1e-9)] {
            assert!(near(binomial(n, p).iter().sum(), 1.0), "{n}, {p}");
        }
        assert!(near(hypergeometric(400, 150, 200).iter().sum(), 1.0));
        // The largest of 100 draws: 1 - (1 - p)^100.
        assert!(near(at_least(100, 1e-12, 1), 1e-10 * (1.0 - 4.95e-11)));
    }

    #[test]
    fn links_that_are_cut_by_lot_are_a_mixture_of_numbers_of_them() {
        let polynomial = Bernstein(vec![0.0, 0.25, 0.5, 1.0]);
        // One of three is cut, so the others are two: no third arrives.
        let one = polynomial.losing(1, 3);
        assert!(one.0.iter().zip([0.0, 1.0, 2.0, 3.0]).all(|(c, sixths)| near(*c, sixths / 6.0)), "{one:?}");
        assert_eq!((polynomial.losing(0, 6), polynomial.losing(6, 6)), (polynomial.clone(), Bernstein::zero(3)));
        // Cut with a probability each, of these three and of three others.
        for (loss, x) in [(0.01, 1.0), (0.3, 0.8), (0.9, 0.5)] {
            let cut = binomial(6, loss).into_iter().enumerate();
            let mixture: f64 = cut.map(|(cut, p)| p * polynomial.losing(cut, 6).at(x)).sum();
            assert!(near(mixture, polynomial.at((1.0 - loss) * x)), "{loss} {x}");
        }
    }

    #[test]
    fn polynomials_keep_their_value_at_any_degree() {
        // x^2 (3 - 2x) has the coefficients 0, 0, 1, 1.
        let mut raised = Bernstein::zero(17);
        raised.add(0.5, &[0.0, 0.0, 1.0, 1.0]);
        raised.add(2.0, &[1.0]);
        for x in [0.0, 0.1, 0.5, 0.77, 1.0] {
            assert!(near(raised.at(x), 2.0 + 0.5 * x * x * (3.0 - 2.0 * x)), "{x}");
            assert!(near(raised.but_for(1.0 - x), raised.at(x)), "{x}");
            assert!(near(raised.slope(x), 3.0 * x * (1.0 - x)) || raised.slope(x).abs() < 1e-13, "{x}");
        }
        assert!(Bernstein::zero(3).is_zero() && !raised.is_zero());
    }
}
