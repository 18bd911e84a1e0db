//! `false_announcement`: a node without the payload announces that it has it, and then sends nothing.

use super::effect::Effect;
use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer};
use crate::sim::message::Reply;
use crate::sim::replicate_cache::ReplicateCache;

pub(super) const FAULT: Definition = Definition {
    draw_key: 52,
    phrase: "announce payloads that they do not send",
    behaviour: |_| Box::new(FalseAnnouncement),
    effect: |_, _| Effect::Unknown("what an announcement leads to depends on the response strategy"),
    ..Definition::of_capability("false_announcement", "Announces the payload, and never sends it.")
};

pub(super) struct FalseAnnouncement;

impl Behaviour for FalseAnnouncement {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        match answer.outgoing.reply {
            Reply::Announcement => Action::Honest,
            // Asked for the payload, or to say that it has none.
            _ if answer.response().is_some() => Action::Instead(Vec::new()),
            _ => answer.instead(Reply::Announcement),
        }
    }
}
