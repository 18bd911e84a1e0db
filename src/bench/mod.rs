//! What donsim's own ways cost, each as a ratio: the time of its way by that of a plain one, which does the same in the same
//! run. A ratio holds on any machine, where a time holds on one.
//!
//! `donsim bench` prints them as a table, `cargo bench` measures both arms of each with criterion.

mod attestation;
mod clock;
mod engine;
mod replicate;

/// Two ways to do the same, or the same work in two sizes.
pub struct Comparison {
    /// Name, for people and for criterion.
    pub name: &'static str,
    /// Way of donsim.
    pub ours: &'static str,
    /// Way that it is measured by.
    pub reference: &'static str,
    /// How the two become a figure.
    pub figure: Figure,
    /// Figure that is to be reached, at most.
    pub aim: f64,
    /// Calls of each way before it is measured, for what later ones find ready.
    pub warm_up: u32,
    /// Both ways.
    pub arms: fn() -> Arms,
}

/// Figure of a comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    /// Time of donsim's way by that of the other.
    Ratio,
    /// Exponent with which the time grows, where the one way does so many times as much as the other.
    Growth(f64),
}

impl Figure {
    fn of(self, ours: f64, reference: f64) -> f64 {
        match self {
            Self::Ratio => ours / reference,
            Self::Growth(times) => libm::log(ours / reference) / libm::log(times),
        }
    }
}

/// Two ways to do the same, ready to be called again and again.
pub struct Arms {
    /// Way of donsim.
    pub ours: Box<dyn FnMut()>,
    /// Way that it is measured by.
    pub reference: Box<dyn FnMut()>,
}

/// Every comparison: a file of this folder, and its line here.
pub const COMPARISONS: [&[Comparison]; 3] = [attestation::COMPARISONS, engine::COMPARISONS, replicate::COMPARISONS];

/// Time of both ways, in nanoseconds a call.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// Way of donsim.
    pub ours: f64,
    /// Way that it is measured by.
    pub reference: f64,
    /// What becomes of both.
    pub figure: f64,
}

impl Comparison {
    /// Both ways, warmed up.
    #[must_use]
    pub fn ready(&self) -> Arms {
        let mut arms = (self.arms)();
        for _ in 0..self.warm_up {
            (arms.ours)();
            (arms.reference)();
        }
        arms
    }

    /// Measures both ways in turns, so that what else the machine does slows down both; the median over so many turns.
    #[must_use]
    pub fn measure(&self, turns: usize) -> Measured {
        let Arms { mut ours, mut reference } = self.ready();
        let calls = [clock::calls(&mut ours), clock::calls(&mut reference)];
        let turn = |_| (clock::time(&mut ours, calls[0]), clock::time(&mut reference, calls[1]));
        let turns: Vec<(f64, f64)> = (0..turns.max(1)).map(turn).collect();
        let of = |part: fn(&(f64, f64)) -> f64| median(turns.iter().map(part).collect());
        let figure = median(turns.iter().map(|turn| self.figure.of(turn.0, turn.1)).collect());
        Measured { ours: of(|turn| turn.0), reference: of(|turn| turn.1), figure }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The arms run, and what they say is a number; how large it is, a debug build cannot say.
    #[test]
    fn every_comparison_runs() {
        for comparison in COMPARISONS.into_iter().flatten() {
            let Arms { mut ours, mut reference } = (comparison.arms)();
            ours();
            reference();
        }
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
    }

    #[test]
    fn twice_the_work_takes_twice_the_time() {
        let twice = Comparison {
            name: "hash",
            ours: "two hashes",
            reference: "one hash",
            figure: Figure::Ratio,
            aim: 2.0,
            warm_up: 0,
            arms: || Arms { ours: hashes(2), reference: hashes(1) },
        };
        let ratio = twice.measure(9).figure;
        assert!((1.5..=2.5).contains(&ratio), "{ratio}");
    }

    #[test]
    fn the_square_grows_with_two() {
        assert_eq!((Figure::Growth(4.0).of(48.0, 3.0), Figure::Ratio.of(48.0, 3.0)), (2.0, 16.0));
    }

    fn hashes(count: usize) -> Box<dyn FnMut()> {
        use sha2::Digest;
        Box::new(move || {
            for _ in 0..count {
                std::hint::black_box(sha2::Sha256::digest([7; 4096]));
            }
        })
    }
}
