//! `crash`: the node is down for the window, forgets what it was doing, and recovers.

use super::{Answer, Behaviour, Deed};
use crate::sim::workshop::Workshop;

pub(super) struct Crash;

impl Behaviour for Crash {
    fn on_answer(&self, _: &Answer<'_>, _: &mut Workshop) -> Deed {
        Deed::Withhold
    }

    fn is_outage(&self) -> bool {
        true
    }
}
