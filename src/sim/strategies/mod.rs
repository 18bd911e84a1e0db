//! The response strategies, one small file each: which holder of a payload sends it to a caller, and when.
//!
//! To add one: 1. write `strategies/x.rs` with a `STRATEGY`: its [`Definition`]; 2. add its line to the list below. The
//! schema, the reference of scenarios and the tests read the list.
//!
//! Holders know each other: the proposal of a round shows every node who observed what. Each caller has an order of the
//! holders of its own, drawn by key, so that no node is the first for all. Nodes without the payload answer at once under every
//! strategy. A caller's word about itself (stop, pull) changes nothing for any other caller.

use crate::engine::Span;

/// Definition of a strategy.
#[derive(Debug)]
pub(super) struct Definition {
    /// Name in scenarios.
    name: &'static str,
    /// Meaning in one line.
    meaning: &'static str,
    /// Turn of a holder.
    pub(super) turn: fn(&Place<'_>) -> Turn,
    /// Whether a caller that has decided tells everybody whom it has not heard to stop.
    pub(super) says_stop: bool,
    /// Whether a caller asks those who announce that they have the payload.
    pub(super) asks: bool,
}

/// Place of a holder in a caller's order.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// Its rank, from 0; found by a draw for every holder, so not unless somebody asks.
    pub(super) rank: &'a dyn Fn() -> u32,
    /// `capability_don.response_delay`.
    pub(super) delay: Span,
    /// Whether waits grow.
    pub(super) grows: bool,
}

/// Turn of a holder once it has the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It sends the payload after this time, unless it is told to stop before.
    After(Span),
    /// It tells the caller that it has the payload, and waits until it is asked for it.
    Announce,
}

macro_rules! strategies {
    ($($name:ident,)+) => {
        $(mod $name;)+

        /// Every strategy.
        static STRATEGIES: [&Definition; [$(stringify!($name)),+].len()] = [$(&$name::STRATEGY),+];

        impl ResponseStrategy {
            /// Names of all strategies, the default first.
            pub const NAMES: [&'static str; [$(stringify!($name)),+].len()] = [$(stringify!($name)),+];
        }
    };
}

strategies! {
    all,
    designated,
    staggered,
    pull,
}

/// A response strategy, by its place in the list.
///
/// ```
/// use donsim::sim::ResponseStrategy;
///
/// let pull = ResponseStrategy::named("pull").expect("a strategy of this name");
/// assert!(pull.meaning().contains("asks"));
/// assert!(ResponseStrategy::ALL[0] == ResponseStrategy::default() && ResponseStrategy::NAMES[0] == "all");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ResponseStrategy(usize);

impl ResponseStrategy {
    /// Every strategy, the default first.
    pub const ALL: [Self; Self::NAMES.len()] = {
        let mut all = [Self(0); Self::NAMES.len()];
        let mut at = 0;
        while at < all.len() {
            all[at] = Self(at);
            at += 1;
        }
        all
    };

    /// Its definition.
    pub(super) fn definition(self) -> &'static Definition {
        STRATEGIES[self.0]
    }

    /// Its meaning in one line.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        self.definition().meaning
    }

    /// The strategy of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|strategy| strategy.definition().name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_strategy_is_called_as_its_file_and_explained() {
        for (strategy, name) in ResponseStrategy::ALL.into_iter().zip(ResponseStrategy::NAMES) {
            assert_eq!(strategy.definition().name, name);
            assert_eq!(ResponseStrategy::named(name), Some(strategy));
            assert!(strategy.meaning().ends_with('.'));
        }
    }

    #[test]
    fn turns_come_in_the_order_of_ranks() {
        let turns = |name: &str, grows| -> Vec<Turn> {
            let turn = ResponseStrategy::named(name).expect("there is one").definition().turn;
            (0..4).map(|rank| turn(&Place { rank: &|| rank, delay: Span::from_millis(10), grows })).collect()
        };
        let after = |millis: [u64; 4]| millis.map(|millis| Turn::After(Span::from_millis(millis))).to_vec();
        assert_eq!(turns("all", false), after([0; 4]));
        assert_eq!(turns("designated", false), after([0, 10, 10, 10]));
        assert_eq!(turns("staggered", false), after([0, 10, 20, 30]));
        assert_eq!(turns("staggered", true), after([0, 10, 40, 90]));
        assert_eq!(turns("pull", false), [Turn::Announce; 4]);
    }
}
