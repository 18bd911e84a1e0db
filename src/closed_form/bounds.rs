//! Numbers that decide, written down from PROTOCOL.md once more, so that a wrong formula of the simulation or of the
//! aggregator contradicts them instead of passing on both sides.

use crate::sim::Setup;

/// `R`, the confirmations that decide: `F + 1`, or `min_responses` where that is set.
pub(super) const fn required(setup: &Setup) -> u32 {
    match setup.aggregator.min_responses {
        0 => setup.capability_don.f + 1,
        more => more,
    }
}

/// `floor((N + F) / 2) + 1`, the observations without which there is no report.
pub(super) const fn byzantine_quorum(setup: &Setup) -> usize {
    let don = &setup.capability_don;
    (don.nodes + don.f) as usize / 2 + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::oracle_tests::worlds;

    #[test]
    fn they_are_those_of_the_protocol() {
        let mut setup = worlds::setup(0);
        for (nodes, f, quorum) in [(4, 1, 3), (5, 1, 4), (7, 2, 5), (10, 3, 7), (16, 5, 11), (100, 33, 67), (4, 0, 3)] {
            (setup.capability_don.nodes, setup.capability_don.f, setup.aggregator.min_responses) = (nodes, f, 0);
            assert_eq!((required(&setup), byzantine_quorum(&setup)), (f + 1, quorum));
            setup.aggregator.min_responses = nodes;
            assert_eq!(required(&setup), nodes);
        }
    }
}
