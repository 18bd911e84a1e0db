//! What donsim's own ways cost, each as a ratio: the time of its way by that of a plain one, which does the same in the same
//! run. A ratio holds on any machine, where a time holds on one.
//!
//! `donsim bench` prints them as a table, `cargo bench` measures both arms of each with criterion.

mod attestation;
mod clock;

/// Two ways to do the same.
pub struct Comparison {
    /// Name, for people and for criterion.
    pub name: &'static str,
    /// Way of donsim.
    pub ours: &'static str,
    /// Way that it is measured by.
    pub reference: &'static str,
    /// Ratio that is to be reached, at most.
    pub aim: f64,
    /// Makes both ways ready.
    pub arms: fn() -> Arms,
}

/// Two ways to do the same, ready to be called again and again.
pub struct Arms {
    /// Way of donsim.
    pub ours: Box<dyn FnMut()>,
    /// Way that it is measured by.
    pub reference: Box<dyn FnMut()>,
}

/// Every comparison: a file of this folder, and its line here.
pub const COMPARISONS: [&[Comparison]; 1] = [attestation::COMPARISONS];

/// Time of both ways, in nanoseconds a call.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// Way of donsim.
    pub ours: f64,
    /// Way that it is measured by.
    pub reference: f64,
    /// Time of the first by that of the second.
    pub ratio: f64,
}

impl Comparison {
    /// Measures both ways in turns, so that what else the machine does slows down both; the median over so many turns.
    #[must_use]
    pub fn measure(&self, turns: usize) -> Measured {
        let Arms { mut ours, mut reference } = (self.arms)();
        let calls = [clock::calls(&mut ours), clock::calls(&mut reference)];
        let turn = |_| (clock::time(&mut ours, calls[0]), clock::time(&mut reference, calls[1]));
        let turns: Vec<(f64, f64)> = (0..turns.max(1)).map(turn).collect();
        let of = |part: fn(&(f64, f64)) -> f64| median(turns.iter().map(part).collect());
        Measured { ours: of(|turn| turn.0), reference: of(|turn| turn.1), ratio: of(|turn| turn.0 / turn.1) }
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
            aim: 2.0,
            arms: || Arms { ours: hashes(2), reference: hashes(1) },
        };
        let ratio = twice.measure(9).ratio;
        assert!((1.5..=2.5).contains(&ratio), "{ratio}");
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
