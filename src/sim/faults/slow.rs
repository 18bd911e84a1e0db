//! `slow`: every answer leaves late.

use super::{Answer, Behaviour, Deed};
use crate::engine::Distribution;
use crate::sim::site::Site;
use crate::sim::workshop::Workshop;

pub(super) struct Slow {
    pub(super) delay: Distribution,
}

impl Behaviour for Slow {
    fn on_answer(&self, answer: &Answer<'_>, _: &mut Workshop) -> Deed {
        let draw = Site::SlowAnswer.draw(answer.draws, [answer.request, answer.node, answer.requester, 0, 0]);
        Deed::Late(self.delay.sample(draw))
    }
}
