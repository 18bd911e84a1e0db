//! The loop: take an input that once showed something new, change it, try it, keep it if it shows something new.

use std::collections::BTreeSet;

use crate::dice::Dice;
use crate::panics;
use crate::target::{Behaviours, Target};
use crate::watch::Watch;

/// Longer inputs find nothing that shorter ones do not, and fit into no replay command.
const MAX_INPUT: usize = 16 << 10;

/// Inputs that are kept.
const MAX_CORPUS: usize = 4_096;

/// Attempts at making a find smaller.
const SHRINK_ATTEMPTS: usize = 2_000;

/// One worker's work on one target.
pub struct Campaign {
    target: Box<dyn Target>,
    dice: Dice,
    seeds: Vec<Vec<u8>>,
    /// Inputs that showed something new.
    corpus: Vec<Vec<u8>>,
    outcome: Outcome,
}

/// What a campaign comes to.
pub struct Outcome {
    pub target: &'static str,
    pub worker: u64,
    pub cases: u64,
    pub bytes: u64,
    pub seen: BTreeSet<u64>,
    /// The end of it, when there is one.
    pub find: Option<Find>,
}

/// A broken promise.
pub struct Find {
    pub problem: String,
    /// As small as it could be made.
    pub input: Vec<u8>,
}

impl Campaign {
    /// Everything that happens in it depends on `seed` and `worker` alone.
    pub fn new(target: Box<dyn Target>, seed: u64, worker: u64) -> Self {
        let (dice, seeds) = (Dice::new(seed, worker), target.seeds());
        let outcome = Outcome { target: target.name(), worker, cases: 0, bytes: 0, seen: BTreeSet::new(), find: None };
        Self { target, dice, seeds, corpus: vec![Vec::new()], outcome }
    }

    /// Tries up to `cases` more inputs, first the seeds as they are, then changed ones; `false` after a find.
    pub fn advance(&mut self, cases: u64, watch: &Watch) -> bool {
        (0..cases).all(|_| self.outcome.find.is_none() && self.step(watch))
    }

    /// What it came to.
    pub fn finish(self) -> Outcome {
        self.outcome
    }

    fn step(&mut self, watch: &Watch) -> bool {
        let seed = usize::try_from(self.outcome.cases).ok().and_then(|case| self.seeds.get(case));
        let input = seed.cloned().unwrap_or_else(|| self.change());
        self.outcome.cases += 1;
        self.outcome.bytes += input.len() as u64;
        watch.begin(self.outcome.target, &input);
        match attempt(self.target.as_mut(), &input) {
            Ok(seen) => self.learn(input, &seen),
            Err(problem) => self.outcome.find = Some(self.shrink(problem, input, watch)),
        }
        self.outcome.find.is_none()
    }

    fn change(&mut self) -> Vec<u8> {
        // What is broken in one place hides what is broken in the next: seeds stay in play, and most changes are small.
        let origin = if self.dice.one_in(3) { &self.seeds } else { &self.corpus };
        let mut input = self.dice.pick(origin).clone();
        for _ in 0..1_usize << (self.dice.below(8) / 2) {
            let other = self.dice.pick(&self.corpus).clone();
            self.target.mutate(&mut self.dice, &mut input, &other);
        }
        input.truncate(MAX_INPUT);
        input
    }

    fn learn(&mut self, input: Vec<u8>, seen: &Behaviours) {
        let known = self.outcome.seen.len();
        self.outcome.seen.extend(&seen.0);
        if self.outcome.seen.len() == known {
            return;
        }
        if self.corpus.len() < MAX_CORPUS {
            self.corpus.push(input);
        } else {
            let at = self.dice.below(MAX_CORPUS);
            self.corpus[at] = input;
        }
    }

    /// Leaves out what the find does not need.
    fn shrink(&mut self, mut problem: String, mut input: Vec<u8>, watch: &Watch) -> Find {
        let mut attempts = 0;
        let mut size = input.len() / 2;
        while size > 0 {
            let mut at = 0;
            while at < input.len() && attempts < SHRINK_ATTEMPTS {
                attempts += 1;
                let mut smaller = input.clone();
                smaller.drain(at..(at + size).min(input.len()));
                watch.begin(self.outcome.target, &smaller);
                match attempt(self.target.as_mut(), &smaller) {
                    Err(still) => (problem, input) = (still, smaller),
                    Ok(_) => at += size,
                }
            }
            size /= 2;
        }
        Find { problem, input }
    }
}

/// Tries one input; a panic is a problem like any other.
pub fn attempt(target: &mut dyn Target, input: &[u8]) -> Result<Behaviours, String> {
    panics::caught(|| {
        let mut seen = Behaviours::default();
        target.run(input, &mut seen).map(|()| seen)
    })?
}
