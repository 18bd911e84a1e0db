//! `impersonation`: a lie in the name of a node that is no accomplice, in place of the impersonator's own answer. A
//! victim that comes later is not heard any more.
//!
//! Envelopes of the original are signed by the sending peer and links are authenticated, so nobody can do this there.
//! The fault shows what that protection is worth: without it liars are as many as they have answers.

use super::effect::Effect;
use super::lies::{Version, lie};
use super::{Action, AnswerContext, Definition, OutgoingAnswer, acts_on_answers};
use crate::sim::message::Reply;
use crate::sim::site::Site;
use crate::wire::Response;

pub(super) const FAULT: Definition = Definition {
    draw_key: 24,
    breaks_links: true,
    phrase: "answer in the name of others",
    behaviour: |_| {
        acts_on_answers(|answer, _| {
            let Some(name) = victim(answer) else { return Action::Honest };
            let payload = Some(lie(answer, Version::Own));
            let reply = Reply::response(Response { payload, ..answer.honest.clone() });
            Action::Instead(vec![OutgoingAnswer { reply, name, ..answer.outgoing.clone() }])
        })
    },
    effect: |_, _| Effect::Unknown("a node answers in the name of another"),
    ..Definition::of_capability("impersonation", "A wrong payload in the name of another node.")
};

/// The same for all workflow nodes; nobody when all nodes are accomplices.
fn victim(answer: &AnswerContext<'_>) -> Option<u32> {
    let rank = |node: &u32| Site::Victim.draw(answer.draws, [answer.request.number, answer.node, *node, 0, 0]);
    (0..answer.nodes).filter(|node| !answer.accomplices.contains(node)).min_by_key(rank)
}
