//! `false_announcement`: a node without the payload announces that it has it, and then sends nothing.

use super::effect::Effect;
use super::{Action, Definition, acts_on_answers};
use crate::sim::message::Reply;

pub(super) const FAULT: Definition = Definition {
    draw_key: 52,
    phrase: "announce payloads that they do not send",
    behaviour: |_| {
        acts_on_answers(|answer, _| {
            match answer.outgoing.reply {
                Reply::Announcement => Action::Honest,
                // Asked for the payload, or to say that it has none.
                _ if answer.response().is_some() => Action::Instead(Vec::new()),
                _ => answer.instead(Reply::Announcement),
            }
        })
    },
    effect: |_, _| Effect::Unknown("what an announcement leads to depends on the response strategy"),
    ..Definition::of_capability("false_announcement", "Announces the payload, and never sends it.")
};
