//! `crash`: the node is down for the window, forgets what it was doing, and recovers.

use super::Behaviour;

pub(super) struct Crash;

impl Behaviour for Crash {
    fn is_outage(&self) -> bool {
        true
    }
}
