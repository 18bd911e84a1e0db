//! Choices of the search: each is keyed by the seed, the cell, the trial and its number in it.

use crate::engine::{DrawKey, Draws, Uniform};

pub(super) struct Dice {
    draws: Draws,
    cell: u32,
    thrown: u32,
}

impl Dice {
    /// The dice of one trial.
    pub fn new(seed: u64, cell: u32, trial: u64) -> Self {
        Self { draws: Draws::new(seed, trial), cell, thrown: 0 }
    }

    fn throw(&mut self) -> Uniform {
        self.thrown += 1;
        self.draws.draw(DrawKey { site: 0, parts: [self.cell, self.thrown, 0, 0, 0] })
    }

    /// A number in `0..bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.throw().below(bound as u64) as usize
    }

    /// One of `choices`; `None` when there are none.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        choices.get(self.below(choices.len()))
    }
}
