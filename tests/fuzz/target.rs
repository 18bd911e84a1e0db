//! What can be fuzzed, and what is seen of it.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::dice::Dice;

/// Something that takes bytes and keeps promises.
pub trait Target {
    /// Its name, also in replay commands.
    fn name(&self) -> &'static str;

    /// Inputs to start from.
    fn seeds(&self) -> Vec<Vec<u8>>;

    /// Changes `input` a little, perhaps with pieces of `other`.
    fn mutate(&self, dice: &mut Dice, input: &mut Vec<u8>, other: &[u8]);

    /// Tries `input`. The outcome depends on it alone. Panics are finds too.
    ///
    /// # Errors
    /// The promise that was broken.
    fn run(&mut self, input: &[u8], seen: &mut Behaviours) -> Result<(), String>;
}

/// Which behaviours an input showed. Stable Rust has no coverage to guide a fuzzer; what can be observed from outside,
/// such as the kind of an error, takes its place.
#[derive(Default)]
pub struct Behaviours(pub BTreeSet<u64>);

impl Behaviours {
    /// Notes a behaviour: anything that is equal whenever the behaviour is.
    pub fn note(&mut self, behaviour: impl Hash) {
        // Its keys are fixed: the same in every process.
        let mut hasher = DefaultHasher::new();
        behaviour.hash(&mut hasher);
        self.0.insert(hasher.finish());
    }

    /// Notes the kind of a text: the text without what stands in quotes, and without digits.
    pub fn note_kind(&mut self, what: &str, text: &str) {
        let parts = text.split(['`', '"', '\'']).step_by(2);
        let kind: String = parts.flat_map(str::chars).filter(|c| !c.is_ascii_digit()).collect();
        self.note((what, kind));
    }
}

/// The order of magnitude of a count: enough to tell one from many.
pub fn magnitude(count: usize) -> u32 {
    count.checked_ilog2().map_or(0, |log| log + 1)
}

/// `Ok` when the promise holds.
pub fn promise(holds: bool, promise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(promise()) }
}
