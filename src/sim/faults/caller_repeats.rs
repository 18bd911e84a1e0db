//! `caller_repeats`: the workflow node sends its request several times at once. All but the first are dropped without
//! an answer: what they cost is bandwidth.

use super::{Ask, Behaviour, Deed, Demand};

pub(super) struct CallerRepeats {
    pub(super) copies: u32,
}

impl Behaviour for CallerRepeats {
    fn on_ask(&self, ask: &Ask<'_>) -> Deed<Demand> {
        Deed::Instead(vec![ask.demand.clone(); self.copies as usize])
    }
}
