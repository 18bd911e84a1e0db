//! `drop_requests`: the node throws away the requests that it receives, as if they had never come. It executes nothing
//! and observes nothing, so it is missing in the agreement too.

use super::Behaviour;

pub(super) struct DropRequests;

impl Behaviour for DropRequests {
    fn is_deaf(&self) -> bool {
        true
    }
}
